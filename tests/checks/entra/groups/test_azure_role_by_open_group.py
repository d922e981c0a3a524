from typing import Any

import pytest
from clew.collectors.azure.authorization import RoleAssignment, RoleDefinition, RoleEligibility
from support.tenant import SmallTenant
from support.tenant_checks import verdicts

CHECK = "azure_role_by_open_group"
SUBSCRIPTION = "11111111-0000-4000-8000-000000000001"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
OWNER, READER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def give(
    tenant: SmallTenant,
    group: str,
    role: str = OWNER,
    scope: str | None = SCOPE,
    model: Any = RoleAssignment,
) -> None:
    definition = f"/providers/microsoft.authorization/roledefinitions/{role}"
    tenant.add(RoleDefinition(id=definition, name=role, account=SUBSCRIPTION, region="global"))
    tenant.add(
        model(
            id=f"{scope}/providers/microsoft.authorization/grants/{len(tenant.resources)}",
            name="grant",
            account=SUBSCRIPTION,
            region="global",
            scope=scope,
            principal=group,
            role=definition,
            granted_on=scope,
        )
    )


def found(tenant: SmallTenant, **scan: Any) -> dict[str, str]:
    return verdicts(CHECK, tenant, others={"azure": (SUBSCRIPTION,)}, **scan)


def closed(tenant: SmallTenant, name: str, **fields: Any) -> str:
    return tenant.group(name, is_assignable_to_role=True, **fields)


def test_groups_with_strong_azure_roles_are_closed() -> None:
    tenant = SmallTenant()
    plain, chief, by_group = (tenant.user(each) for each in ("plain", "chief", "by-group"))
    tenant.assign("Privileged Role Administrator", chief)
    admins = closed(tenant, "admins", members=[by_group])
    tenant.assign("User Administrator", admins)
    for group in (
        tenant.group("ordinary"),
        closed(tenant, "nobodys"),
        closed(tenant, "chiefs", owners=[chief]),
        closed(tenant, "members", owners=[by_group]),
        closed(tenant, "weak", owners=[plain, chief]),
    ):
        give(tenant, group)
    inner = tenant.group("inner")
    give(tenant, tenant.group("outer", members=[inner]))
    tenant.group("harmless", owners=[plain])
    assert found(tenant) == {
        "ordinary": "FAIL",
        "nobodys": "PASS",
        "chiefs": "PASS",
        "members": "PASS",
        "weak": "FAIL",
        "inner": "FAIL",
        "outer": "FAIL",
        "harmless": "PASS",
        "admins": "PASS",
    }


@pytest.mark.parametrize(
    ("role", "scope", "expected"),
    [
        (OWNER, "/", "FAIL"),
        (OWNER, "/providers/microsoft.management/managementgroups/g", "FAIL"),
        (OWNER, f"{SCOPE}/resourcegroups/g", "PASS"),
        (READER, SCOPE, "PASS"),
        (OWNER, None, "MANUAL"),
    ],
)
def test_only_strong_roles_over_a_subscription_count(
    role: str, scope: str | None, expected: str
) -> None:
    for model in (RoleAssignment, RoleEligibility):
        tenant = SmallTenant()
        give(tenant, tenant.group("group"), role, scope, model)
        assert found(tenant) == {"group": expected}


@pytest.mark.parametrize(
    "fields",
    [
        {"group_types": ["DynamicMembership"]},
        {"group_types": ["Unified"], "visibility": "Public"},
        {"on_premises_sync_enabled": True},
    ],
)
def test_what_keeps_no_group_closed_decides_even_if_the_rest_is_unread(
    fields: dict[str, Any],
) -> None:
    tenant = SmallTenant()
    give(tenant, tenant.group("open", is_assignable_to_role=None, owners=None, **fields))
    assert found(tenant) == {"open": "FAIL"}


def test_what_could_not_be_read_is_not_safe() -> None:
    tenant = SmallTenant()
    plain = tenant.user("plain")
    give(tenant, closed(tenant, "owners-unread", owners=None))
    give(tenant, tenant.group("kind-unread", is_assignable_to_role=None))
    give(tenant, closed(tenant, "owned", owners=[plain]))
    assert found(tenant) == {"owners-unread": "MANUAL", "kind-unread": "MANUAL", "owned": "FAIL"}
    tenant.assign("Global Administrator", closed(tenant, "admins", members=None))
    assert found(tenant)["owned"] == "MANUAL", "its owner may be an administrator"


def test_a_group_may_be_in_one_whose_members_are_unread() -> None:
    tenant = SmallTenant()
    give(tenant, closed(tenant, "closed", members=None))
    tenant.group("harmless")
    assert found(tenant)["harmless"] == "PASS", "no group can be in a role-assignable one"
    give(tenant, tenant.group("open", members=None))
    assert found(tenant)["harmless"] == "MANUAL"


@pytest.mark.parametrize(
    "label", ["AzureRoleAssignment", "AzureRoleEligibility", "EntraGroup", "EntraUser"]
)
def test_what_could_not_be_listed_is_not_none(label: str) -> None:
    tenant = SmallTenant()
    tenant.group("harmless")
    assert found(tenant)["harmless"] == "PASS"
    assert found(tenant, unread=[label])["harmless"] == "MANUAL"


def test_without_azure_nothing_is_known_of_its_roles() -> None:
    tenant = SmallTenant()
    tenant.group("harmless")
    assert verdicts(CHECK, tenant) == {"harmless": "MANUAL"}


@pytest.mark.parametrize("label", ["EntraRoleAssignment", "EntraRoleDefinition"])
def test_who_is_an_administrator_could_not_be_listed(label: str) -> None:
    tenant = SmallTenant()
    give(tenant, closed(tenant, "owned", owners=[tenant.user("plain")]))
    assert found(tenant, unread=[label]) == {"owned": "MANUAL"}
