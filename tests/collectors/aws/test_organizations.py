"""The organization as its management account, a member and a lone account see it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.organizations import Organizations
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

MANAGED = "arn:aws:organizations::111122223333"
ORGANIZATION = f"{MANAGED}:organization/o-clew000001"
WORKLOADS = f"{MANAGED}:ou/o-clew000001/ou-clew-work0001"
FULL = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
RESOURCES_FULL = "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess"
GUARD = f"{MANAGED}:policy/o-clew000001/service_control_policy/p-clewguard1"
NO_KEYS = f"{MANAGED}:policy/o-clew000001/service_control_policy/p-clewguard3"
OWN_ONLY = f"{MANAGED}:policy/o-clew000001/resource_control_policy/p-clewguard2"


@pytest.fixture
def organizations(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Organizations)


def test_accounts_lie_in_units_and_units_in_the_organization(
    organizations: Callable[..., Read],
) -> None:
    found = organizations()
    assert found.names("AWSAccount") == {"clew-prod", "clew-dev", "clew-security"}
    dev, prod = found["444455556666"], found["111122223333"]
    assert (dev.account, dev.account_id, dev.status) == ("444455556666", "444455556666", "ACTIVE")
    assert (dev.parent, dev.organization) == (WORKLOADS, ORGANIZATION)
    assert (prod.parent, prod.organization) == (ORGANIZATION, ORGANIZATION)
    assert (prod.is_management_account, dev.is_management_account) == (True, False)
    assert found[WORKLOADS].parent == ORGANIZATION
    assert found[ORGANIZATION].root_id == "r-clew"
    assert (found.failed, found.incomplete) == ({}, set())


def test_policies_hang_on_what_they_bind(organizations: Callable[..., Read]) -> None:
    found = organizations()
    assert found[ORGANIZATION].policies == [FULL, RESOURCES_FULL]
    assert found[ORGANIZATION].enabled_policy_types == [
        "RESOURCE_CONTROL_POLICY",
        "SERVICE_CONTROL_POLICY",
    ]
    assert found[WORKLOADS].policies == [FULL, GUARD, NO_KEYS, RESOURCES_FULL]
    assert found["444455556666"].policies == [FULL, RESOURCES_FULL, OWN_ONLY]
    guard = found[GUARD]
    assert (guard.name, guard.type, guard.aws_managed) == (
        "keep-the-trail",
        "SERVICE_CONTROL_POLICY",
        False,
    )
    assert "cloudtrail:StopLogging" in guard.document
    assert guard.target_ids == ["ou-clew-work0001"]
    assert [arn.rpartition("/")[2] for arn in guard.target_arns] == guard.target_ids
    assert found[FULL].account == "aws"


def test_the_management_account_knows_what_is_central(organizations: Callable[..., Read]) -> None:
    assert organizations()[ORGANIZATION].root_access_features == ["RootSessions"]


def test_a_member_knows_its_organization_but_not_its_policies(
    organizations: Callable[..., Read],
) -> None:
    found = organizations("444455556666")
    (dev,) = (each for each in found.collected.resources if each.label == "AWSAccount")
    assert (dev.id, dev.organization, dev.is_management_account) == (
        "444455556666",
        ORGANIZATION,
        False,
    )
    assert (dev.name, dev.parent, dev.policies) == (None, None, None)
    organization = found[ORGANIZATION]
    assert (organization.policies, organization.root_access_features) == (None, None)
    assert found.incomplete == {"AWSOrganizationalUnit", "AWSOrganizationPolicy"}


def test_a_lone_account_has_neither_organization_nor_policies(tmp_path: Path) -> None:
    error = {"code": "AWSOrganizationsNotInUseException", "message": "Not a member.", "status": 400}
    estate = write_estate(
        tmp_path, {"123456789012/global/organizations": {"DescribeOrganization": {"error": error}}}
    )
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, Organizations, "123456789012")
    (alone,) = found.collected.resources
    assert (alone.id, alone.organization, alone.parent, alone.policies) == (
        "123456789012",
        "",
        "",
        [],
    )
    assert (found.failed, found.incomplete) == ({}, set())


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("DescribeOrganization", {"AWSOrganization", "AWSOrganizationalUnit"}),
        ("ListAccounts", set()),
        ("ListRoots", {"AWSOrganizationalUnit"}),
        ("ListOrganizationalUnitsForParent", {"AWSOrganizationalUnit"}),
        ("ListPolicies", {"AWSOrganizationPolicy"}),
        ("ListAccountsForParent", set()),
        ("DescribePolicy", set()),
        ("ListTargetsForPolicy", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    organizations: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("organizations", operation)
    found = organizations()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels
    assert found["111122223333"].missing is None


@pytest.mark.parametrize("operation", ["ListPolicies", "ListTargetsForPolicy"])
def test_unread_policies_are_not_no_policies(
    organizations: Callable[..., Read], aws_replay: AwsReplay, operation: str
) -> None:
    aws_replay.deny("organizations", operation)
    found = organizations()
    assert found[ORGANIZATION].policies is None
    assert found[WORKLOADS].policies is None
    assert found["444455556666"].policies is None


def test_without_trusted_access_nothing_is_central(
    organizations: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny(
        "iam", "ListOrganizationsFeatures", code="ServiceAccessNotEnabledException", status=409
    )
    found = organizations()
    assert found[ORGANIZATION].root_access_features == []
    assert found.failed == {}
