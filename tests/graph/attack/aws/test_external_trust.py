"""Who outside may assume roles, by what their trust policies say."""

from typing import Any

import pytest
from support.external_access import Found, comers, estate
from support.identities import ACCOUNT, OTHER, Document, Identities, policy

VENDOR = "999900001111"
ORG = "o-1234567890"


def trusting(principal: Any, *more: Document, **statement: Any) -> list[Document]:
    """A trust policy's statements: one that allows a principal, and more."""
    who = (
        {"NotPrincipal": principal} if statement.pop("others", False) else {"Principal": principal}
    )
    return [{"Effect": "Allow", **who, "Action": "sts:AssumeRole", **statement}, *more]


def entering(statements: list[Document], **more: Any) -> set[Found]:
    own = Identities()
    own.role("r", trusts=statements)
    return comers(estate(own, **more))


def denying(principal: Any, **statement: Any) -> Document:
    return {"Effect": "Deny", "Principal": principal, "Action": "sts:AssumeRole", **statement}


IF_ORG = {"StringEquals": {"aws:PrincipalOrgID": ORG}}
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "secret"}}
OPEN = {Found("Internet", "r")}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (trusting("*"), OPEN),
        (trusting({"AWS": "*"}), OPEN),
        (trusting({"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}, others=True), OPEN),
        (trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), set()),
        (trusting({"Service": "ec2.amazonaws.com"}), set()),
        (trusting("*", Condition=IF_ORG), set()),
        (trusting("*", denying("*")), set()),
        (
            trusting("*", denying("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORG}})),
            set(),
        ),
        (trusting("*", Action="sts:TagSession"), set()),
        (trusting("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}), set()),
        (
            trusting("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*"}}),
            OPEN,
        ),
        (
            trusting(
                "*", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}
            ),
            set(),
        ),
        (trusting("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}), OPEN),
        (trusting("*", Condition={"StringLike": {"sts:RoleSessionName": "audit-*"}}), OPEN),
        (trusting("*", Condition={"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}), set()),
        (
            trusting("*", Condition={"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}),
            OPEN,
        ),
        (
            trusting("*", Condition=EXTERNAL_ID),
            {Found("Internet", "r", ("sts:AssumeRole: sts:ExternalId",))},
        ),
        (
            trusting("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            {Found("Internet", "r", ("sts:AssumeRole: aws:MultiFactorAuthPresent",))},
        ),
        (trusting("*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}), set()),
    ],
)
def test_external_principals_assume_what_trusts_everyone(
    statements: list[Document], expected: set[Found]
) -> None:
    assert entering(statements) == expected


USER = f"arn:aws:iam::{VENDOR}:user/eve"
ROLE = f"arn:aws:iam::{VENDOR}:role/scanner"
SESSION = f"arn:aws:sts::{VENDOR}:assumed-role/scanner/nightly"


@pytest.mark.parametrize(
    ("principal", "source"),
    [
        (f"arn:aws:iam::{VENDOR}:root", VENDOR),
        (VENDOR, VENDOR),
        (USER, "eve"),
        (ROLE, "scanner"),
        (SESSION, f"arn:aws:sts::{VENDOR}:assumed-role/scanner"),
    ],
)
def test_principals_of_accounts_that_were_not_scanned_come_in(principal: str, source: str) -> None:
    assert entering(trusting({"AWS": principal})) == {Found(source, "r")}
    assert entering(trusting({"AWS": principal}, denying({"AWS": VENDOR}))) == set()


def test_an_outside_account_may_not_know_the_external_id() -> None:
    found = entering(trusting({"AWS": VENDOR}, Condition=EXTERNAL_ID))
    assert found == {Found(VENDOR, "r", ("sts:AssumeRole: sts:ExternalId",))}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"arn:aws:iam::{VENDOR}:role/deploy-*", {Found(VENDOR, "r")}),
        (f"arn:aws:iam::{ACCOUNT}:role/*", set()),
    ],
)
def test_an_outside_account_names_its_principals_as_it_likes(
    pattern: str, expected: set[Found]
) -> None:
    condition = {"ArnLike": {"aws:PrincipalArn": pattern}}
    assert entering(trusting({"AWS": VENDOR}, Condition=condition)) == expected


def test_the_address_of_a_partner_is_not_known() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    found = entering(trusting({"AWS": VENDOR}, Condition=condition))
    assert found == {Found(VENDOR, "r", ("sts:AssumeRole: aws:SourceIp",))}


def test_whether_an_account_is_in_an_organization_may_not_be_known() -> None:
    found = entering(trusting({"AWS": VENDOR}, Condition=IF_ORG))
    assert found == {Found(VENDOR, "r", ("sts:AssumeRole: aws:PrincipalOrgID",))}


def test_scanned_and_deleted_principals_are_not_outside() -> None:
    own, other = Identities(), Identities(OTHER)
    alice = other.user("alice")
    named = {"AWS": [alice, f"arn:aws:iam::{OTHER}:user/gone", OTHER, "AIDACKCEVSQ6C2EXAMPLE"]}
    own.role("r", trusts=trusting(named))
    assert comers(estate(own, other)) == set()


def test_a_resource_control_policy_keeps_external_principals_out() -> None:
    rcp = policy(
        denying(
            "*", Resource="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORG}}
        )
    )
    assert entering(trusting("*"), controls={ACCOUNT: [[rcp]]}) == set()
    assert (
        entering(
            trusting("*"), controls={ACCOUNT: [[policy(denying("*", Resource="*", Action="s3:*"))]]}
        )
        == OPEN
    )


def test_a_trust_policy_that_was_not_read_may_let_everyone_in() -> None:
    own = Identities()
    role = own.role("r", trusts=trusting({"AWS": ACCOUNT}))
    found = comers(estate(own, known={role: {"assume_role_policy_document": None}}))
    assert {(each.source, each.target) for each in found} == {("Internet", "r")}
    assert all(each.conditions for each in found)
