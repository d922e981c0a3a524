"""Attack paths to an administrator, in small tenants."""

from typing import Any

import pytest
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts


def tenant_with_an_owner(**fields: Any) -> SmallTenant:
    """A user owns an application that gives out every role."""
    tenant = SmallTenant()
    owner = tenant.user("owner", **fields)
    application = tenant.application("app", owners=[owner])
    bot = tenant.service_principal("bot", application=application)
    tenant.app_role("RoleManagement.ReadWrite.Directory", bot)
    tenant.group("team", members=[tenant.user("plain")])
    tenant.assign("Global Administrator", tenant.user("chief"))
    return tenant


@pytest.mark.parametrize(
    ("fields", "unread", "expected"),
    [
        ({}, (), "PASS"),
        ({"user_type": "Guest"}, (), "FAIL"),
        ({"user_type": "Guest", "account_enabled": False}, (), "PASS"),
        ({}, ("EntraGroup",), "MANUAL"),
        ({}, ("EntraUser",), "MANUAL"),
    ],
)
def test_external_principals(
    fields: dict[str, Any], unread: tuple[str, ...], expected: str
) -> None:
    tenant = tenant_with_an_owner(**fields)
    found = verdicts("paths_external_to_tenant_admin", tenant, unread=unread)
    assert found == {TENANT: expected}


def test_users_and_service_principals() -> None:
    tenant = tenant_with_an_owner()
    found = verdicts("paths_entra_user_to_tenant_admin", tenant)
    assert found == {"owner": "FAIL", "plain": "PASS"}
    found = verdicts("paths_service_principal_to_tenant_admin", tenant)
    assert found == {"graph": "PASS"}


def test_nothing_is_said_of_subscriptions_that_were_not_scanned() -> None:
    assert verdicts("paths_entra_user_to_subscription_admin", tenant_with_an_owner()) == {}


def test_approval_by_others_is_left_to_a_person() -> None:
    tenant = SmallTenant()
    user, approver = tenant.user("user"), tenant.user("approver")
    tenant.eligible("Global Administrator", user)
    tenant.policy("Global Administrator", approval=True, approvers=[approver])
    found = verdicts("paths_entra_user_to_tenant_admin", tenant)
    assert found == {"user": "MANUAL", "approver": "PASS"}
