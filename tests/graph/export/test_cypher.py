"""A real Neo4j runs the statements, one a line; run twice they make the graph once."""

from typing import Any

import pytest
from clew.graph.export.cypher import literal, quoted
from clew.graph.export.flattening import Flattened
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.exporting import HOSTILE, hostile, written

pytestmark = needs_neo4j


@pytest.fixture
def run(neo4j_server: Neo4jServer) -> Any:
    """Runs a statement in a database that is empty before and after."""
    from neo4j import GraphDatabase

    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:

        def run(cypher: str) -> list[dict[str, Any]]:
            return [record.data() for record in driver.execute_query(cypher).records]

        def empty() -> None:
            run("MATCH (n) DETACH DELETE n")
            run("DROP CONSTRAINT clew_resource_id IF EXISTS")
            # What says that the database holds a scan would be wrong now.
            for row in run("SHOW INDEXES YIELD name WHERE name STARTS WITH 'clew_' RETURN name"):
                run(f"DROP INDEX `{row['name']}`")

        empty()
        yield run
        empty()


def test_neo4j_makes_the_graph_of_the_statements(run: Any) -> None:
    held = hostile()
    lines = written("cypher", held).splitlines()
    assert all(line.endswith(";") for line in lines)
    flat = Flattened(held)
    for _ in range(2):
        for line in lines:
            run(line)
        nodes = run("MATCH (n:Resource:AWSRole) RETURN properties(n) AS known")
        assert {row["known"]["id"]: row["known"] for row in nodes} == {
            node.id: {"id": node.id, **node.properties} for node in flat.nodes()
        }
        edges = run("MATCH (s)-[r:TRUSTS]->(t) RETURN s.id AS s, t.id AS t, properties(r) AS known")
        assert sorted((row["s"], row["t"], row["known"]["id"]) for row in edges) == sorted(
            (edge.source, edge.target, edge.id) for edge in flat.edges()
        )
        assert {row["known"]["id"]: row["known"].get("via") for row in edges} == {
            edge.id: edge.properties.get("via") for edge in flat.edges()
        }


def test_neo4j_reads_a_literal_as_what_it_is_of(run: Any) -> None:
    values = [
        *(text for text in HOSTILE if text.isprintable()),
        *(2**63 - 1, -(2**63), 1e22, 1.5e-7, 2.0**63, True, False, [], [""], [1, 2]),
        {"a`b": [{"c": "x"}], "": 1},
    ]
    for value in values:
        assert run(f"RETURN {literal(value)} AS value") == [{"value": value}]
        assert type(run(f"RETURN {literal(value)} AS value")[0]["value"]) is type(value)


def test_a_name_of_whatever_characters_is_one_name(run: Any) -> None:
    for name in ("a`b", "x y", "`", "n) DETACH DELETE (n"):
        run(f"CREATE (:{quoted(name)})")
        assert run(f"MATCH (n:{quoted(name)}) RETURN labels(n) AS labels") == [{"labels": [name]}]
