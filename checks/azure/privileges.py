"""Roles that let their holder do nearly everything, or give out roles."""

from ...graph.attack.azure.role_choices import ASSIGN
from ...graph.authorization.azure.actions import Action
from ...graph.authorization.azure.authorizer import AzureAuthorizer
from ...graph.authorization.azure.environment import ASSIGNMENT, Grant, PrincipalState
from ...graph.authorization.azure.roles import entries
from ...graph.logic import Truth, all_of, any_of
from ..access import Access
from .assigning import environment

_GIVES_ROLES = Action.of(ASSIGN)


def held(access: Access, who: str) -> list[tuple[Grant, Truth]]:
    """The roles of a principal, each with whether it is known to hold it."""
    assert isinstance(access.authorizer, AzureAuthorizer)
    return [(each.grant, each.is_holder) for each in access.authorizer.held_by(PrincipalState(who))]


def is_privileged(access: Access, who: str) -> Truth:
    """Whether a principal holds a role that names every action, or that to give out roles."""
    holds = (
        all_of((is_holder, _names_all(grant), True if grant.condition == "" else None))
        for grant, is_holder in held(access, who)
    )
    return any_of((*holds, None if unlisted_roles(access) else False))


def unlisted_roles(access: Access) -> list[str]:
    """In phrases, of which subscriptions role assignments could not be listed: any principal may
    hold a role there."""
    known = environment(access)
    return [
        f"role assignments of {access.name(each)} could not be listed"
        for each in known.subscriptions
        if not known.is_listed(ASSIGNMENT, each)
    ]


def _names_all(grant: Grant) -> Truth:
    if grant.permissions is None:
        return None
    return any(
        "*" in entry.actions or entry.names(_GIVES_ROLES) for entry in entries(grant.permissions)
    )
