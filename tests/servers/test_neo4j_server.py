"""The tests' Neo4j itself: what every test that uses it takes for granted."""

from __future__ import annotations

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, ServiceUnavailable
from servers.neo4j_server import Neo4jServer, needs_neo4j, running_neo4j

pytestmark = needs_neo4j


def test_merge_is_idempotent_and_match_finds_it(neo4j_server: Neo4jServer) -> None:
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        try:
            for size in (1, 2):
                driver.execute_query(
                    "MERGE (probe:ServerProbe {id: $id}) SET probe.size = $size",
                    id="one",
                    size=size,
                )
            records = driver.execute_query(
                "MATCH (probe:ServerProbe) RETURN probe.id AS id, probe.size AS size"
            ).records
            assert [record.data() for record in records] == [{"id": "one", "size": 2}]
        finally:
            driver.execute_query("MATCH (probe:ServerProbe) DETACH DELETE probe")


def test_wrong_password_is_refused_and_locks_nobody_out(neo4j_server: Neo4jServer) -> None:
    if neo4j_server.password is None:
        pytest.skip("the server that CLEW_TEST_NEO4J_URI names asks for no password")
    wrong = (neo4j_server.user, f"not-{neo4j_server.password}")
    for _ in range(4):
        with (
            GraphDatabase.driver(neo4j_server.uri, auth=wrong) as driver,
            pytest.raises(AuthError),
        ):
            driver.verify_connectivity()
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        driver.verify_connectivity()


def test_the_server_named_in_the_environment_is_used_and_left_running(
    neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_TEST_NEO4J_URI", neo4j_server.uri)
    monkeypatch.setenv("CLEW_TEST_NEO4J_USER", neo4j_server.user)
    monkeypatch.setenv("CLEW_TEST_NEO4J_PASSWORD", neo4j_server.password or "")
    with running_neo4j() as named:
        assert named == neo4j_server
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        driver.verify_connectivity()


def test_no_other_server_stands_in_for_a_named_one_that_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Port 1 of loopback: nothing listens there, so the refusal is immediate.
    monkeypatch.setenv("CLEW_TEST_NEO4J_URI", "bolt://127.0.0.1:1")
    with pytest.raises(ServiceUnavailable), running_neo4j():
        pass
