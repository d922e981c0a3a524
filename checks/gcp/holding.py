"""Which roles a principal holds where, and which of them are an administrator's."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...graph.authorization.gcp.authorizer import GCPAuthorizer
from ...graph.authorization.gcp.environment import Grant, PrincipalState
from ...graph.logic import Truth, all_of, any_of, negation
from ...graph.sets import NONE, MaySet, exactly, members
from ..access import Access

OWNER, EDITOR = "roles/owner", "roles/editor"
TREE = "//cloudresourcemanager.googleapis.com/"
SETS_POLICY = tuple(
    f"resourcemanager.{each}.setIamPolicy" for each in ("projects", "folders", "organizations")
)
"""A principal that may do one of these gives itself every role there."""
_OF_SCOPES = ("GCPProject", "GCPFolder", "GCPOrganization")
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


def powers(access: Access, who: str) -> Mapping[str, Truth]:
    """On which projects, folders and organizations a principal is owner or editor, or gives itself
    every role; None where that is not known."""
    authorizer = access.authorizer
    assert isinstance(authorizer, GCPAuthorizer)
    found: dict[str, Truth] = {}
    for each in held(access, who):
        if is_basic(each.grant):
            known = found.get(each.grant.scope, False)
            found[each.grant.scope] = any_of((known, each.truth))
    for action, label in zip(
        SETS_POLICY, ("GCPProject", "GCPFolder", "GCPOrganization"), strict=True
    ):
        table = authorizer.table(label)
        rows = authorizer.allowed(PrincipalState(who), action, table)
        for row in members(rows.possible):
            scope = table.ids[row]
            found[scope] = any_of((found.get(scope, False), rows.holds(row)))
    return found


def weaker(access: Access, those: MaySet, who: str) -> MaySet:
    """Those of some principals, by number, who lack a power that somebody has."""
    authorizer = access.authorizer
    assert isinstance(authorizer, GCPAuthorizer)
    strong = powers(access, who)
    found = NONE
    for number in members(those.possible):
        own = powers(access, access.principals[number])
        lacking = any_of(
            all_of((truth, negation(any_of(own.get(above, False) for above in chain))))
            for scope, truth in strong.items()
            for chain in (authorizer.environment.place(scope).chain,)
        )
        if lacking is not False:
            is_certain = lacking is True and bool(those.certain >> number & 1)
            found |= exactly(1 << number).only_if(is_certain)
    return found
