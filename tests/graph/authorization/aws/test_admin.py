"""Who is an administrator: by what policies, boundaries and the organization leave, no name."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from clew.graph.authorization.aws.admin import Administration, administers
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from support.identities import ACCOUNT, Identities, allow, deny, graph_of, policy

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
FULL = [policy(allow("*"))]


def of(
    *statements: dict[str, Any],
    boundary: Sequence[dict[str, Any]] = (),
    scps: Sequence[Sequence[Mapping[str, Any]]] = (),
) -> Administration:
    """What a user with these statements is."""
    iam = Identities()
    bound = iam.managed("bound", policy(*boundary)) if boundary else ""
    user = iam.user("ann", *statements, boundary=bound)
    graph, reads = graph_of(iam, service_controls={ACCOUNT: scps})
    return administers(AWSAuthorizer(AWSEnvironment.of(graph, reads)), PrincipalState(user))


@pytest.mark.parametrize(
    "statements",
    [
        [allow("*")],
        [allow("*:*")],
        [allow("iam:*")],
        [allow("iam:*"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
        [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::one"}],
        [allow("i?m:*", "s3:*")],
        [allow("*"), deny("s3:*")],
        [allow("*"), deny("iam:*", on=f"arn:aws:iam::{ACCOUNT}:role/kept")],
        [allow("*"), deny("iam:CreateAccessKey", "iam:CreateUser")],
    ],
)
def test_all_powers_over_iam_make_an_administrator(statements: list[dict[str, Any]]) -> None:
    found = of(*statements)

    assert found.truth is True
    assert "inline_policy" in found.reason
    assert {one.effect for one in found.explanation.statements} == {"Allow"}


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [allow("s3:*", "ec2:*")],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "*", "Resource": "*"}],
        [allow("*"), deny("iam:*")],
        [allow("*"), deny("*")],
        [allow("*"), {"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*"}],
        [allow("iam:*", on=f"arn:aws:iam::{ACCOUNT}:user/dev-*")],
        [allow("iam:Get*", "iam:List*", "iam:PassRole", "iam:AttachRolePolicy")],
    ],
)
def test_less_is_not_enough(statements: list[dict[str, Any]]) -> None:
    assert of(*statements).truth is False


@pytest.mark.parametrize(
    ("boundary", "truth"),
    [
        ([allow("ec2:*")], False),
        ([deny("*")], False),
        ([allow("*"), deny("iam:*")], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
        ([allow("*")], True),
        ([allow("iam:*")], True),
        ([allow("*", Condition=MFA)], None),
    ],
)
def test_a_boundary_may_take_it_away(boundary: list[dict[str, Any]], truth: bool | None) -> None:
    assert of(allow("*"), boundary=boundary).truth is truth


@pytest.mark.parametrize(
    ("scp", "truth"),
    [
        (deny("iam:*"), False),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, False),
        (deny("organizations:LeaveOrganization", "cloudtrail:StopLogging"), True),
        (deny("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"), True),
        (deny("iam:*", Condition=NO_MFA), None),
    ],
)
def test_so_may_the_organization(scp: dict[str, Any], truth: bool | None) -> None:
    assert of(allow("*"), scps=[FULL, [policy(allow("*"), scp)]]).truth is truth
    assert of(allow("*"), scps=[[policy(allow("*"), scp)], FULL]).truth is truth


def test_a_level_that_allows_less_takes_it_away() -> None:
    assert of(allow("*"), scps=[FULL, [policy(allow("s3:*"))]]).truth is False


def test_on_a_condition_it_is_conditional_and_says_on_which() -> None:
    found = of(allow("*", Condition=MFA))

    assert found.truth is None
    assert found.explanation.conditions == ("aws:MultiFactorAuthPresent",)
    assert "aws:MultiFactorAuthPresent" in found.reason


def test_unless_mfa_everything_is_denied() -> None:
    assert of(allow("*"), deny("*", Condition=NO_MFA)).truth is None


def test_groups_count() -> None:
    iam = Identities()
    iam.group("admins", allow("*"))
    iam.group("limited", deny("iam:*"))
    ann, ben = iam.user("ann", groups=["admins"]), iam.user("ben", groups=["admins", "limited"])
    graph, reads = graph_of(iam)
    permissions = AWSAuthorizer(AWSEnvironment.of(graph, reads))

    assert administers(permissions, PrincipalState(ann)).truth is True
    assert administers(permissions, PrincipalState(ben)).truth is False


def test_names_of_policies_do_not_count() -> None:
    iam = Identities()
    grand = iam.managed("AdministratorAccess", policy(allow("s3:Get*")))
    harmless = iam.managed("ReadOnly", policy(allow("*")))
    ann, ben = iam.user("ann", attached=[grand]), iam.user("ben", attached=[harmless])
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(iam)))

    assert administers(permissions, PrincipalState(ann)).truth is False
    assert administers(permissions, PrincipalState(ben)).reason.endswith(harmless)


def test_a_policy_that_was_not_read_makes_it_conditional() -> None:
    iam = Identities()
    ann = iam.user("ann", attached=["arn:aws:iam::aws:policy/Unheard"])
    found = administers(AWSAuthorizer(AWSEnvironment.of(*graph_of(iam))), PrincipalState(ann))

    assert found.truth is None
    assert any("policy/Unheard" in one for one in found.explanation.conditions)


def test_a_state_may_make_an_administrator() -> None:
    iam = Identities()
    bound = iam.managed("bound", policy(allow("s3:*")))
    ann = PrincipalState(iam.user("ann", allow("*"), boundary=bound))
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(iam)))

    assert administers(permissions, ann._replace(any_policy=True)).truth is False
    assert administers(permissions, ann._replace(unbounded=True)).truth is True
