"""What a grant on a key lets its holder read, and what stands against it."""

import json
from typing import Any

import pytest
from clew.collectors.aws.kms import Grant, Key
from clew.collectors.aws.secretsmanager import Secret
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.model import StepType
from clew.graph.model import ListingStatus, Location, Resource, Status
from support.audit import blank
from support.identities import ACCOUNT, REGION, Identities, allow, deny, graph_of, policy
from support.steps import Steps

HERE = Location(ACCOUNT, REGION, "aws")
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mine"
READ = ("reader", "CAN_ACCESS", "secret")
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def locked(*statements: dict[str, object]) -> list[Resource]:
    """A secret and its key, whose policy hands decisions on to IAM unless it says otherwise."""
    own = policy(*(statements or [dict(allow("kms:*", Principal=ROOT))]))
    key = blank(
        Key, id=KEY, name="mine", key_id="mine", key_manager="CUSTOMER", policy=json.dumps(own),
        account=ACCOUNT, region=REGION,
    )  # fmt: skip
    secret = Secret.unread(
        HERE,
        id=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:secret",
        name="secret",
        resource_policy="",
        kms_key_id=KEY,
    )
    return [key, secret]


def grant(holder: str, **more: Any) -> Resource:
    given = {"operations": ["Decrypt"], "constraints": "", **more}
    return Grant.unread(HERE, grant_id="g", key_arn=KEY, grantee_principal=holder, **given)


def reader(iam: Identities, *statements: Any, **more: Any) -> str:
    return iam.user("reader", allow("secretsmanager:GetSecretValue"), *statements, **more)


def read(iam: Identities, *resources: Resource, **more: Any) -> Steps:
    return Steps.of(iam, resources=resources, listed={"AWSKMSGrant"}, **more)


@pytest.fixture
def iam() -> Identities:
    return Identities()


def test_a_grant_does_what_a_policy_would_do(iam: Identities) -> None:
    held = grant(reader(iam))
    iam.user("other", allow("secretsmanager:GetSecretValue"))
    steps = read(iam, *locked(), held)
    assert steps.taken(StepType.CAN_ACCESS) == {READ: True}
    hop = steps.hop(*READ)
    assert hop.permissions == ("secretsmanager:GetSecretValue", "kms:Decrypt")
    assert hop.conditions == ()
    assert held.id in hop.evidence


def test_a_key_that_leaves_nothing_to_iam_has_grants_all_the_same(iam: Identities) -> None:
    alone = dict(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/keeper"}))
    steps = read(iam, *locked(alone), grant(reader(iam)))
    assert steps.taken(StepType.CAN_ACCESS) == {READ: True}


@pytest.mark.parametrize("more", [{"operations": ["Encrypt"]}, {"operations": []}])
def test_a_grant_of_something_else_opens_nothing(iam: Identities, more: dict[str, Any]) -> None:
    steps = read(iam, *locked(), grant(reader(iam), **more))
    assert steps.taken(StepType.CAN_ACCESS) == {}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"constraints": '{"EncryptionContextEquals":{"a":"b"}}'},
            "the data has the encryption context of the grant",
        ),
        ({"operations": None}, "operations of arn:"),
        ({"constraints": None}, "constraints of arn:"),
    ],
)
def test_what_a_grant_asks_for_or_was_not_read_of_it_is_a_condition(
    iam: Identities, more: dict[str, Any], said: str
) -> None:
    steps = read(iam, *locked(), grant(reader(iam), **more))
    assert steps.taken(StepType.CAN_ACCESS) == {READ: False}
    (condition,) = steps.hop(*READ).conditions
    assert condition.startswith(said)


def test_a_denial_beats_a_grant(iam: Identities) -> None:
    steps = read(iam, *locked(), grant(reader(iam, deny("kms:Decrypt"))))
    assert steps.taken(StepType.CAN_ACCESS) == {}


def test_a_denial_under_a_condition_is_a_condition(iam: Identities) -> None:
    elsewhere = deny("kms:Decrypt", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    steps = read(iam, *locked(), grant(reader(iam, elsewhere)))
    assert steps.taken(StepType.CAN_ACCESS) == {READ: False}
    assert steps.hop(*READ).conditions == ("aws:SourceIp",)


def test_a_boundary_may_keep_its_principal_from_what_a_grant_gives(iam: Identities) -> None:
    limit = iam.managed("limit", policy(allow("secretsmanager:*")))
    held = grant(reader(iam, boundary=limit))
    steps = read(iam, *locked(), held)
    assert steps.taken(StepType.CAN_ACCESS) == {READ: False}
    (condition,) = steps.hop(*READ).conditions
    assert condition.startswith("the permissions boundary of")


def test_a_control_policy_keeps_everybody_from_what_a_grant_gives(iam: Identities) -> None:
    only_secrets = {ACCOUNT: [[policy(allow("secretsmanager:*"))]]}
    held = grant(reader(iam))
    steps = read(iam, *locked(), held, service_controls=only_secrets)
    assert steps.taken(StepType.CAN_ACCESS) == {}


def test_grants_that_could_not_be_listed_may_be_anybodys(iam: Identities) -> None:
    reader(iam)
    graph, listings = graph_of(iam, resources=locked())
    refused = ListingStatus("AWSKMSGrant", ACCOUNT, REGION, Status.DENIED)
    steps = Steps(attack_graph(graph, [*listings, refused]))
    assert steps.taken(StepType.CAN_ACCESS) == {READ: False}
    assert steps.hop(*READ).conditions == (f"the grants on {KEY} could not be listed",)
