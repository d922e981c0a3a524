"""What principals of a tenant hold, and what users come to by what they own or may activate."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ...graph.authorization.entra.authorizer import EntraAuthorizer
from ...graph.authorization.entra.environment import (
    APPLICATION,
    ELIGIBILITY,
    GROUP,
    SERVICE_PRINCIPAL,
    EntraEnvironment,
    EntraState,
)
from ...graph.authorization.entra.grants import APP_ROLE, OWNED_APP_ROLE, OWNERSHIP, TENANT, Grant
from ...graph.logic import Truth, any_of
from ..access import Access
from .privileged import HIGHEST, ROLES, STRONG, TIER_0

_APP_ROLES = (APP_ROLE, OWNED_APP_ROLE)


class Privilege(NamedTuple):
    """Something privileged that a user comes to."""

    words: str
    """How: ``owns NAME``."""
    roles: frozenset[str] = frozenset()
    """The templates of the roles that it gives; none if it gives what an application holds."""
    unread: str = ""
    """What could not be read, so that the user may not come to it, or it may not be privileged."""
    evidence: tuple[str, ...] = ()


class StrongHolding(NamedTuple):
    """A privileged directory role, or a strong app role on Microsoft Graph, that is held."""

    name: str
    truth: Truth
    """None if it was not read whether it is held, or what it is."""
    roles: frozenset[str]
    """The templates of the directory roles; none of an app role."""
    app_roles: frozenset[str]
    evidence: tuple[str, ...]


def directory(access: Access) -> EntraEnvironment:
    """What decides in the tenant."""
    assert isinstance(access.authorizer, EntraAuthorizer)
    return access.authorizer.environment


def holds(
    access: Access, who: str, roles: Collection[str], app_roles: Collection[str] = ()
) -> Truth:
    """Whether a principal holds one of some directory roles over the tenant, by the ids of their
    templates, or one of some app roles on Microsoft Graph."""
    return any_of(
        each.truth if each.power.is_certain else None
        for each in _held(access, who)
        if not each.power.is_certain
        or (each.power.kind in _APP_ROLES and each.power.called in app_roles)
        or (each.scope == TENANT and not _templates(access, each).isdisjoint(roles))
    )


def holds_anywhere(access: Access, who: str, roles: Collection[str]) -> Truth:
    """Whether a principal holds one of some directory roles over anything."""
    return any_of(
        each.truth if each.power.is_certain else None
        for each in _held(access, who)
        if not each.power.is_certain or not _templates(access, each).isdisjoint(roles)
    )


def holds_anything(access: Access, who: str) -> Truth:
    """Whether a principal holds any directory role, or any app role on Microsoft Graph."""
    return any_of(each.truth for each in _held(access, who) if each.power.kind != OWNERSHIP)


def _held(access: Access, who: str) -> list[Grant]:
    """What a principal holds, or may hold since it was not read who does."""
    known = directory(access)
    return [*known.grants(EntraState(who)), *known.open_grants.get(known.label(who), ())]


def rules_the_tenant(access: Access, who: str) -> Truth:
    """Whether a principal holds what makes it Global Administrator at once."""
    return holds(access, who, HIGHEST, TIER_0)


def strong_holdings(access: Access, who: str) -> Iterator[StrongHolding]:
    """What a principal holds that is strong, or may be."""
    for each in _held(access, who):
        power = each.power
        roles = _templates(access, each).intersection(ROLES)
        app_roles = {power.called}.intersection(STRONG if power.kind in _APP_ROLES else ())
        if roles or app_roles or not power.is_certain:
            truth = each.truth if power.is_certain else None
            yield StrongHolding(power.called, truth, roles, frozenset(app_roles), each.evidence)


def privileged_roles(access: Access, who: str) -> frozenset[str]:
    """The templates of the privileged roles that somebody is known to hold."""
    held = directory(access).grants(EntraState(who))
    return frozenset(
        one for each in held if each.truth for one in _templates(access, each) if one in ROLES
    )


def may_come_to_hold(access: Access, user: str, roles: Collection[str]) -> Truth:
    """Whether a user may activate one of some roles, by the ids of their templates: one that it or
    a group is eligible for, or that a group has which it may join."""
    unread = directory(access).unread_groups
    return any_of(
        (
            *(_gives(each, roles) for each in _activating(access, user)),
            *(
                None if _gives(each, roles) is not False else False
                for group in unread
                for each in _of_activating(access, group)
            ),
        )
    )


def _gives(found: Privilege, roles: Collection[str]) -> Truth:
    return None if found.unread else not found.roles.isdisjoint(roles)


def privileges(access: Access, user: str) -> Iterator[Privilege]:
    """What a user comes to beyond the roles that it holds."""
    known = directory(access)
    for owned in sorted(known.owned_by(user)):
        yield from _of_owning(access, owned)
    yield from _activating(access, user)


def _activating(access: Access, user: str) -> Iterator[Privilege]:
    for holder in (user, *sorted(directory(access).groups_of(user))):
        yield from _of_activating(access, holder)


def privileges_of_unread(access: Access) -> Iterator[Privilege]:
    """What any user may come to, since it was not read who owns it or is in a group."""
    known = directory(access)
    for owned in sorted(known.unread_owners):
        for each in _of_owning(access, owned):
            yield each._replace(unread=f"who owns {access.name(owned)} could not be read")
    for group in sorted(known.unread_groups):
        for each in _of_activating(access, group):
            yield each._replace(unread=f"who is in {access.name(group)} could not be read")


def _of_owning(access: Access, owned: str) -> Iterator[Privilege]:
    label, words = directory(access).label(owned), f"owns {access.name(owned)}"
    if label == GROUP:
        yield from _of_joining(access, owned, words, (owned,))
    acting = [owned] if label == SERVICE_PRINCIPAL else []
    if label == APPLICATION:
        acting = [each.id for each in access.identities(owned)]
    for each in acting:
        strong = rules_the_tenant(access, each)
        if strong is not False:
            unread = "" if strong else _unread(access, each)
            yield Privilege(words, unread=unread, evidence=(owned, each))


def _of_activating(access: Access, holder: str) -> Iterator[Privilege]:
    known = directory(access)
    for id_ in known.eligible.get(holder, ()):
        words, evidence = f"may activate {access.name(id_)}", (holder, id_)
        if known.label(id_) == ELIGIBILITY:
            yield from _privilege(_roles(access, id_), words, evidence)
        for group in access.view.targets(id_, "group"):
            yield from _of_joining(access, group, f"{words} of {access.name(group)}", evidence)


def _of_joining(
    access: Access, group: str, words: str, evidence: tuple[str, ...]
) -> Iterator[Privilege]:
    """What members of a group hold or may activate."""
    known = directory(access)
    found: set[str] = set()
    is_certain = True
    for grant in known.grants(EntraState(group)):
        found |= _templates(access, grant)
        is_certain &= grant.power.is_certain
    for id_ in known.eligible.get(group, ()):
        if known.label(id_) == ELIGIBILITY:
            found |= _roles(access, id_)
    yield from _privilege(found, words, (*evidence, group))
    if not is_certain:
        yield Privilege(words, unread=_unread(access, group), evidence=(*evidence, group))


def _unread(access: Access, holder: str) -> str:
    return f"what {access.name(holder)} holds could not be read"


def _privilege(
    roles: frozenset[str] | set[str], words: str, evidence: tuple[str, ...]
) -> Iterator[Privilege]:
    strong = frozenset(roles).intersection(ROLES)
    if strong:
        yield Privilege(words, strong, evidence=evidence)


def _roles(access: Access, grant: str) -> frozenset[str]:
    """The templates of the roles that an assignment or an eligibility is of."""
    known = directory(access)
    return frozenset(known.template(role) for role in access.view.targets(grant, "role"))


def _templates(access: Access, grant: Grant) -> frozenset[str]:
    """The same of what gives a principal something."""
    ids = [id_ for id_ in grant.evidence[:1] if id_ in access.graph]
    return frozenset(one for id_ in ids for one in _roles(access, id_))
