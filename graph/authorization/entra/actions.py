"""Actions of Entra ID, as role definitions name them.

An action (``microsoft.directory/groups/members/update``) is a namespace, a kind of object,
properties and a task. What a role allows may be wider than what is asked: ``allProperties`` stands
for all properties, ``allEntities`` for all kinds, ``allTasks`` for all tasks. A kind may be
narrower by what follows a dot, ``groups.unified`` for Microsoft 365 groups; ``groups`` leaves out
those that may hold roles, which are ``groupsAssignableToRoles``.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

DIRECTORY = "microsoft.directory/"

RESET_PASSWORD = DIRECTORY + "users/password/update"
ADD_METHOD = DIRECTORY + "users/authenticationMethods/create"
CHANGE_USER = DIRECTORY + "users/basic/update"
ADD_MEMBER = DIRECTORY + "groups/members/update"
CHANGE_APPLICATION_CREDENTIALS = DIRECTORY + "applications/credentials/update"
CHANGE_CREDENTIALS = DIRECTORY + "servicePrincipals/credentials/update"
GIVE_APP_ROLE = DIRECTORY + "servicePrincipals/appRoleAssignedTo/update"
GIVE_ROLE = DIRECTORY + "roleAssignments/create"
CONSENT_TO_ALL = (
    DIRECTORY + "servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin"
)
"""What it takes to give an app role of Microsoft Graph itself."""
ACTIVATE = DIRECTORY + "roleEligibilitySchedules/selfActivate"
"""That an eligible principal makes the role or the group its own for a time."""
HOLD = DIRECTORY + "roleEligibilitySchedules/hold"
"""That an eligibility is a principal's own, whatever activating it takes."""
APPROVE = DIRECTORY + "roleEligibilitySchedules/approve"
"""That a principal approves what others ask for, who are eligible."""
USE_CONSENT = DIRECTORY + "oAuth2PermissionGrants/use"
"""That an application acts for users as was consented to."""
REQUEST = DIRECTORY + "accessPackages/request"
"""That a principal may ask for an access package by a policy of it, and nobody else has to
approve."""
CHANGE_ONESELF = DIRECTORY + "users/ownProfile/update"
"""That a user changes what users may change of themselves."""
JOIN = DIRECTORY + "groups/members/joinSelf"
"""That a member of the tenant puts itself into a group."""

ALL_PROPERTIES, ALL_ENTITIES, ALL_TASKS = "allProperties", "allEntities", "allTasks"


class Action(NamedTuple):
    """The parts of an action."""

    namespace: str
    kind: str
    properties: tuple[str, ...]
    task: str

    @classmethod
    @lru_cache(4096)
    def parsed(cls, text: str) -> "Action":
        """Those of ``namespace/kind/properties…/task``; without properties if none are named."""
        namespace, _, rest = text.lower().partition("/")
        parts = rest.split("/")
        if len(parts) < 2:
            return cls(namespace, parts[0], (), "")
        return cls(namespace, parts[0], tuple(parts[1:-1]), parts[-1])


@lru_cache(65536)
def allows(allowed: str, asked: str, kinds: Collection[str]) -> bool:
    """Whether an allowed action covers the one that is asked on an object of these kinds."""
    one, other = Action.parsed(allowed), Action.parsed(asked)
    if one.namespace != other.namespace:
        return False
    if one.kind != ALL_ENTITIES.lower() and one.kind not in kinds:
        return False
    if one.task not in (ALL_TASKS.lower(), other.task):
        return False
    return one.properties in (other.properties, (ALL_PROPERTIES.lower(),)) or (
        one.kind == ALL_ENTITIES.lower() and not one.properties
    )


def spelled_out(action: str) -> str:
    """An action with its namespace, which is the directory's if it names none."""
    return action if action.startswith("microsoft.") else DIRECTORY + action
