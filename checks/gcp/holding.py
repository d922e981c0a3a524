"""Which roles a principal holds where, and which of them are an administrator's."""

from collections.abc import Iterator
from typing import NamedTuple

from ...graph.authorization.gcp.authorizer import GCPAuthorizer
from ...graph.authorization.gcp.environment import Grant, PrincipalState
from ...graph.logic import Truth, all_of
from ..access import Access

OWNER, EDITOR = "roles/owner", "roles/editor"
TREE = "//cloudresourcemanager.googleapis.com/"
SETS_POLICY = tuple(
    f"resourcemanager.{each}.setIamPolicy" for each in ("projects", "folders", "organizations")
)
"""A principal that may do one of these gives itself every role there."""
OPEN = "depends on what could not be read or on a condition"


class Held(NamedTuple):
    """A role that a principal holds on a project, folder or organization."""

    grant: Grant
    truth: Truth
    """None if it is not known whether it holds it, or if a condition decides."""


def held(access: Access, who: str) -> Iterator[Held]:
    """The roles of a principal, by itself and by its groups."""
    authorizer = access.authorizer
    assert isinstance(authorizer, GCPAuthorizer)
    for grant in authorizer.environment.grants:
        holds = authorizer.environment.any_has(PrincipalState(who), grant.members)
        if holds is not False and grant.scope.startswith(TREE):
            yield Held(grant, all_of((holds, True if grant.condition == "" else None)))


def is_basic(grant: Grant) -> bool:
    """Whether a role is owner or editor."""
    return grant.role in (OWNER, EDITOR)


def is_administrative(grant: Grant) -> Truth:
    """Whether a role is owner, editor, one of Google's that is called an administrator's, or one
    that gives out roles."""
    if is_basic(grant):
        return True
    if grant.role.startswith("roles/") and "admin" in grant.role.lower():
        return True
    if grant.permissions is None:
        return None
    return not grant.permissions.isdisjoint(SETS_POLICY)
