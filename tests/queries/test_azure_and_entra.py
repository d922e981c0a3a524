"""The saved queries for Azure and Entra ID: what they find, and that what is unread is not left
out."""

import json
import re
from pathlib import Path
from typing import Any

from clew.collectors.azure.authorization import RoleAssignment, RoleDefinition
from clew.collectors.entra.applications import Application
from clew.collectors.entra.groups import Group
from clew.collectors.entra.users import User
from clew.graph.model import Resource
from clew.graph.stores.ladybug import LadybugStore
from clew.queries import ScanNames, library
from support.audit import blank
from support.judging import Estate
from support.small_scans import scan_of

TENANT = "//graph.microsoft.com/tenants/t1"
ROLES = "/providers/microsoft.authorization/roledefinitions"
OWNER = f"{ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SCOPE = "/subscriptions/s1"

ASSIGNING = (
    "*",
    "*/write",
    "Microsoft.*",
    "Microsoft.Authorization/*",
    "microsoft.authorization/*/write",
    "Microsoft.Authorization/roleAssignments/*",
    "Microsoft.Authorization/roleAssignments/write",
)
NOT_ASSIGNING = (
    "*/read",
    "*/delete",
    "Microsoft.Authorization/*/read",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Compute/*",
    "Microsoft.Compute/virtualMachines/write",
)


def rows_of(tmp_path: Path, resources: list[Resource], name: str, **given: str) -> list[Any]:
    query = library()[name]
    estate = Estate(resources, accounts=("t1",), regions=(), provider="azure")
    labels = re.findall(r"\b(?:Azure|Entra|Unknown)\w+", query.cypher)
    snapshot = scan_of(tmp_path / "scan", estate, labels)
    with LadybugStore(tmp_path / "cache") as store:
        store.load(snapshot)
        return store.query(query.cypher, query.values(given, ScanNames(store, snapshot)))


def custom_role(name: str, actions: list[str], not_actions: list[str]) -> RoleDefinition:
    permissions = {
        "actions": actions,
        "condition": None,
        "dataActions": [],
        "notActions": not_actions,
        "notDataActions": [],
    }
    return blank(
        RoleDefinition,
        id=f"{ROLES}/{name}",
        name=name,
        account="t1",
        is_custom=True,
        permissions=json.dumps([permissions], separators=(",", ":"), sort_keys=True),
    )


def test_a_custom_role_that_covers_the_writing_of_assignments_is_known(tmp_path: Path) -> None:
    reading = "Microsoft.Storage/*/read"
    roles: list[Resource] = [
        custom_role(f"role-{number}", [reading, action], [])
        for number, action in enumerate((*ASSIGNING, *NOT_ASSIGNING))
    ]
    roles.append(custom_role("only-denies", [reading], ["Microsoft.Authorization/*"]))
    unread = custom_role("unread", [], []).model_copy(update={"permissions": None})
    rows = rows_of(tmp_path, [*roles, unread], "custom_roles")
    found = {row["role"]: row["may_assign_roles"] for row in rows}
    expected: dict[str, bool | None] = {
        f"role-{number}": number < len(ASSIGNING)
        for number in range(len(ASSIGNING) + len(NOT_ASSIGNING))
    }
    assert found == {**expected, "only-denies": False, "unread": None}


def test_holders_by_nested_groups_are_listed_and_unread_members_are_said(tmp_path: Path) -> None:
    outer, inner, closed = (f"{TENANT}/groups/{name}" for name in ("outer", "inner", "closed"))
    user = f"{TENANT}/users/u"
    resources: list[Resource] = [
        blank(RoleDefinition, id=OWNER, name="Owner", account="t1"),
        blank(User, id=user, name="u", account="t1"),
        blank(Group, id=inner, name="inner", account="t1", members=[user]),
        blank(Group, id=outer, name="outer", account="t1", members=[inner, closed]),
        blank(Group, id=closed, name="closed", account="t1").model_copy(update={"members": None}),
        blank(
            RoleAssignment,
            id=f"{SCOPE}/providers/microsoft.authorization/roleassignments/a",
            name="a",
            account="t1",
            principal=outer,
            role=OWNER,
            granted_on=SCOPE,
        ),
    ]
    rows = rows_of(tmp_path, resources, "azure_role_holders")
    found = {
        (row["principal"].properties["name"], row["via_group"], row["missing"]) for row in rows
    }
    assert found == {
        ("outer", "", None),
        ("inner", "outer", None),
        ("closed", "outer", None),
        ("u", "outer", None),
        ("(unread members)", "outer", "UNREADABLE"),
    }


def test_credentials_are_narrowed_by_when_they_end_unless_that_is_unread(tmp_path: Path) -> None:
    ids = {n: f"{TENANT}/applications(appId='{n}')" for n in ("old", "lasting", "unread")}
    resources: list[Resource] = [
        blank(Application, id=ids["old"], name="old", secret_expiries=["2024-01-01T00:00:00Z"]),
        blank(
            Application, id=ids["lasting"], name="lasting", secret_expiries=["2099-01-01T00:00:00Z"]
        ),
        blank(Application, id=ids["unread"], name="unread").model_copy(
            update={"secret_expiries": None}
        ),
    ]
    rows = rows_of(tmp_path, resources, "application_credentials", ends_after="2090-01-01")
    secrets = {
        (row["holder"].properties["name"], row["expires"])
        for row in rows
        if row["kind"] == "secret"
    }
    assert secrets == {("lasting", "2099-01-01T00:00:00Z"), ("unread", "")}
