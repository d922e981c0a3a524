"""Nodes of any label come by identity, and what a query says of them stays the same."""

import pytest
from clew.graph.stores.conformance import LOGS_TO, PART_OF, box, link, snapshot_at, trail
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.store import Node, Store
from clew.graph.stores.whole_nodes import by_identity


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("whole")
    links = [link(PART_OF, "a", "b"), link(LOGS_TO, "a", "t")]
    scan = snapshot_at(folder / "scan", [box("a", size=1), box("b"), trail("t")], links)
    return open_embedded(scan, folder / "cache")


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n) RETURN n",
        "MATCH (:Internet)-[r:CAN_REACH]->(n) RETURN n AS reached, r.protocol AS p ORDER BY n.id",
        "MATCH (n {id: 'a'})-[r]->(m) RETURN DISTINCT m",
        "MATCH (n), (m) WITH n, m WHERE n.id < m.id RETURN n, m",
        "MATCH (n)-[r]->(m) RETURN m UNION ALL MATCH (n)<-[r]-(m) RETURN m",
        "MATCH p = (a)-[]->(b) RETURN b",
        "MATCH (`odd name`) RETURN `odd name`",
    ],
)
def test_nodes_of_any_label_are_asked_for_by_identity(cypher: str) -> None:
    assert by_identity(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n:Box) RETURN n",
        "MATCH (n) WHERE EXISTS { MATCH (n:Box)-[]->(m) } RETURN n",
        "MATCH (n) RETURN n.id AS n",
        "MATCH (n) WITH n.id AS n RETURN n",
        "MATCH (n) RETURN *",
        "MATCH (a)-[n]->(b) RETURN n",
        "MATCH n = (a)-[]->(b) RETURN n",
        "UNWIND [1, 2] AS n RETURN n",
        "MATCH (n) RETURN count(n), collect(n)",
        "RETURN 1",
    ],
)
def test_everything_else_stays_as_it_is(cypher: str) -> None:
    assert by_identity(cypher) is None


@pytest.mark.parametrize(
    ("cypher", "ids"),
    [
        ("MATCH (n) RETURN n ORDER BY n.id", ["a", "b", "t"]),
        ("MATCH (n) RETURN n ORDER BY n.id DESC LIMIT 1", ["t"]),
        ("MATCH (n) RETURN n AS m ORDER BY m.id", ["a", "b", "t"]),
        ("MATCH (n) WITH n ORDER BY n.id LIMIT 2 RETURN n", ["a", "b"]),
        ("MATCH (b {id: 'a'})-[]->(n) RETURN DISTINCT n ORDER BY n.id", ["b", "t"]),
        ("MATCH (n {id: 'a'}) RETURN n UNION ALL MATCH (n {id: 'a'}) RETURN n", ["a", "a"]),
        ("MATCH (b {id: 'b'}) OPTIONAL MATCH (b)-[]->(n) RETURN n", [None]),
        ("MATCH (n)-[]->(m) WITH n, count(m) AS many RETURN n", ["a"]),
        ("MATCH (n)-[]->(m) RETURN n, count(m) AS many ORDER BY n.id", ["a"]),
    ],
)
def test_the_rows_are_the_same(store: Store, cypher: str, ids: list[str | None]) -> None:
    found = [next(iter(row.values())) for row in store.query(cypher)]
    assert [node and node.id for node in found] == ids
    for node in found:
        if isinstance(node, Node):
            assert list(node.properties) == list(store.schema.labels[node.label])


def test_the_columns_keep_names_and_places(store: Store) -> None:
    (row,) = store.query("MATCH (n {id: 'a'})-[r:LOGS_TO]->(m) RETURN r.via AS via, m, n.size AS s")
    assert list(row) == ["via", "m", "s"]
    assert (row["via"], row["m"].label, row["s"]) == ("field", "Trail", 1)


def test_what_is_wrong_is_said_of_the_query_as_it_was_written(store: Store) -> None:
    with pytest.raises(Exception, match="nope") as error:
        store.query("MATCH (n) WHERE nope.id = 'a' RETURN n")
    assert "node id" not in str(error.value)
