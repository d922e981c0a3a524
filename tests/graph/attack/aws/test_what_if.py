"""Policies and statements that are taken away."""

import networkx
import pytest
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.aws.what_if import UnknownPolicyError, remove_policy, whole_policy
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.search import Search, admin
from clew.graph.sets import members
from support.identities import Identities, allow, deny, graph_of, trust


def _able(graph: networkx.MultiDiGraph, reads: object) -> set[str]:
    """Who has a way to admin, being none."""
    paths: AttackGraph = attack_graph(graph, reads)  # type: ignore[arg-type]
    starts = (
        paths.principals & ~paths.administrators.certain & Search(paths, admin(paths)).any.reaching
    )
    return {paths.nodes[number].name for number in members(starts)}


def _estate() -> tuple[Identities, str]:
    """Ann and, through the team, Bob may assume boss, whose trust policy asks for such a right; of
    Cid it asks for none."""
    iam = Identities()
    trusts = [trust(f"arn:aws:iam::{iam.account}:root"), trust(iam.arn("user", "cid"))]
    boss = iam.role("boss", allow("*"), trusts=trusts)
    shared = iam.managed(
        "shared", {"Statement": [deny("s3:*", Sid="No"), allow("sts:AssumeRole", on=boss)]}
    )
    iam.user("ann", attached=[shared])
    iam.group("team", attached=[shared])
    iam.user("bob", groups=["team"])
    iam.user("cid")
    return iam, boss


@pytest.mark.parametrize(
    ("references", "left"),
    [
        (["shared"], {"cid"}),
        (["shared#2"], {"cid"}),
        (["shared#No"], {"ann", "bob", "cid"}),
        (["shared#1"], {"ann", "bob", "cid"}),
        (["boss#trust"], set()),
        (["boss#1"], {"cid"}),
        (["boss#2"], {"ann", "bob"}),
        (["boss#1", "boss#2"], set()),
        (["boss#2", "shared"], set()),
        (["arn:aws:iam::111111111111:role/boss/inline_policy/own"], set()),
    ],
)
def test_a_policy_or_statement_is_gone(references: list[str], left: set[str]) -> None:
    graph, reads = graph_of(_estate()[0])
    assert _able(graph, reads) == {"ann", "bob", "cid"}
    for reference in references:
        remove_policy(graph, reference)
    assert _able(graph, reads) == left


def test_nobody_is_trusted_who_is_named_no_more() -> None:
    iam, boss = _estate()
    graph, _ = graph_of(iam)

    def trusted() -> set[str]:
        return {to for _, to, rel in graph.out_edges(boss, data="rel") if rel == "TRUSTS"}

    assert trusted() == {iam.account, iam.arn("user", "cid")}
    remove_policy(graph, "boss#2")
    assert trusted() == {iam.account}
    remove_policy(graph, "boss#trust")
    assert trusted() == set()


def test_a_boundary_stays() -> None:
    iam = Identities()
    fence = iam.managed("fence", {"Statement": allow("s3:*")})
    iam.user("cat", allow("iam:PutUserPolicy"), attached=[fence], boundary=fence)
    graph, reads = graph_of(iam)
    assert _able(graph, reads) == set()
    remove_policy(graph, "fence")
    assert _able(graph, reads) == set()
    user = iam.arn("user", "cat")
    assert [each for *_, each in graph.out_edges(user, data="rel") if each == "HAS_POLICY"] == [
        "HAS_POLICY"
    ]
    assert graph.nodes[user]["attached_policies"] == []


def test_a_policy_that_denies_gives_when_it_goes() -> None:
    iam = Identities()
    no = iam.managed("no", {"Statement": deny("iam:*")})
    iam.user("dan", allow("iam:PutUserPolicy"), attached=[no])
    graph, reads = graph_of(iam)
    assert _able(graph, reads) == set()
    remove_policy(graph, no)
    assert _able(graph, reads) == {"dan"}


def test_what_the_whole_policy_is_called() -> None:
    iam, boss = _estate()
    graph, _ = graph_of(iam)
    assert whole_policy(graph, boss) == f"{boss}#trust"
    assert whole_policy(graph, iam.arn("policy", "shared")) == iam.arn("policy", "shared")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("sharde", "There is no policy 'sharde'"),
        ("shared#0", "has no statement '0'"),
        ("shared#9", "has no statement '9'"),
        ("ann", "There is no policy"),
        ("boss", "#trust"),
    ],
)
def test_what_is_not_there_is_said(reference: str, words: str) -> None:
    graph, _ = graph_of(_estate()[0])
    with pytest.raises(UnknownPolicyError, match=words):
        remove_policy(graph, reference)
