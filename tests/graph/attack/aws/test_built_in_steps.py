"""Steps that need no technique: assuming, administering and reading."""

import json

import pytest
from clew.collectors.aws.kms import Key
from clew.collectors.aws.s3 import Bucket
from clew.graph.attack.model import StepType
from clew.graph.model import Location, Resource
from support.audit import blank
from support.identities import ACCOUNT, OTHER, REGION, Identities, allow, deny, policy, trust
from support.steps import Steps

HERE = Location(ACCOUNT, REGION, "aws")
ASSUME = "sts-assume-role"


@pytest.fixture
def iam() -> Identities:
    return Identities()


@pytest.fixture
def abroad() -> Identities:
    return Identities(OTHER)


def bucket(name: str, own: dict[str, object] | None = None, key: str = "") -> Resource:
    return blank(
        Bucket,
        id=f"arn:aws:s3:::{name}",
        name=name,
        account=ACCOUNT,
        policy=json.dumps(own) if own else "",
        acl_everyone=[],
        acl_authenticated=[],
        kms_key_id=key,
        encryption_algorithm="aws:kms" if key else "AES256",
    )


def key(name: str, *statements: dict[str, object], manager: str = "CUSTOMER") -> Resource:
    return blank(
        Key,
        id=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}",
        name=name,
        key_id=name,
        account=ACCOUNT,
        key_manager=manager,
        policy=json.dumps(policy(*statements)),
    )


def account_root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def test_in_an_account_its_root_hands_the_decision_on(iam: Identities) -> None:
    iam.role("target", trusts=trust(account_root(ACCOUNT)))
    iam.user("may", allow("sts:AssumeRole"))
    iam.user("may-not")

    assert Steps.of(iam).taken(StepType.CAN_ASSUME) == {("may", ASSUME, "target"): True}


def test_across_accounts_both_sides_must_allow(iam: Identities, abroad: Identities) -> None:
    iam.role("open", trusts=trust(account_root(OTHER)))
    iam.role("closed", trusts=trust(account_root(ACCOUNT)))
    abroad.user("may", allow("sts:AssumeRole"))
    abroad.user("may-not")

    assert Steps.of(iam, abroad).taken(StepType.CAN_ASSUME) == {("may", ASSUME, "open"): True}


def test_an_external_id_is_a_condition(iam: Identities, abroad: Identities) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "x"}}
    iam.role("target", trusts=trust(account_root(OTHER), condition=condition))
    abroad.user("may", allow("sts:AssumeRole"))

    steps = Steps.of(iam, abroad)

    assert steps.taken(StepType.CAN_ASSUME) == {("may", ASSUME, "target"): False}
    hop = steps.hop("may", ASSUME, "target")
    assert hop.conditions == ("sts:AssumeRole: sts:ExternalId",)
    assert hop.statements[0].policy == iam.arn("role", "target")


def test_an_administrator_has_its_account_and_all_in_it(
    iam: Identities, abroad: Identities
) -> None:
    iam.user("boss", allow("*"))
    iam.user("alice")
    iam.role("job")
    abroad.role("elsewhere")

    steps = Steps.of(iam, abroad, resources=[bucket("data")])

    assert steps.taken(StepType.ADMINISTERS) == {
        ("boss", "ADMINISTERS", ACCOUNT): True,
        (ACCOUNT, "ADMINISTERS", "alice"): True,
        (ACCOUNT, "ADMINISTERS", "boss"): True,
        (ACCOUNT, "ADMINISTERS", "data"): True,
        (ACCOUNT, "ADMINISTERS", "job"): True,
    }
    reason = next(iter(steps.graph.reasons.values()))
    assert iam.arn("user", "boss") in reason


def test_an_account_leads_to_foreign_roles_that_trust_any_of_its_principals(
    iam: Identities, abroad: Identities
) -> None:
    iam.user("boss", allow("*"))
    alice = iam.user("alice")
    abroad.role("trusts-all", trusts=trust(account_root(ACCOUNT)))
    abroad.role("trusts-one", trusts=trust(alice))
    named = {"ArnLike": {"aws:PrincipalArn": alice}}
    abroad.role("trusts-by-condition", trusts=trust(account_root(ACCOUNT), condition=named))
    abroad.role("trusts-nobody", trusts=trust("lambda.amazonaws.com"))

    steps = Steps.of(iam, abroad)

    found = {target for _, _, target in steps.taken(StepType.ADMINISTERS, ACCOUNT)}
    assert found == {"alice", "boss", "trusts-all", "trusts-one", "trusts-by-condition"}
    hop = steps.hop(ACCOUNT, "ADMINISTERS", "trusts-one")
    assert hop.permissions == ("sts:AssumeRole",)
    assert hop.evidence == (alice,)


