"""Who takes over a user of IAM Identity Center in the directory that it comes from."""

from clew.checks import checks
from clew.collectors.registry import models
from clew.graph.attack.federation.match import add_federated_steps
from clew.graph.attack.model import AttackGraph, Node, Step
from clew.graph.schema import Schema
from clew.graph.sets import MaySet, exactly
from support.federated_clouds import TENANT, Clouds

CHECK = "identity_center_user_controlled_elsewhere"
USER, ANN, BEN = "arn:aws:identitystore:::user/u", "ann", "ben"


def verdict(
    reset: MaySet | None, *, is_admin: bool = False, by_group_with: list[str] | str | None = "none"
) -> str:
    """That of a user whose account in the directory somebody may reset; who has a role by itself,
    or perhaps by a group that has these members."""
    clouds = Clouds()
    clouds.node(USER, "AWSSSOUser", clouds.iam.account, external_issuers=["scim"])
    assignment = clouds.node("assignment", "AWSSSOAccountAssignment", clouds.iam.account)
    group = clouds.node("group", "AWSSSOGroup", clouds.iam.account, members=by_group_with)
    by_group = by_group_with != "none"
    clouds.edge(assignment, "GRANTED_TO", group if by_group else USER, "user")
    attack = AttackGraph()
    user = attack.add(Node(USER, "AWSSSOUser", "u", clouds.iam.account))
    ann = attack.add(Node(ANN, "EntraUser", ANN, TENANT))
    ben = attack.add(Node(BEN, "EntraUser", BEN, TENANT))
    assert (user, ann, ben) == (0, 1, 2)
    attack.principals = 1 << ann | 1 << ben
    attack.administrators = exactly(1 << ben if is_admin else 0)
    attack.steps.append(Step("CAN_ASSUME", "t", 1 << ann, exactly(1 << user), 1))
    if reset:
        attack.steps.append(Step("CAN_ESCALATE_TO", "reset", 1 << ben, reset, 1))
    add_federated_steps(attack, (), ())
    graph = clouds.graph
    graph.graph["reads"] = clouds.listings(more={each.label for each in models()})
    graph.graph["attack"] = lambda: attack
    asked = checks()[CHECK].resolved(Schema.of(models()))
    (row,) = asked.rule.rows(graph, asked.resource)  # type: ignore[union-attr]
    return {True: "PASS", False: "FAIL", None: "MANUAL"}[row.passed]


def test_who_resets_its_password_signs_in_to_aws() -> None:
    of_ann = 1 << 1
    assert verdict(exactly(of_ann)) == "FAIL"
    assert verdict(MaySet(0, of_ann)) == "MANUAL"
    assert verdict(None) == "PASS"
    assert verdict(exactly(of_ann), is_admin=True) == "PASS"


def test_who_may_be_in_a_group_with_a_role_is_not_safe() -> None:
    assert verdict(None, by_group_with=None) == "MANUAL"
    assert verdict(None, by_group_with=[]) == "PASS"
