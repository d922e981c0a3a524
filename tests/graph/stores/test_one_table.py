"""Queries without labels, asked of one table, have the answers that tables of their own give."""

from pathlib import Path
from typing import Any

import pytest
from clew.graph.schema import Column
from clew.graph.snapshot import Snapshot
from clew.graph.stores.conformance import (
    LOGS_TO,
    PART_OF,
    SCHEMA,
    WATCHES,
    box,
    graphs,
    link,
    snapshot_at,
    trail,
)
from clew.graph.stores.ladybug import LadybugStore
from clew.graph.stores.ladybug_memory import LadybugInMemory
from clew.graph.stores.one_table import LABEL, in_one_table
from clew.graph.stores.scan_rows import ScanRows
from clew.graph.stores.store import Node, QueryError
from hypothesis import HealthCheck, given, settings

UNLABELLED = [
    "MATCH (n) RETURN n ORDER BY n.id",
    "MATCH (n) RETURN n.id AS id, n.size AS size, n.only_here AS o ORDER BY id",
    "MATCH (n) RETURN label(n), count(n) AS many ORDER BY label(n)",
    "MATCH (n) WHERE labels(n) = 'Trail' RETURN n.name AS name ORDER BY name",
    "MATCH (n {id: 'a'})-[r]->(m) RETURN type(r) AS type, r, m ORDER BY m.id",
    "MATCH (a)-[r]->(b) RETURN DISTINCT a, label(r) AS type ORDER BY a.id, type",
    "MATCH p = (a {id: 'a'})-[*1..2]->(b) RETURN p, length(p) AS steps ORDER BY b.id, steps",
    "MATCH (n) UNWIND n.marks AS mark RETURN DISTINCT mark ORDER BY mark",
    "MATCH (n) WHERE toLower(n.name) CONTAINS 'A' OR n.id IN ['t'] RETURN n",
    "MATCH (a) WHERE NOT EXISTS { MATCH (a)<-[]-() } RETURN a ORDER BY a.id",
    "MATCH (n) RETURN count(DISTINCT n) AS many",
    "MATCH (n) WITH n ORDER BY n.id LIMIT 2 RETURN collect(n) AS some, {first: min(n.id)} AS m",
    "MATCH (a) OPTIONAL MATCH (a)-[r]->(b) RETURN a.id AS a, b ORDER BY a, b.id",
    "MATCH (n) RETURN n.id AS id UNION ALL MATCH (n) RETURN n.name AS id",
]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    resources = [box("a", size=1, marks=["x", "y"]), box("b"), trail("t", only_here="o")]
    links = [link(PART_OF, "a", "b"), link(LOGS_TO, "a", "t"), link(WATCHES, "t", "b", via="w")]
    return snapshot_at(tmp_path_factory.mktemp("one table") / "scan", resources, links)


@pytest.mark.parametrize("cypher", UNLABELLED)
def test_one_table_answers_as_many_do(cypher: str, scan: Snapshot, tmp_path: Path) -> None:
    assert in_one_table(cypher, SCHEMA)
    with LadybugInMemory() as one, LadybugStore(tmp_path) as many:
        one.load(scan)
        many.load(scan)
        rows, expected = one.query(cypher), many.query(cypher)
        is_sorted = "ORDER BY" in cypher
        assert (rows if is_sorted else sorted(rows, key=repr)) == (
            expected if is_sorted else sorted(expected, key=repr)
        )
    assert rows
    assert [list(row) for row in rows] == [list(rows[0])] * len(rows)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_the_one_table_holds_what_the_snapshot_does(
    tmp_path_factory: pytest.TempPathFactory, drawn: Any
) -> None:
    resources, links = drawn
    scan = snapshot_at(tmp_path_factory.mktemp("one") / "scan", resources, links)
    kinds = {name: kind for each in scan.schema.labels.values() for name, kind in each.items()}
    known = {
        (label, row["id"]): {name: row.get(name) for name in kinds}
        for label in scan.labels
        for row in scan.nodes(label).to_pylist()
    }
    rows = ScanRows(scan)
    assert {(row.pop(LABEL), row["id"]): row for row in rows.table(kinds).to_pylist()} == known
    for (label, id_), properties in known.items():
        columns = scan.schema.labels[label]
        assert rows.node(label, id_) == Node(label, {name: properties[name] for name in columns})


def test_properties_are_added_when_a_query_names_them(scan: Snapshot) -> None:
    with LadybugInMemory() as store:
        store.load(scan)
        assert store.query("MATCH (n) RETURN max(n.size) AS n") == [{"n": 1}]
        assert store.query("MATCH (n) RETURN max(n.only_here) AS n") == [{"n": "o"}]
        (row,) = store.query("MATCH (n {id: 't'}) RETURN n")
        assert isinstance(row["n"], Node)
        assert list(row["n"].properties) == list(SCHEMA.labels["Trail"])
        assert row["n"].properties["only_here"] == "o"


@pytest.mark.parametrize(
    ("cypher", "walks"),
    [
        ("MATCH (n) RETURN n.id AS id", False),
        ("MATCH (n)-[e]->(m) RETURN count(*) AS n", True),
        ("MATCH (n)<--(m) RETURN count(*) AS n", True),
        ("MATCH (n) WHERE EXISTS { MATCH (n)--(m) } RETURN count(*) AS n", True),
    ],
)
def test_edges_are_read_where_a_query_may_look_at_some(
    cypher: str, walks: bool, scan: Snapshot
) -> None:
    asked = in_one_table(cypher, SCHEMA)
    assert asked
    assert asked.walks == walks
    with LadybugInMemory() as store:
        store.load(scan)
        store.query("MATCH (n) RETURN n.id AS id")
        after = store.query(cypher)
    with LadybugInMemory() as store:
        store.load(scan)
        assert after == store.query(cypher)
        assert after
        assert after[0].get("n") != 0


def test_only_what_is_named_is_read() -> None:
    asked = in_one_table("MATCH (n) WHERE n.size > 1 RETURN n.`note`", SCHEMA)
    assert asked
    assert asked.columns == {
        "id": Column.STRING,
        "size": Column.INT64,
        "note": Column.STRING,
    }


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n:Trail), (m) RETURN m",
        "MATCH (n) WHERE n:Trail RETURN n",
        "MATCH (n) RETURN properties(n) AS p",
        "MATCH (n) RETURN keys(n) AS k",
        "MATCH (n) RETURN toString(n) AS text",
        "MATCH p = (a)-[]->(b) UNWIND nodes(p) AS n RETURN label(n) AS l",
    ],
)
def test_what_only_tables_of_their_own_can_tell(cypher: str) -> None:
    assert in_one_table(cypher, SCHEMA) is None


def test_a_property_of_several_types_is_none_of_one_table() -> None:
    both = SCHEMA.model_copy(
        update={"labels": {**SCHEMA.labels, "Odd": {"id": Column.STRING, "size": Column.STRING}}}
    )
    assert in_one_table("MATCH (n) RETURN n.size", both) is None
    assert in_one_table("MATCH (n) RETURN n.note", both)


def test_a_wrong_name_is_an_error_here_too(scan: Snapshot) -> None:
    with LadybugInMemory() as store:
        store.load(scan)
        with pytest.raises(QueryError, match=r"There is no property 'siz'\. Did you mean size"):
            store.query("MATCH (n) RETURN n.siz")
        with pytest.raises(QueryError, match="There is no relationship type 'PART_OFF'"):
            store.query("MATCH (n)-[:PART_OFF]->(m) RETURN n.id")
