"""The labels and edges that a Cypher text names."""

import pytest
from clew.graph.cypher import edges_in, labels_in
from clew.graph.schema import EdgeType


def test_labels_of_all_patterns() -> None:
    assert labels_in("MATCH (a:One)-[:X]->(:Two|Three) OPTIONAL MATCH (a)-->(b) RETURN a") == {
        "One",
        "Two",
        "Three",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MATCH (a:A)-[:X]->(b:B) RETURN a", {("A", "X", "B")}),
        ("MATCH (a:A)<-[r:X]-(b:B) RETURN a", {("B", "X", "A")}),
        ("MATCH (a:A)-[r:X]-(b:B) RETURN a", {("A", "X", "B"), ("B", "X", "A")}),
        ("MATCH (a:A)-[:X|Y]->(b:B|C) RETURN a", {(*"AXB",), (*"AXC",), (*"AYB",), (*"AYC",)}),
        ("MATCH (b:B) WITH b MATCH (a:A)-[:X]->(b) RETURN a", {("A", "X", "B")}),
        ("MATCH (a:A {id: $id})-[:X {n: 1}]->( b : B ) RETURN a", {("A", "X", "B")}),
        ("MATCH (a:A)-[:X]->(b)-[:Y]->(:C) RETURN a", {("A", "X", ""), ("", "Y", "C")}),
        ("MATCH (a:A)-[:X*1..2]->(b:B) RETURN a", {("", "X", "")}),
        ("MATCH (a:A)-->(b:B) RETURN a", {("A", "", "B")}),
        ("MATCH (a:A)-[r]->(b:B) RETURN a", {("A", "", "B")}),
        ("MATCH (a:A) WHERE EXISTS { MATCH (a)<-[:X]-(:B) } RETURN a", {("B", "X", "A")}),
        ("MATCH p = (a:A)-[:X]->(b:B) RETURN p", {("A", "X", "B")}),
        ("MATCH (a:A) WHERE a.name = '(a)-[:X]->(b)' // (a)-[:Y]->(b)\nRETURN a", set()),
        ("MATCH (a:A) WHERE size(a.x) - (a.y) > 0 RETURN count(a)", set()),
    ],
)
def test_edges_of_all_patterns(text: str, expected: set[tuple[str, str, str]]) -> None:
    assert edges_in(text) == {EdgeType(*each) for each in expected}
