"""Which roles an attacker tries to give itself, best first."""

import re
from collections.abc import Iterator, Sequence

from ...authorization.azure.actions import Action
from ...authorization.azure.authorizer import AzureAuthorizer
from ...authorization.azure.environment import PrincipalState, object_id
from ...authorization.azure.roles import naming
from ..engine.requirement import Choice
from .vocabulary import HOLDER, KIND, ROLE

ASSIGN = "Microsoft.Authorization/roleAssignments/write"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
"""Azure's role that may do everything but read data."""
_GIVEN = {ROLE: "RoleDefinitionId", HOLDER: "PrincipalId", KIND: "PrincipalType"}
_APP = "/servicePrincipals/"
"""What ids of service principals hold."""
_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def role_id(guid: str) -> str:
    """The identity of a role by its GUID, with or without dashes."""
    bare = guid.lower().replace("-", "")
    parts = (bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:])
    return f"/providers/microsoft.authorization/roledefinitions/{'-'.join(parts)}"


def own_assignment(state: PrincipalState, role: str) -> Choice:
    """The assignment of a role to oneself."""
    kind = "ServicePrincipal" if _APP in state.id else "User"
    return ((ROLE, role), (HOLDER, object_id(state.id)), (KIND, kind))


def own_request(state: PrincipalState, role: str) -> list[tuple[str, str]]:
    """What a request says that assigns a role to oneself."""
    return [(_GIVEN[name], value) for name, value in own_assignment(state, role)]


def choices(authorizer: AzureAuthorizer, state: PrincipalState) -> Sequence[Choice]:
    """Owner, and the roles that conditions of the attacker's own roles name: where a condition
    does not let it have the first, it may have these."""
    named = dict.fromkeys((OWNER, *_named(authorizer, state)))
    return [own_assignment(state, role) for role in named]


def _named(authorizer: AzureAuthorizer, state: PrincipalState) -> Iterator[str]:
    action = Action.of(ASSIGN)
    for grant, _ in authorizer.held_by(state):
        entries = naming(grant.permissions or "", action)
        texts = [grant.condition or "", *(entry.condition for _, entry in entries)]
        if entries:
            for text in texts:
                for guid in _GUID.findall(text):
                    yield role_id(guid).rpartition("/")[2]
