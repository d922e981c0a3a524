import pytest
from clew.collectors.aws.organizations import Account, Organization
from clew.graph.model import Location
from support.judging import ACCOUNT, Estate, verdicts

CHECK = "iam_root_credentials_management_enabled"
MEMBER, UNSCANNED = "444455556666", "777788889999"
ORGANIZATION = f"arn:aws:organizations::{ACCOUNT}:organization/o-clew000001"
BOTH = ["RootCredentialsManagement", "RootSessions"]


def account(number: str, organization: str | None = ORGANIZATION) -> Account:
    return Account.load(
        {"Id": number},
        Location(number),
        name=number,
        organization=organization,
        parent=organization,
        policies=[],
    )


def organization(features: list[str] | None) -> Organization:
    return Organization.load(
        {"Arn": ORGANIZATION},
        Location(ACCOUNT),
        name="clew",
        policies=[],
        root_access_features=features,
    )


@pytest.mark.parametrize(
    ("features", "verdict"),
    [
        (BOTH, "PASS"),
        (["RootSessions"], "FAIL"),
        ([], "FAIL"),
        (None, ("MANUAL", "UNREADABLE_FIELD")),
    ],
)
def test_every_scanned_account_answers_for_its_root_user(
    features: list[str] | None, verdict: object
) -> None:
    estate = Estate(
        [account(ACCOUNT), account(MEMBER), account(UNSCANNED), organization(features)],
        accounts=(ACCOUNT, MEMBER),
    )
    assert verdicts(CHECK, estate) == {
        f"{ACCOUNT} → clew": verdict,
        f"{MEMBER} → clew": verdict,
    }


def test_a_member_scanned_alone_cannot_tell() -> None:
    estate = Estate([account(MEMBER), organization(None)], accounts=(MEMBER,))
    assert verdicts(CHECK, estate) == {f"{MEMBER} → clew": ("MANUAL", "UNREADABLE_FIELD")}


def test_an_account_without_an_organization_is_not_asked() -> None:
    assert verdicts(CHECK, Estate([account(ACCOUNT, "")])) == {}


def test_an_unread_organization_is_not_no_organization() -> None:
    (verdict,) = verdicts(CHECK, Estate([account(ACCOUNT, None)])).values()
    assert verdict == ("MANUAL", "UNREADABLE")