def test_an_administrator_may_make_whom_a_foreign_role_asks_for(
    iam: Identities, abroad: Identities
) -> None:
    iam.user("boss", allow("*"))
    root = account_root(ACCOUNT)
    pipelines = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/pipeline-*"}}
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    elsewhere = {"StringEquals": {"aws:PrincipalAccount": OTHER}}
    abroad.role("for-pipelines", trusts=trust(root, condition=pipelines))
    abroad.role("for-a-tag", trusts=trust(root, condition=tagged))
    abroad.role("for-others", trusts=trust(root, condition=elsewhere))

    taken = Steps.of(iam, abroad).taken(StepType.ADMINISTERS, ACCOUNT)

    assert {target: certain for (_, _, target), certain in taken.items()} == {
        "boss": True,
        "for-pipelines": False,
        "for-a-tag": False,
    }


def test_administration_that_hangs_on_a_condition_is_possible(iam: Identities) -> None:
    iam.user("boss", allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))

    steps = Steps.of(iam)

    assert steps.admins["boss"] is False
    assert steps.taken(StepType.ADMINISTERS)["boss", "ADMINISTERS", ACCOUNT] is False
    hop = steps.hop("boss", "ADMINISTERS", ACCOUNT)
    assert hop.conditions == ("aws:MultiFactorAuthPresent",)


def test_who_may_read_some_objects_reads_data(iam: Identities) -> None:
    objects = "arn:aws:s3:::data/*"
    secret = deny("s3:*", on="arn:aws:s3:::data/secret/*")
    iam.user("all", allow("s3:GetObject", on=objects))
    iam.user("public", allow("s3:GetObject", on="arn:aws:s3:::*/public/*"))
    iam.user("own", allow("s3:GetObject", on="arn:aws:s3:::data/home/${aws:username}/*"))
    iam.user("rest", allow("s3:GetObject", on=objects), secret)
    iam.user("nothing", allow("s3:GetObject", on=objects), deny("s3:*", on=objects))
    iam.user("only-secret", allow("s3:GetObject", on="arn:aws:s3:::data/secret/*"), secret)
    iam.user("bucket-itself", allow("s3:GetObject", on="arn:aws:s3:::data"))

    steps = Steps.of(iam, resources=[bucket("data"), bucket("other")])

    assert steps.taken(StepType.CAN_ACCESS) == {
        ("all", "CAN_ACCESS", "data"): True,
        ("own", "CAN_ACCESS", "data"): True,
        ("public", "CAN_ACCESS", "data"): True,
        ("public", "CAN_ACCESS", "other"): True,
        ("rest", "CAN_ACCESS", "data"): True,
    }
    assert steps.hop("public", "CAN_ACCESS", "data").permissions == ("s3:GetObject",)


def test_a_bucket_policy_lets_a_foreign_principal_read_with_leave_of_its_own(
    iam: Identities, abroad: Identities
) -> None:
    named = abroad.user("named", allow("s3:GetObject"))
    abroad.user("may-not")
    own = policy(allow("s3:GetObject", on="arn:aws:s3:::data/shared/*", Principal={"AWS": named}))

    steps = Steps.of(iam, abroad, resources=[bucket("data", dict(own))])

    assert steps.taken(StepType.CAN_ACCESS) == {("named", "CAN_ACCESS", "data"): True}


def test_reading_takes_the_key_too(iam: Identities) -> None:
    iam.user("both", allow("s3:GetObject", "kms:Decrypt"))
    iam.user("without", allow("s3:GetObject"))
    handed_on = dict(allow("kms:*", Principal={"AWS": account_root(ACCOUNT)}))
    mine, theirs = key("mine", handed_on), key("theirs", manager="AWS")
    buckets = [bucket("locked", key=mine.id), bucket("aws-locked", key=theirs.id)]

    steps = Steps.of(iam, resources=[*buckets, mine, theirs])

    assert steps.taken(StepType.CAN_ACCESS) == {
        ("both", "CAN_ACCESS", "locked"): True,
        ("both", "CAN_ACCESS", "aws-locked"): True,
        ("without", "CAN_ACCESS", "aws-locked"): True,
    }
    hop = steps.hop("both", "CAN_ACCESS", "locked")
    assert hop.permissions == ("s3:GetObject", "kms:Decrypt")


def test_a_key_that_was_not_read_is_a_condition(iam: Identities) -> None:
    iam.user("reader", allow("s3:GetObject"))
    lost = f"arn:aws:kms:{REGION}:333333333333:key/lost"

    steps = Steps.of(iam, resources=[bucket("data", key=lost)])

    assert steps.taken(StepType.CAN_ACCESS) == {("reader", "CAN_ACCESS", "data"): False}
    assert steps.hop("reader", "CAN_ACCESS", "data").conditions == (
        "the key of arn:aws:s3:::data could not be read",
    )
