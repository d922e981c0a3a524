"""Roles that Azure Lighthouse lets principals of another tenant hold or activate.

Who they are that tenant alone knows, and it rules them all: so the delegation itself stands for
them, with all of its roles; and what it may activate it activates.

https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NOBODY = "00000000-0000-0000-0000-000000000000"
_REQUEST = "@Request[Microsoft.Authorization/roleAssignments:"


class DelegatedRole(NamedTuple):
    """A role that a delegation gives or lets activate."""

    role: str
    """Its GUID."""
    condition: str
    """Which roles may be assigned by it, and to managed identities alone."""


def delegated_roles(authorizations: str) -> Iterator[DelegatedRole]:
    """The roles of a delegation, by the JSON of one of its lists of authorizations."""
    for each in json.loads(authorizations or "[]"):
        named = each.get("delegatedRoleDefinitionIds") or [_NOBODY]
        guids = ", ".join(_guid(one) for one in named)
        condition = (
            "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR ("
            f"{_REQUEST}RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{guids}}} AND "
            f"{_REQUEST}PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
            "{'ServicePrincipal'})"
        )
        yield DelegatedRole(_guid(each.get("roleDefinitionId") or ""), condition)


def _guid(role: str) -> str:
    return role.rpartition("/")[2].lower()


def without_data(permissions: str | None) -> str | None:
    """What of a role a delegation gives: no actions on data."""
    if permissions is None:
        return None
    entries: list[Mapping[str, Any]] = json.loads(permissions or "[]")
    return json.dumps([{**each, "dataActions": []} for each in entries])
