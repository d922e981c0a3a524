"""The steps of principals as edges of the graph: small estates in, the exact edges out."""

import json
from typing import Any

import pytest
from clew.collectors.registry import models
from clew.graph.attack.aws.derive import derivations
from clew.graph.derivation import derive_into, written
from clew.graph.linking import ResourceGraph
from clew.graph.model import MissingReason
from clew.graph.schema import EdgeType, Schema
from support.identities import ACCOUNT, Identities, allow, linked, policy, trust

DERIVED = ("ADMINISTERS", "CAN_ACCESS", "CAN_ASSUME", "CAN_ESCALATE_TO")
LAMBDA = "lambda.amazonaws.com"
KNOWN = derivations(Schema.of(models()))
CREATE_FUNCTION = ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")


@pytest.fixture
def iam() -> Identities:
    return Identities()


def derived(*accounts: Identities, **read: Any) -> ResourceGraph:
    graph, reads = linked(*accounts, **read)
    derive_into(graph, reads, models(), KNOWN)
    return graph


def edges(graph: ResourceGraph) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """The properties of the derived edges, by the names of their ends."""
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for pair, listed in graph.edges.items():
        if pair.rel in DERIVED:
            for edge in listed:
                source, target = (
                    graph.nodes[id_].name or id_ for id_ in (edge.source, edge.target)
                )
                found.setdefault((source, pair.rel, target), []).append(dict(edge.properties))
    return found


def test_each_kind_of_step_is_an_edge(iam: Identities) -> None:
    iam.user("boss", allow("*"))
    iam.user("mallory", allow(*CREATE_FUNCTION), allow("sts:AssumeRole"))
    iam.role("job", allow("*"), trusts=trust(LAMBDA))
    iam.role("target", trusts=trust(iam.arn("user", "mallory")))

    found = edges(derived(iam))

    assert set(found) == {
        ("boss", "ADMINISTERS", ACCOUNT),
        ("job", "ADMINISTERS", ACCOUNT),
        ("mallory", "CAN_ASSUME", "target"),
        ("mallory", "CAN_ESCALATE_TO", "job"),
    }
    assert "user/boss" in found["boss", "ADMINISTERS", ACCOUNT][0]["reason"]
    (escalation,) = found["mallory", "CAN_ESCALATE_TO", "job"]
    evidence = json.loads(escalation.pop("evidence"))
    assert escalation == {
        "technique": "lambda-create-function-invoke",
        "difficulty": 2,
        "permissions": list(CREATE_FUNCTION),
        "conditions": [],
        "yields": "identity",
        "admin": True,
    }
    assert {"policy": iam.arn("role", "job"), "index": 0, "sid": "", "effect": "Allow"} in (
        evidence["statements"]
    )


def test_a_self_escalation_leads_back_to_its_principal(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PutUserPolicy"))

    ((ends, (edge,)),) = edges(derived(iam)).items()

    assert ends == ("mallory", "CAN_ESCALATE_TO", "mallory")
    assert (edge["yields"], edge["admin"]) == ("policies", True)


def test_a_principal_that_is_not_there_yet_is_its_account(iam: Identities) -> None:
    iam.user("mallory", allow("iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"))

    found = edges(derived(iam))["mallory", "CAN_ESCALATE_TO", ACCOUNT]

    assert [edge["yields"] for edge in found] == ["administrator"]


def test_conditions_are_reported(iam: Identities) -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    iam.user("mallory", allow("sts:AssumeRole"))
    root = f"arn:aws:iam::{ACCOUNT}:root"
    iam.role("target", trusts=trust(root, condition=mfa))

    ((_, (edge,)),) = edges(derived(iam)).items()

    assert edge["conditions"] == ["sts:AssumeRole: aws:MultiFactorAuthPresent"]


@pytest.mark.parametrize(("roles", "target"), [(100, "role-0"), (101, ACCOUNT)])
def test_over_a_hundred_targets_stand_on_their_account(
    iam: Identities, roles: int, target: str
) -> None:
    iam.user("mallory", allow("sts:AssumeRole"))
    for number in range(roles):
        iam.role(f"role-{number}", trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))

    found = edges(derived(iam))

    assert ("mallory", "CAN_ASSUME", target) in found
    if target == ACCOUNT:
        (edge,) = found["mallory", "CAN_ASSUME", target]
        assert (len(found), edge["targets"]) == (1, roles)
    else:
        assert len(found) == roles


def test_an_external_principal_that_only_a_policy_names_becomes_a_missing_node(
    iam: Identities,
) -> None:
    iam.role("target", trusts=trust("arn:aws:iam::999999999999:root"))

    graph = derived(iam)

    ((source, _, target),) = edges(graph)
    assert target == "target"
    (external,) = [node for node in graph.nodes.values() if node.name == source]
    assert (external.label, external.missing) == ("AWSAccount", MissingReason.CROSS_ACCOUNT)


def test_every_edge_is_of_a_pair_that_the_schema_has(iam: Identities) -> None:
    iam.user("mallory", allow("iam:*", "sts:*", "lambda:*"), boundary="")
    iam.user("joiner", allow("iam:AddUserToGroup", "iam:PutUserPolicy"))
    iam.group("ops", allow("lambda:*", "iam:PassRole"))
    iam.role("target", trusts=[trust(LAMBDA), trust("*")])
    iam.managed("own", policy(allow("s3:*")))

    graph = derived(iam, listed=["AWSLambda"])

    known = {*Schema.of(models(), written(KNOWN)).pairs}
    assert {pair for pair in graph.edges if pair.rel in DERIVED} <= known
    assert EdgeType("AWSUser", "CAN_ESCALATE_TO", "AWSGroup") in graph.edges


@pytest.mark.parametrize("kind", ["service", "resource"])
def test_a_control_policy_that_was_not_read_makes_edges_conditional(
    iam: Identities, kind: str
) -> None:
    iam.user("mallory", allow("sts:AssumeRole"))
    iam.role("target", trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    full = policy(allow("*"))
    unread = f"arn:aws:organizations::{ACCOUNT}:policy/imported/{kind}_control_policy/1-0"
    read = {f"{kind}_controls": {ACCOUNT: [[full], [full]]}}

    step = ("mallory", "CAN_ASSUME", "target")
    (edge,) = edges(derived(iam, **read))[step]
    assert edge["conditions"] == []
    (edge,) = edges(derived(iam, known={unread: {"document": None}}, **read))[step]
    assert edge["conditions"] == [
        f"sts:AssumeRole: what {kind} control policy 1-0 forbids, which could not be read"
    ]


def test_what_came_to_run_as_a_role_after_the_scan_decides_too() -> None:
    current = Schema.of(models())
    running = {pair.source for pair in current.pairs if pair.rel == "RUNS_AS"}
    (fixed,) = derivations(
        current.model_copy(update={"pairs": [p for p in current.pairs if p.rel != "RUNS_AS"]})
    )
    late = sorted(label for label in running - fixed.reads if label.startswith("AWS"))
    assert late, "some labels decide only because they run as a role"
    for label in late:
        older = Schema.of([model for model in models() if model.label != label])
        (found,) = derivations(older.completed(current))
        assert label in found.reads, label
