"""What a query can meet is never less than what it meets."""

from pathlib import Path
from typing import Any

import pytest
from clew.graph.snapshot import Snapshot
from clew.graph.stores.conformance import (
    CAN_REACH,
    LOGS_TO,
    PART_OF,
    SCHEMA,
    WATCHES,
    Group,
    box,
    link,
    snapshot_at,
    trail,
)
from clew.graph.stores.ladybug import LadybugStore
from clew.graph.stores.ladybug_memory import LadybugInMemory
from clew.graph.stores.pattern_scope import Scope, scope_of
from clew.graph.stores.reading import tokens
from clew.graph.stores.store import QueryError, Store
from hypothesis import example, given, settings
from hypothesis import strategies as st

BOX, TRAIL = "ConformanceBox", "Trail"


def scope(cypher: str) -> Scope | None:
    return scope_of(list(tokens(cypher)))


@pytest.mark.parametrize(
    ("cypher", "labels", "pairs"),
    [
        ("MATCH (n:Trail) RETURN count(n)", {"Trail"}, set()),
        ("MATCH (n:Trail|Group {id: 'a'}) RETURN n", {"Trail", "Group"}, set()),
        ("MATCH (:Trail)-[r:CAN_REACH]->(n) RETURN n", {"Trail"}, {CAN_REACH}),
        ("MATCH (n)<-[:CAN_REACH]-(:Trail) RETURN n", {"Trail"}, {CAN_REACH}),
        ("MATCH (:Trail)-[]->(n) RETURN n", {"Trail"}, {CAN_REACH, WATCHES}),
        ("MATCH (:Trail)--(n) RETURN n", {"Trail"}, {CAN_REACH, WATCHES, LOGS_TO}),
        ("MATCH ()-[r:WATCHES {via: $v}]->() RETURN r", set(), {WATCHES}),
        ("MATCH (a:Trail)-[:WATCHES]->(b)-[:LOGS_TO]->(a) RETURN b", {"Trail"}, {WATCHES, LOGS_TO}),
        ("MATCH (a:Trail) MATCH (a)-[:WATCHES]->() RETURN a", {"Trail"}, {WATCHES}),
        ("MATCH (a:Trail) WITH a MATCH (a)-[]->(b:Group) RETURN b", {TRAIL, "Group"}, set()),
        ("MATCH (a:Trail) WHERE EXISTS { MATCH (a)-[:WATCHES]->() } RETURN a", {TRAIL}, {WATCHES}),
        ("MATCH (a:Trail) WHERE (a)-[:WATCHES]->() RETURN a.id", {TRAIL}, {WATCHES}),
        ("MATCH (a:Trail) RETURN COUNT { MATCH (a)-[:WATCHES]->() } AS n", {TRAIL}, {WATCHES}),
        ("MATCH (a:Trail)-[:LOGS_TO*1..3]->(b) RETURN b", {TRAIL}, set()),
        ("MATCH (a)-[:LOGS_TO|:WATCHES*1..3]->(b:Trail) RETURN b", {TRAIL}, {LOGS_TO, WATCHES}),
        ("MATCH (a:Trail)-[*1..2 {via: 'x'}]->(b) RETURN b", {TRAIL}, "all"),
        ("RETURN 'MATCH (n)' AS text, size('(') AS n", set(), set()),
    ],
)  # fmt: skip
def test_what_patterns_name(cypher: str, labels: set[str], pairs: Any) -> None:
    found = scope(cypher)
    assert found is not None
    assert found.labels == labels
    expected = {*SCHEMA.pairs} if pairs == "all" else pairs
    assert found.of(SCHEMA.pairs) == expected


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n) RETURN n",
        "MATCH (n {id: 'a'}) RETURN n",
        "MATCH (a)-[]->(b) RETURN a",
        "MATCH (a)--(b) RETURN a",
        "MATCH (a)-[*1..2]->(b) RETURN a",
        "MATCH (a:Trail), (b) RETURN b",
        "MATCH (a:Trail)-[:WATCHES*0..1]->(b) RETURN b",
        # A variable is not the one of another part of the query that has its name.
        "MATCH (a:Trail) RETURN a.id AS id UNION ALL MATCH (a) RETURN a.id AS id",
        "MATCH (a:Trail) WITH count(a) AS n MATCH (a) RETURN a",
        "MATCH (a:Trail) WITH a.id AS a MATCH (b) WHERE b.id = a RETURN b",
        "MATCH (a:Trail) WITH a AS b MATCH (c) RETURN c",
        "MATCH (b:Group) WHERE EXISTS { MATCH (b)-[]->(a:Trail) } MATCH (a) RETURN a",
        "MATCH (b)-[]->(c) OPTIONAL MATCH (b:Trail)-[]->(d) RETURN b",
        "MATCH (a:Trail), (a:Group) WHERE EXISTS { MATCH (a)-[]->() } RETURN a",
        # What is not understood, and what may be a node.
        "UNWIND [1, 2] AS n RETURN (n) - (1)",
        "MATCH (a:!Trail) RETURN a",
        "MATCH (a:Trail&Group) RETURN a",
        "MATCH (a:Trail WHERE a.id = 'x')-[]->(b) RETURN b",
        "MATCH (a IS Trail)-[:WATCHES]->(b:ConformanceBox) RETURN b",
        "MATCH (a:Trail",
        "MATCH (a:Trail)-[:WATCHES",
        ")",
    ],
)
def test_everything_is_met_where_nothing_else_is_known(cypher: str) -> None:
    assert scope(cypher) is None


