"""A large tenant of Entra ID over HTTP: the demo's, with more users, groups, applications and
service principals like its own.

    python tests/benchmarks/many_directory_objects.py OBJECTS

Prints its URL, and when standard input ends how many calls there were. Of a hundred objects 65 are
users, 15 groups with members and an owner each, ten applications and ten their service principals;
one user in 50 holds a directory role, and one application in five an app role.
"""

import random
import sys
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.serving import CountingReplay, Running, running, serve
from servers.json_replay import ESTATE, GRAPH, load_estate

_PAGE = 999
_V1 = "/v1.0"
_ROLES = f"{_V1}/roleManagement/directory"
_REGISTERED = f"{_V1}/reports/authenticationMethods/userRegistrationDetails"
_APP_ID = "00000003-0000-0000-c000-000000000000"
_MEMBERS = 12
"""Members of a group."""
JSON = dict[str, Any]


def estate(objects: int) -> dict[str, Any]:
    """What there is, always the same for the same number."""
    return _Tenant(objects, random.Random(1)).recorded


class _Tenant:
    """The demo's tenant as it grows."""

    def __init__(self, objects: int, chance: random.Random) -> None:
        self.recorded = load_estate(ESTATE / "entra")
        self._chance = chance
        self._numbers = count(1)
        users = [self._user() for _ in range(objects * 65 // 100)]
        groups = [self._group(chance.sample(users, _MEMBERS)) for _ in range(objects * 15 // 100)]
        apps = [self._application(chance.choice(users)) for _ in range(objects // 10)]
        self._grants(users[::50], groups[::100], apps[::5])

    def _list(self, path: str) -> list[Any]:
        found: list[Any] = self.recorded[path]["value"]
        return found

    def _like(self, path: str, row: int, **fields: object) -> JSON:
        """One more object of a list, like one that is in it."""
        made = {
            **self._list(path)[row],
            "id": f"aaaaaaaa-0000-4000-8000-{next(self._numbers):012}",
            **fields,
        }
        self._list(path).append(made)
        return made

    def _holds(self, path: str, kind: str, *objects: JSON) -> None:
        typed = [{"@odata.type": f"#microsoft.graph.{kind}", "id": each["id"]} for each in objects]
        self.recorded[path] = {"value": typed}

    def _user(self) -> JSON:
        name = f"user-{next(self._numbers)}"
        address = f"{name}@clew.example"
        user = self._like(f"{_V1}/users", 0, displayName=name, userPrincipalName=address)
        self._like(_REGISTERED, 0, id=user["id"], userPrincipalName=address, isAdmin=False)
        return user

    def _group(self, members: list[JSON]) -> JSON:
        group = self._like(f"{_V1}/groups", 1, displayName=f"group-{next(self._numbers)}")
        self._holds(f"{_V1}/groups/{group['id']}/members", "user", *members)
        self._holds(f"{_V1}/groups/{group['id']}/owners", "user", members[0])
        return group

    def _application(self, owner: JSON) -> JSON:
        """Its service principal."""
        name = f"app-{next(self._numbers)}"
        app_id = f"cccccccc-0000-4000-8000-{next(self._numbers):012}"
        named = {"displayName": name, "appId": app_id}
        application = self._like(f"{_V1}/applications", 0, **named, identifierUris=[])
        path = f"{_V1}/applications/{application['id']}"
        self._holds(f"{path}/owners", "user", owner)
        self._holds(f"{path}/federatedIdentityCredentials", "")
        principal = self._like(
            f"{_V1}/servicePrincipals", 1, **named, servicePrincipalNames=[app_id]
        )
        path = f"{_V1}/servicePrincipals/{principal['id']}"
        self._holds(f"{path}/owners", "user")
        self._holds(f"{path}/appRoleAssignedTo", "")
        return principal

    def _grants(self, users: list[JSON], groups: list[JSON], apps: list[JSON]) -> None:
        roles = [
            role["id"]
            for role in self._list(f"{_ROLES}/roleDefinitions")
            if role["displayName"] not in ("Global Administrator", "Privileged Role Administrator")
        ]
        for user in users:
            held = {"principalId": user["id"], "roleDefinitionId": self._chance.choice(roles)}
            assigned = self._like(f"{_ROLES}/roleAssignments", 0, **held)
            origin = {"roleAssignmentOriginId": assigned["id"]}
            self._like(f"{_ROLES}/roleAssignmentScheduleInstances", 0, **held, **origin)
        (graph,) = (
            each for each in self._list(f"{_V1}/servicePrincipals") if each["appId"] == _APP_ID
        )
        path = f"{_V1}/servicePrincipals/{graph['id']}/appRoleAssignedTo"
        offered = [role["id"] for role in graph["appRoles"]]
        for each, kind in [(app, "ServicePrincipal") for app in apps] + [
            (group, "Group") for group in groups
        ]:
            self._like(
                path,
                0,
                principalId=each["id"],
                principalType=kind,
                appRoleId=self._chance.choice(offered),
            )


def running_many_directory_objects(objects: int) -> AbstractContextManager[Running]:
    """One in a process of its own."""
    return running(__file__, objects)


def main() -> None:
    """Serves until standard input ends."""
    serve(CountingReplay(GRAPH, estate(int(sys.argv[1])), _PAGE))


if __name__ == "__main__":
    main()
