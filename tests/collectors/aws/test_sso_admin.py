"""Permission sets and who is given them where, as the account has them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.iam import IAM
from clew.collectors.aws.sso_admin import SSOAdmin
from clew.collectors.registry import models
from clew.collectors.scan import scope_of
from clew.graph.linking import link
from clew.graph.schema import EdgeType
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect, write_estate
from support.reading import Read, read

SETS = "arn:aws:sso:::permissionSet/ssoins-0a10000000000001/ps-0a1000000000000"
INSTANCE = "arn:aws:sso:::instance/ssoins-0a10000000000001"
ASSIGNED = "arn:aws:sso:::assignment/ssoins-0a10000000000001/ps-0a1000000000000"
AWS_POLICY = "arn:aws:iam::aws:policy"


@pytest.fixture
def center(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, SSOAdmin)


def test_a_permission_set_says_what_it_allows(center: Callable[..., Read]) -> None:
    found = center()
    operations, auditors, unused = (found[f"{SETS}{number}"] for number in (1, 2, 3))
    assert (operations.name, operations.account, operations.instance) == (
        "Operations",
        "111122223333",
        INSTANCE,
    )
    assert operations.managed_policies == [f"{AWS_POLICY}/PowerUserAccess"]
    assert operations.customer_managed_policies == ["/clew-data-read"]
    assert (operations.permissions_boundary, operations.customer_managed_boundary) == (
        "",
        "/clew-boundary",
    )
    assert operations.session_duration == "PT8H"
    (statement,) = json.loads(auditors.inline_policy)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
    assert auditors.permissions_boundary == f"{AWS_POLICY}/ReadOnlyAccess"
    assert (unused.managed_policies, unused.inline_policy) == ([], "")
    assert (unused.permissions_boundary, unused.customer_managed_boundary) == ("", "")
    assert (found[INSTANCE].identity_store_id, found[INSTANCE].status) == ("d-0a10000001", "ACTIVE")
    assert (found.failed, found.incomplete) == ({}, set())


def test_an_assignment_names_account_principal_and_role(center: Callable[..., Read]) -> None:
    found = center()
    user = found[f"{ASSIGNED}1/777788889999/0a100000-0000-4000-8000-00000000d002"]
    assert (user.permission_set, user.target_account) == (f"{SETS}1", "777788889999")
    assert (user.principal_type, user.principal_id) == (
        "USER",
        "0a100000-0000-4000-8000-00000000d002",
    )
    assert (user.user, user.group) == (user.principal_id, "")
    group = found[f"{ASSIGNED}1/777788889999/0a100000-0000-4000-8000-00000000d001"]
    assert (group.user, group.group) == ("", group.principal_id)
    assert user.role == (
        "arn:aws:iam::777788889999:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Operations"
    )
    assert (user.name, user.account) == ("Operations in 777788889999", "111122223333")
    assert found.names("AWSSSOAccountAssignment") == {
        "Operations in 777788889999",
        "Auditors in 777788889999",
    }


def test_an_assignment_leads_to_the_role_of_its_permission_set(tmp_path: Path) -> None:
    name = "AWSReservedSSO_Auditors_0123456789abcdef"
    reserved = f"arn:aws:iam::777788889999:role/aws-reserved/sso.amazonaws.com/eu-west-1/{name}"
    role = {
        "Path": "/aws-reserved/sso.amazonaws.com/eu-west-1/",
        "RoleName": name,
        "RoleId": "AROACLEW0000000000777",
        "Arn": reserved,
        "CreateDate": "2025-01-15T09:00:00Z",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    }
    own = Path(__file__).parents[2] / "estate/aws/111122223333/us-east-1/sso-admin.json"
    estate = write_estate(
        tmp_path,
        {
            "111122223333/us-east-1/sso-admin": json.loads(own.read_text()),
            "777788889999/global/iam": {
                "GetAccountAuthorizationDetails": {"RoleDetailList": [role]}
            },
        },
    )
    with AwsReplay(estate) as replay:
        accounts = [aws_account(replay.url, each) for each in ("111122223333", "777788889999")]
        found = collect(tmp_path, accounts, SSOAdmin, IAM)
    scope = scope_of(accounts, [SSOAdmin, IAM], [])
    graph = link(found.resources, models(), found.reads, scope)
    edges = graph.edges[EdgeType("AWSSSOAccountAssignment", "GRANTS_ON", "AWSRole")]
    ends = {edge.source.split("/")[2]: edge.target for edge in edges}
    assert ends["ps-0a10000000000002"] == reserved
    assert graph.nodes[ends["ps-0a10000000000001"]].missing == "NOT_FOUND"


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("ListInstances", {"AWSSSOInstance", "AWSSSOPermissionSet", "AWSSSOAccountAssignment"}),
        ("ListPermissionSets", {"AWSSSOPermissionSet", "AWSSSOAccountAssignment"}),
        ("ListAccountsForProvisionedPermissionSet", {"AWSSSOAccountAssignment"}),
        ("ListAccountAssignments", {"AWSSSOAccountAssignment"}),
        ("DescribePermissionSet", set()),
        ("ListManagedPoliciesInPermissionSet", set()),
        ("ListCustomerManagedPolicyReferencesInPermissionSet", set()),
        ("GetInlinePolicyForPermissionSet", set()),
        ("GetPermissionsBoundaryForPermissionSet", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_labels_incomplete(
    center: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("sso-admin", operation, code="AccessDeniedException")
    found = center()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_what_was_refused_is_unread(center: Callable[..., Read], aws_replay: AwsReplay) -> None:
    for operation in (
        "DescribePermissionSet",
        "ListManagedPoliciesInPermissionSet",
        "ListCustomerManagedPolicyReferencesInPermissionSet",
        "GetInlinePolicyForPermissionSet",
        "GetPermissionsBoundaryForPermissionSet",
    ):
        aws_replay.deny("sso-admin", operation, code="AccessDeniedException")
    found = center()
    operations = found[f"{SETS}1"]
    assert (operations.name, operations.description, operations.inline_policy) == (None,) * 3
    assert (operations.managed_policies, operations.customer_managed_policies) == (None, None)
    assert (operations.permissions_boundary, operations.customer_managed_boundary) == (None, None)
    user = found[f"{ASSIGNED}1/777788889999/0a100000-0000-4000-8000-00000000d002"]
    assert (user.role, user.target_account) == (None, "777788889999")
