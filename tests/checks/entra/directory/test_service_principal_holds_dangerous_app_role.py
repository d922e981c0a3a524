from typing import Any

import pytest
from clew.checks.entra.directory.service_principal_holds_dangerous_app_role import (
    ADMINISTRATION,
    GROUPS,
)
from clew.collectors.entra.service_principals import AppRoleAssignment, ServicePrincipal
from clew.graph.model import Resource
from support.judging import Estate, judge, verdicts

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
ROOT = f"//graph.microsoft.com/tenants/{TENANT}"
ADMINISTRATOR = "service_principal_app_role_leads_to_administrator"
EVERY_GROUP = "service_principal_app_role_changes_every_group"


def principal(name: str, app_id: str = "", enabled: bool = True) -> ServicePrincipal:
    return ServicePrincipal(
        id=f"{ROOT}/servicePrincipals/{name}",
        name=name,
        account=TENANT,
        region="global",
        app_id=app_id or name,
        account_enabled=enabled,
        tenant="",
        application="",
        owners=[],
    )


def grant(who: str, role: str | None, on: str = "Microsoft Graph") -> AppRoleAssignment:
    return AppRoleAssignment(
        id=f"{ROOT}/servicePrincipals/{on}/appRoleAssignedTo/{who}-{role}",
        name=f"{role} of {who}",
        account=TENANT,
        region="global",
        principal=f"{ROOT}/servicePrincipals/{who}",
        resource=f"{ROOT}/servicePrincipals/{on}",
        app_role=role,
    )


def estate(*resources: Resource, **scan: Any) -> Estate:
    apis = [
        principal("Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
        principal("other-api"),
    ]
    read = [*apis, *resources]
    return Estate(read, accounts=(TENANT,), regions=(), provider="entra", **scan)


def test_holders_fail_whatever_else_they_hold() -> None:
    found = estate(
        principal("deployer"),
        grant("deployer", "User.Read.All"),
        grant("deployer", "RoleManagement.ReadWrite.Directory"),
        principal("reader"),
        grant("reader", "Directory.Read.All"),
        principal("sleeper", enabled=False),
        grant("sleeper", "AppRoleAssignment.ReadWrite.All"),
        principal("grouper"),
        grant("grouper", "GroupMember.ReadWrite.All"),
        principal("namesake"),
        grant("namesake", "RoleManagement.ReadWrite.Directory", on="other-api"),
        principal("riddle"),
        grant("riddle", None),
    )
    others = {
        "Microsoft Graph": "PASS",
        "other-api": "PASS",
        "reader": "PASS",
        "namesake": "PASS",
        "riddle": ("MANUAL", "UNREADABLE_FIELD"),
    }
    assert verdicts(ADMINISTRATOR, found) == {
        "deployer": "FAIL",
        "sleeper": "FAIL",
        "grouper": "PASS",
        **others,
    }
    assert verdicts(EVERY_GROUP, found) == {
        "deployer": "PASS",
        "sleeper": "PASS",
        "grouper": "FAIL",
        **others,
    }


def test_each_role_that_is_held_is_named() -> None:
    roles = sorted(ADMINISTRATION)
    found = judge(ADMINISTRATOR, estate(principal("all"), *(grant("all", role) for role in roles)))
    (message,) = [each.message for each in found if each.status == "FAIL"]
    assert [role for role in roles if f"all holds {role} on" in message] == roles
    assert not ADMINISTRATION.keys() & GROUPS.keys()


@pytest.mark.parametrize(
    "role",
    [
        "Domain.ReadWrite.All",
        "EntitlementManagement.ReadWrite.All",
        "Organization.ReadWrite.All",
        "PrivilegedAccess.ReadWrite.AzureADGroup",
        "RoleManagementPolicy.ReadWrite.Directory",
        "UserAuthMethod-TAP.ReadWrite.All",
    ],
)
def test_every_way_to_the_administrator_counts(role: str) -> None:
    found = estate(principal("holder"), grant("holder", role))
    assert verdicts(ADMINISTRATOR, found)["holder"] == "FAIL"


def test_without_all_assignments_nobody_passes() -> None:
    found = estate(
        principal("deployer"),
        grant("deployer", "RoleManagement.ReadWrite.Directory"),
        unread=["EntraAppRoleAssignment"],
    )
    assert verdicts(ADMINISTRATOR, found) == {
        "deployer": "FAIL",
        "Microsoft Graph": ("MANUAL", "UNREADABLE"),
        "other-api": ("MANUAL", "UNREADABLE"),
    }
