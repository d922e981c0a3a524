"""Role assignments, eligibilities, denials, locks and delegations over the recorded estate."""

import json
from pathlib import Path

import pytest
from clew.collectors.azure import session
from clew.collectors.azure.session import ENDPOINT, AzureOptions, connect
from clew.graph.model import Status
from servers.json_replay import JsonReplay
from support.clouds import Scanned, scan

PROD = "11111111-2222-3333-4444-555555555555"
DEV = "66666666-7777-8888-9999-000000000000"
TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
GROUPS = "/providers/microsoft.management/managementgroups"
DIRECTORY = f"//graph.microsoft.com/tenants/{TENANT}"


@pytest.fixture
def azure(azure_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, azure_replay.url)
    monkeypatch.setattr(session, "RETRIES", {"retry_total": 3, "retry_backoff_factor": 0})
    return azure_replay


def scanned(folder: Path, *subscriptions: str) -> Scanned:
    return scan(folder, connect(AzureOptions(subscriptions or (PROD, DEV))))


def test_a_role_is_one_node_however_subscriptions_spell_it(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    owner = found.named("AzureRoleDefinition", "Owner")
    assert owner.id.startswith("/providers/microsoft.authorization/roledefinitions/8e3af657")
    assert (owner.is_custom, owner.account, owner.assignable_scopes) == (False, TENANT, ["/"])
    assert found.named("AzureRoleDefinition", "Clew Deployer").is_custom
    (entry,) = json.loads(found.named("AzureRoleDefinition", "Contributor").permissions)
    assert entry["actions"] == ["*"]
    assert len(entry["notActions"]) == 3
    assert not azure.not_recorded


def test_an_assignment_names_its_principal_its_role_and_its_scope(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    by_role = {
        (found.graph.nodes[each.role].name, each.principal_type): each
        for each in found.collected.resources
        if each.label == "AzureRoleAssignment"
    }
    owner = by_role["Owner", "Group"]
    assert (owner.scope, owner.account) == (f"{GROUPS}/workloads", TENANT)
    assert owner.principal == f"{DIRECTORY}/groups/{owner.principal_id}"
    custom = by_role["Clew Deployer", "Group"]
    assert (custom.scope, custom.account) == (f"/subscriptions/{DEV}", DEV)
    limited = by_role["Role Based Access Control Administrator", "User"]
    assert "GuidEquals" in limited.condition
    assert found.edges("GRANTS_ON", "AzureRoleAssignment", "AzureSubscription")
    assert found.edges("GRANTS_ON", "AzureRoleAssignment", "AzureManagementGroup")


def test_when_an_assignment_ends_is_told_by_the_schedules(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path, PROD)
    ends = {each.end for each in found.collected.resources if each.label == "AzureRoleAssignment"}
    assert ends == {"", "2027-03-04T10:11:12Z"}


def test_without_the_schedules_the_end_is_unread_and_assignments_are_listed(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny("roleAssignmentScheduleInstances")
    found = scanned(tmp_path, PROD)
    assert {e.end for e in found.collected.resources if e.label == "AzureRoleAssignment"} == {None}
    assert "AzureRoleAssignment" not in found.incomplete()


def test_an_eligibility_leads_to_what_its_activation_takes(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    assert len(found.edges("HAS_POLICY", "AzureRoleEligibility")) == 2
    policies = {
        found.graph.nodes[each.role].name: each
        for each in found.collected.resources
        if each.label == "AzureRoleManagementPolicy"
    }
    assert policies["Owner"].requires_approval
    assert policies["Owner"].enabled_rules == ["MultiFactorAuthentication", "Justification"]
    assert policies["Owner"].approvers[0].startswith(f"{DIRECTORY}/groups/")
    assert not policies["Contributor"].requires_approval
    assert policies["Contributor"].authentication_context == "c1"


def test_a_policy_that_cannot_be_read_is_an_unread_reference(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny("roleManagementPolicyAssignments")
    found = scanned(tmp_path, PROD)
    ((_, target),) = found.edges("HAS_POLICY", "AzureRoleEligibility")
    assert target.endswith("!UNREADABLE")


def test_a_denial_says_whom_it_means_and_whom_not(azure: JsonReplay, tmp_path: Path) -> None:
    (deny,) = [
        each
        for each in scanned(tmp_path).collected.resources
        if each.label == "AzureDenyAssignment"
    ]
    assert (deny.everyone, deny.principals, deny.applies_to_child_scopes) == (True, [], True)
    assert deny.excluded == [f"{DIRECTORY}/servicePrincipals/{deny.excluded_ids[0]}"]
    assert deny.scope == f"/subscriptions/{PROD}/resourcegroups/shop-prod-rg"


def test_locks_delegations_and_policies_name_where_they_hold(
    azure: JsonReplay, tmp_path: Path
) -> None:
    found = scanned(tmp_path)
    lock = found.named("AzureLock", "frozen")
    assert (lock.level, lock.scope.rpartition("/")[2]) == ("ReadOnly", "legacy-rg")
    offer = found.named("AzureLighthouseDelegation", "Northlight Operations")
    assert offer.scope == f"/subscriptions/{DEV}"
    assert offer.managed_by == "//graph.microsoft.com/tenants/0b0b0b0b-1111-4222-8333-444455556666"
    assert len(offer.roles) == 2
    assert len(json.loads(offer.authorizations)) == 2
    policy = found.named("AzurePolicyAssignment", "Deploy diagnostic settings")
    assert (policy.scope, len(policy.identities)) == (f"{GROUPS}/workloads", 1)
    assert found.named("AzurePolicyAssignment", "Audit missing tags").identities == []


def test_the_root_group_tells_of_the_whole_tree(azure: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("PART_OF", "AzureManagementGroup") == {
        ("Workloads", "Tenant Root Group"),
        ("Sandbox", "Tenant Root Group"),
    }
    assert found.edges("PART_OF", "AzureSubscription", "AzureManagementGroup") == {
        ("clew-prod", "Workloads"),
        ("clew-dev", "Sandbox"),
        ("99999999-aaaa-4bbb-8ccc-dddddddddddd!CROSS_ACCOUNT", "Tenant Root Group"),
    }


def test_descendants_that_cannot_be_read_leave_the_tree_unread(
    azure: JsonReplay, tmp_path: Path
) -> None:
    azure.deny("descendants")
    found = scanned(tmp_path, PROD)
    workloads = found.named("AzureManagementGroup", "Workloads")
    assert (workloads.parent, workloads.subscriptions) == (None, None)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("roleDefinitions", "AzureRoleDefinition"),
        ("roleAssignments", "AzureRoleAssignment"),
        ("roleEligibilityScheduleInstances", "AzureRoleEligibility"),
        ("roleEligibilityScheduleInstances", "AzureRoleManagementPolicy"),
        ("denyAssignments", "AzureDenyAssignment"),
        ("Authorization/locks", "AzureLock"),
        ("registrationAssignments", "AzureLighthouseDelegation"),
        ("policyAssignments", "AzurePolicyAssignment"),
        ("Management/managementGroups", "AzureManagementGroup"),
    ],
)
def test_a_denied_listing_leaves_its_label_incomplete(
    azure: JsonReplay, tmp_path: Path, path: str, label: str
) -> None:
    azure.deny(path)
    found = scanned(tmp_path, DEV)
    assert label in found.incomplete()
    assert {each.status for each in found.collected.coverage} <= {Status.OK, Status.DENIED}
