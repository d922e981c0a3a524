"""Neo4j's own importer, called by the script that is exported, makes the graph of the files."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.graph.export.flattening import Flattened
from servers.neo4j_server import Neo4jServer, Neo4jUnavailableError, importing_neo4j, needs_neo4j
from support.exporting import Held, filled, hostile

pytestmark = needs_neo4j


@pytest.fixture(scope="module")
def held() -> Held:
    return hostile()


@pytest.fixture(scope="module")
def folder(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled("neo4j-csv", held, tmp_path_factory.mktemp("neo4j-csv"))


@pytest.fixture(scope="module")
def imported(folder: Path) -> Iterator[Neo4jServer]:
    """A server with the exported files. Where none can be started, tests are skipped, or fail if
    ``CI`` is set."""
    try:
        with importing_neo4j(folder / "import.sh") as server:
            yield server
    except Neo4jUnavailableError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def test_the_imported_graph_is_the_exported_one(
    imported: Neo4jServer, folder: Path, held: Held
) -> None:
    from neo4j import GraphDatabase

    flat = Flattened(held)
    with GraphDatabase.driver(imported.uri, auth=imported.auth) as driver:

        def run(cypher: str) -> list[dict[str, Any]]:
            return [record.data() for record in driver.execute_query(cypher).records]

        for statement in (folder / "schema.cypher").read_text("utf-8").splitlines():
            run(statement)
        nodes = run("MATCH (n:Resource:AWSRole) RETURN properties(n) AS known")
        assert {row["known"]["id"]: row["known"] for row in nodes} == {
            node.id: {"id": node.id, **node.properties} for node in flat.nodes()
        }
        edges = run("MATCH (s)-[r:TRUSTS]->(t) RETURN s.id AS s, t.id AS t, properties(r) AS known")
        assert {
            row["known"]["id"]: (row["s"], row["t"], row["known"].get("via")) for row in edges
        } == {
            edge.id: (edge.source, edge.target, edge.properties.get("via")) for edge in flat.edges()
        }
        assert run("MATCH (n) RETURN count(n) AS found") == [{"found": len(nodes)}]
        constraints = run("SHOW CONSTRAINTS YIELD name RETURN name")
        assert constraints == [{"name": "clew_resource_id"}]


def test_the_script_is_one_that_a_shell_runs(folder: Path) -> None:
    assert os.access(folder / "import.sh", os.X_OK)
    subprocess.run(["sh", "-n", str(folder / "import.sh")], check=True)
