"""Attack paths to an administrator, on one small account."""

import pytest
from clew.collectors.aws import authorization_details
from clew.collectors.aws.iam import InstanceProfile
from clew.collectors.aws.organizations import Account
from clew.graph.model import Location, Resource
from support.identities import ADMIN, OTHER, Document, Identities, allow, trust
from support.judging import ACCOUNT, Estate, judge, verdicts
from support.network import Network

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
UNREADABLE = ("MANUAL", "UNREADABLE")
PARTNER = "arn:aws:iam::999988887777:root"


def resources(identities: Identities) -> list[Resource]:
    here = identities.account
    """What a scan of an account without an organization reads."""
    account = Account.load(
        {"Id": here}, Location(here), name="home", organization="", parent="", policies=[]
    )
    collected = authorization_details.collect({here: [identities.answer]}, {here: ()}, {here: ()})
    return [account, *(each for each in collected.resources if each.id != here)]


def trusting(*statements: Document) -> list[Resource]:
    identities = Identities(ACCOUNT)
    identities.role(
        "owner", trusts=statements, attached=[identities.managed("all", ADMIN, owner="aws")]
    )
    identities.user("reader", allow("s3:ListAllMyBuckets"))
    return resources(identities)


@pytest.mark.parametrize(
    ("statement", "internet", "external"),
    [
        (trust("*"), "FAIL", "PASS"),
        (trust(PARTNER), "PASS", "FAIL"),
        (trust(PARTNER, condition=MFA), "PASS", ("MANUAL", "UNREADABLE_FIELD")),
        (trust("ec2.amazonaws.com"), "PASS", "PASS"),
    ],
)
def test_which_external_principals_can_administer_an_account(
    statement: Document, internet: object, external: object
) -> None:
    estate = Estate(trusting(statement))
    assert verdicts("paths_internet_to_admin", estate) == {"home": internet}
    assert verdicts("paths_external_to_admin", estate) == {"home": external}


def test_no_path_is_no_answer_where_roles_could_not_be_listed() -> None:
    estate = Estate(trusting(trust("ec2.amazonaws.com")), unread=["AWSRole"])
    assert verdicts("paths_internet_to_admin", estate) == {"home": ("MANUAL", "UNREADABLE")}


def test_a_user_who_can_raise_its_own_rights_fails_and_an_administrator_gets_no_verdict() -> None:
    identities = Identities(ACCOUNT)
    identities.user("riser", allow("iam:PutUserPolicy"))
    identities.user("careful", allow("iam:PutUserPolicy", Condition=MFA))
    identities.user("reader", allow("s3:ListAllMyBuckets"))
    identities.user("owner", allow("*"))
    assert verdicts("paths_user_to_admin", Estate(resources(identities))) == {
        "riser": "FAIL",
        "careful": ("MANUAL", "UNREADABLE_FIELD"),
        "reader": "PASS",
    }


def test_a_role_that_can_assume_an_administrator_fails() -> None:
    identities = Identities(ACCOUNT)
    owner = identities.role("owner", allow("*"), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    identities.role("worker", allow("sts:AssumeRole", on=owner))
    identities.role("idler")
    assert verdicts("paths_role_to_admin", Estate(resources(identities))) == {
        "worker": "FAIL",
        "idler": "PASS",
    }


@pytest.mark.parametrize("kind", ["service", "resource"])
def test_a_path_that_an_unread_control_policy_may_forbid_is_left_to_a_person(kind: str) -> None:
    identities = Identities(ACCOUNT)
    owner = identities.role("owner", allow("*"), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    identities.user("worker", allow("sts:AssumeRole", on=owner))
    collected = authorization_details.collect(
        {ACCOUNT: [identities.answer]}, {ACCOUNT: [[], []]}, {ACCOUNT: [[], []]}
    )
    read = Estate(collected.resources)
    assert verdicts("paths_user_to_admin", read) == {"worker": "FAIL"}
    for one in collected.resources:
        if one.id.endswith(f"/{kind}_control_policy/1-0"):
            one.document = None  # type: ignore[attr-defined]
    (found,) = judge("paths_user_to_admin", Estate(collected.resources))
    assert (found.status, found.reason) == ("MANUAL", "UNREADABLE_FIELD")
    assert f"what {kind} control policy 1-0 forbids, which could not be read" in found.message


@pytest.mark.parametrize(
    ("unread", "verdict"),
    [
        ((), "FAIL"),
        (("AWSLoadBalancerV2", "AWSListener", "AWSTargetGroup", "AWSTarget"), UNREADABLE),
        (("AWSLoadBalancerV2",), UNREADABLE),
        (("AWSInstanceProfile",), ("MANUAL", "UNREADABLE_FIELD")),
        (("AWSNetworkInterface", "AWSEC2Instance"), UNREADABLE),
        (("AWSCloudTrailTrail",), "FAIL"),
    ],
)
def test_a_denied_listing_along_a_path_never_turns_a_path_into_a_pass(
    unread: tuple[str, ...], verdict: object
) -> None:
    """An instance with an administrator's role answers behind a public load balancer."""
    listed = [one for one in behind_a_load_balancer() if one.label not in unread]
    assert verdicts("paths_internet_to_admin", Estate(listed, unread=unread)) == {"home": verdict}


def behind_a_load_balancer() -> list[Resource]:
    identities = Identities(ACCOUNT)
    role = identities.role("owner", allow("*"), trusts=trust("ec2.amazonaws.com"))
    profile = InstanceProfile(
        id=f"arn:aws:iam::{ACCOUNT}:instance-profile/owner",
        name="owner",
        account=ACCOUNT,
        region="global",
        roles=[role],
    )
    network = Network()
    network.group("web", ("i", "tcp", 443, 443, "0.0.0.0/0"), ("o", "-1", -1, -1, "0.0.0.0/0"))
    network.group("app", ("i", "tcp", 8080, 8080, "web"))
    network.instance(
        "app",
        "private",
        ["app"],
        public="",
        private="10.0.2.10",
        IamInstanceProfile={"Arn": profile.id},
    )
    balancer = network.load_balancer("lb", ["web"])
    network.listener(balancer, 443, network.target_group("tg", balancer, "app"))
    return [*resources(identities), profile, *network.resources]


@pytest.mark.parametrize(("is_joined", "verdict"), [(False, "PASS"), (True, UNREADABLE)])
def test_a_denied_listing_matters_in_accounts_that_a_path_can_lead_over(
    is_joined: bool, verdict: object
) -> None:
    """In the other account functions could not be listed; it may or may not have a role that can
    become the administrator of this one."""
    home, other = Identities(ACCOUNT), Identities(OTHER)
    worker = f"arn:aws:iam::{OTHER}:role/worker"
    owner = home.role(
        "owner", allow("*"), trusts=trust(worker if is_joined else "ec2.amazonaws.com")
    )
    other.role("worker", allow("sts:AssumeRole", on=owner), trusts=trust("lambda.amazonaws.com"))
    estate = Estate(
        [*resources(home), *resources(other)],
        accounts=(ACCOUNT, OTHER),
        unread=[("AWSLambda", OTHER)],
    )
    found = judge("paths_internet_to_admin", estate)
    assert {one.resource: (str(one.status), one.reason) for one in found}[ACCOUNT] == (
        verdict if is_joined else (verdict, None)
    )


def test_a_scan_older_than_a_label_that_paths_lead_over_is_no_pass() -> None:
    estate = Estate(trusting(trust("ec2.amazonaws.com")), uncollected=["AWSLambda"])
    assert verdicts("paths_internet_to_admin", estate) == {"home": ("MANUAL", "OUT_OF_SCOPE")}