LABELS = st.sampled_from(["", "", f":{BOX}", ":`Trail`", ":`Group`", f":{BOX}|`Trail`"])
TYPES = st.sampled_from(
    ["", ":PART_OF", ":LOGS_TO|WATCHES", ":CAN_REACH", ":PART_OF*1..2", "*0..2"]
)
VARIABLES = st.sampled_from(["", "a", "b", "c"])


@st.composite
def patterns(draw: st.DrawFn) -> str:
    text = f"({draw(VARIABLES)}{draw(LABELS)})"
    for _ in range(draw(st.integers(0, 2))):
        left, right = draw(st.sampled_from([("<-", "-"), ("-", "->"), ("-", "-")]))
        text += f"{left}[{draw(TYPES)}]{right}({draw(VARIABLES)}{draw(LABELS)})"
    return text


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Queries that name labels, leave them open, and use names again."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        clause = draw(st.sampled_from(["MATCH", "MATCH", "OPTIONAL MATCH"]))
        parts.append(f"{clause} {', '.join(draw(st.lists(patterns(), min_size=1, max_size=2)))}")
        if draw(st.booleans()):
            parts.append(f"WHERE EXISTS {{ MATCH {draw(patterns())} }}")
        if draw(st.integers(0, 3)) == 0:
            parts.append(draw(st.sampled_from(["WITH a", "WITH a, count(*) AS n", "WITH *"])))
    returned = draw(
        st.sampled_from(
            [
                "count(*) AS n",
                "a",
                "a.id AS id, a.size AS s, label(a) AS l",
                "DISTINCT b, b.only_here AS o",
            ]
        )
    )
    return f"{' '.join(parts)} RETURN {returned}"


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    folder = tmp_path_factory.mktemp("scope")
    resources = [box("a", size=1), box("b"), trail("t", size=2, only_here="x"), trail("u")]
    links = [
        link(PART_OF, "a", "b"),
        link(LOGS_TO, "a", "t"),
        link(LOGS_TO, "b", "u"),
        link(WATCHES, "t", "b"),
        link(CAN_REACH, "u", "a", protocol="tcp"),
    ]
    scan = snapshot_at(folder / "scan", [*resources, Group(id="g", name="g")], links)
    whole = LadybugStore(folder / "cache")
    whole.load(scan)
    return whole, scan.path


def rows(store: Store, cypher: str) -> list[str] | None:
    try:
        return sorted(map(repr, store.query(cypher, {})))
    except QueryError:
        return None


@settings(max_examples=60, deadline=None)
@example(
    [
        "MATCH ()<-[]-(:`Trail`), ()<-[:PART_OF]-(:`Trail`) RETURN count(*) AS n",
        "MATCH ()<-[:PART_OF]-() RETURN count(*) AS n",
    ]
)
@example(["MATCH ()<-[:PART_OF]-(b), ()-[]-(b:ConformanceBox) RETURN DISTINCT b, b.only_here AS o"])
@given(st.lists(queries(), min_size=1, max_size=3))
def test_a_graph_of_what_can_be_met_answers_as_the_whole_one(
    stores: tuple[Store, Path], asked: list[str]
) -> None:
    whole, path = stores
    with LadybugInMemory() as part:
        part.load(Snapshot.open(path))
        for cypher in asked:
            expected: Any = rows(whole, cypher)
            if expected is not None:
                assert rows(part, cypher) == expected, cypher
