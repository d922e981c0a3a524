import builtins
import logging
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.graph.model import Resource
from clew.graph.snapshot import Snapshot
from clew.graph.stores.conformance import (
    PART_OF,
    Link,
    StoreConformance,
    box,
    chain,
    graphs,
    snapshot_at,
    trail,
)
from clew.graph.stores.functions import FUNCTIONS, NAMESPACES
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.stores.reading import reading_query
from clew.graph.stores.store import QueryError, StoreError
from clew.graph.traversal import SnapshotReader
from hypothesis import HealthCheck, given, settings
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import Neo4jError
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.foreign_cypher import mutated

pytestmark = needs_neo4j

FOREIGN_STEPS = re.compile("LoadCSV|ProcedureCall|Foreach|Create|Delete|Merge|Set[A-Z]|Command")
"""What the server calls the steps of a plan that do more than scan the graph."""
IDS = "MATCH (n:ConformanceBox) RETURN n.id AS id ORDER BY id"


def connected(server: Neo4jServer) -> Neo4jStore:
    return Neo4jStore(server.uri, server.user, server.password)


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with connected(neo4j_server) as store:
        yield store


@pytest.fixture
def driver(neo4j_server: Neo4jServer) -> Iterator[Driver]:
    """Someone else's connection."""
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        yield driver


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return snapshot_at(tmp_path / "scan", [box("a"), box("b")], chain("a", "b"))


class TestNeo4jConforms(StoreConformance):
    @pytest.fixture
    def store(self, neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
        with connected(neo4j_server) as store:
            yield store


class TestLoading:
    def marks(self, driver: Driver) -> list[str]:
        records = driver.execute_query("SHOW INDEXES YIELD name RETURN name").records
        return [name for (name,) in records if name.startswith("clew_snapshot_")]

    def test_the_database_tells_which_snapshot_it_holds(
        self, store: Neo4jStore, driver: Driver, tmp_path: Path, snapshot: Snapshot
    ) -> None:
        for each in (snapshot, snapshot_at(tmp_path / "other", [box("c")])):
            store.load(each)
            assert self.marks(driver) == [f"clew_snapshot_{each.digest}"]

    def test_what_is_held_already_is_not_written_again(
        self, neo4j_server: Neo4jServer, driver: Driver, snapshot: Snapshot
    ) -> None:
        query = "MATCH (n:Resource) RETURN collect(elementId(n)) AS ids, count(n) AS n"
        with connected(neo4j_server) as store:
            store.load(snapshot)
        before = driver.execute_query(query).records
        with connected(neo4j_server) as another:
            another.load(snapshot)
            assert [row["id"] for row in another.query(IDS)] == ["a", "b"]
        assert driver.execute_query(query).records == before

    def test_a_load_that_breaks_off_does_not_look_whole(
        self,
        store: Neo4jStore,
        driver: Driver,
        tmp_path: Path,
        snapshot: Snapshot,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        store.load(snapshot_at(tmp_path / "before", [box("old"), trail("t")]))

        def fail(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("clew.graph.snapshot.Snapshot.edges", fail)
            with pytest.raises(KeyboardInterrupt):
                store.load(snapshot)
        assert self.marks(driver) == []
        store.load(snapshot)
        assert self.marks(driver) == [f"clew_snapshot_{snapshot.digest}"]
        assert [row["id"] for row in store.query("MATCH (n) RETURN n.id AS id ORDER BY id")] == [
            "a",
            "b",
        ]
        assert len(list(store.edges(PART_OF))) == 1

    @pytest.mark.parametrize("takes_names", [True, False])
    def test_older_servers_hold_the_same(
        self, store: Neo4jStore, tmp_path: Path, takes_names: bool
    ) -> None:
        """They are given each label and each type of edges on its own."""
        mixed = [box("a"), box("b"), trail("t")]
        each = snapshot_at(tmp_path / f"scan-{takes_names}", mixed, chain("a", "b"))
        store._takes_names = takes_names
        store.load(each)
        reader = SnapshotReader(each)
        for label in each.labels:
            assert list(store.nodes(label)) == list(reader.nodes(label))
        for pair in each.pairs:
            assert list(store.edges(pair)) == list(reader.edges(pair))

    def test_a_load_that_another_writes_into_does_not_count(
        self,
        store: Neo4jStore,
        driver: Driver,
        snapshot: Snapshot,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        store.load(snapshot_at(tmp_path / "before", [box("old")]))
        edges = Snapshot.edges

        def intrude(self: Snapshot, pair: Any) -> Any:
            driver.execute_query("MERGE (n:Resource {id: 'intruder'})")
            return edges(self, pair)

        with monkeypatch.context() as patched:
            patched.setattr(Snapshot, "edges", intrude)
            with pytest.raises(StoreError, match="3 nodes and 1 edges instead of 2 and 1"):
                store.load(snapshot)
        assert self.marks(driver) == []
        store.load(snapshot)
        assert [row["id"] for row in store.query("MATCH (n) RETURN n.id AS id ORDER BY id")] == [
            "a",
            "b",
        ]

    def test_more_than_one_batch(self, store: Neo4jStore, tmp_path: Path) -> None:
        names = [f"{number:05d}" for number in range(12_345)]
        store.load(snapshot_at(tmp_path / "big", map(box, names), chain(*names)))
        assert [node["id"] for node in store.nodes("ConformanceBox")] == names
        assert [source for source, _, _ in store.edges(PART_OF)] == names[:-1]
        store.load(snapshot_at(tmp_path / "small", [box("a")]))
        assert store.query("MATCH (n) RETURN n.id AS id") == [{"id": "a"}]

    def test_nobody_elses_data_is_touched(
        self, store: Neo4jStore, driver: Driver, snapshot: Snapshot, tmp_path: Path
    ) -> None:
        store.load(snapshot)
        driver.execute_query("CREATE (:Person {name: 'Ariadne'}), (:Person {name: 'Theseus'})")
        try:
            with pytest.raises(StoreError, match="holds 2 nodes that Clew did not put there"):
                store.load(snapshot_at(tmp_path / "other", [box("c")]))
            assert [row["id"] for row in store.query(IDS)] == ["a", "b"]
            count = driver.execute_query("MATCH (p:Person) RETURN count(p) AS n").records
            assert count[0]["n"] == 2
        finally:
            driver.execute_query("MATCH (p:Person) DELETE p")

    def test_nobody_elses_resources_are_touched(
        self, store: Neo4jStore, driver: Driver, snapshot: Snapshot, tmp_path: Path
    ) -> None:
        store.load(snapshot)
        driver.execute_query("DROP CONSTRAINT clew_resource_id")
        try:
            with pytest.raises(StoreError, match="holds 2 nodes that Clew did not put there"):
                store.load(snapshot_at(tmp_path / "other", [box("c")]))
        finally:
            driver.execute_query("MATCH (n) DETACH DELETE n")

    def test_the_server_itself_refuses_to_write(self, store: Neo4jStore) -> None:
        for query in ("CREATE (:ConformanceBox {id: 'new'})", "CALL db.createLabel('New')"):
            with pytest.raises(QueryError, match="would change the graph"):
                list(store._rows(query))


def steps(plan: Any) -> Iterator[str]:
    """The operators of a plan."""
    yield plan["operatorType"]
    for child in plan.get("children", ()):
        yield from steps(child)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=mutated())
def test_what_passes_is_a_plan_that_scans_the_graph(driver: Driver, query: str) -> None:
    """The server itself says what it would do with whatever passes."""
    try:
        text = reading_query(query, {"x": 1})
        summary = driver.execute_query(f"EXPLAIN {text}", {"x": 1}).summary
    except (QueryError, Neo4jError):
        return
    assert summary.query_type == "r", text
    assert not [step for step in steps(summary.plan) if FOREIGN_STEPS.search(step)], text


def test_every_function_of_the_server_is_decided_on(driver: Driver) -> None:
    """Those that are refused tell of graphs, files and databases other than this one."""
    records = driver.execute_query("SHOW BUILT IN FUNCTIONS YIELD name RETURN name").records
    names = {name.lower() for (name,) in records}
    refused = {
        name for name in names if name not in FUNCTIONS and name.partition(".")[0] not in NAMESPACES
    }
    assert {name for name in refused if "." not in name} == {"file", "linenumber"}
    assert {name.partition(".")[0] for name in refused if "." in name} <= {"graph", "db"}


QUERIES = [
    "MATCH (n:ConformanceBox) RETURN n AS n",
    "MATCH (n:ConformanceBox|`Trail`) RETURN n AS n, n.size AS size",
    "MATCH (n) RETURN n.id AS id, n.missing AS missing",
    "MATCH (n) WHERE n.missing IS NULL RETURN n.id AS id",
    "MATCH (n:ConformanceBox) WHERE n.sealed RETURN n.id AS id",
    "MATCH (n:ConformanceBox) WHERE NOT n.sealed RETURN n.id AS id",
    "MATCH (n:ConformanceBox) WHERE n.size > 0 OR n.sealed RETURN n.id AS id",
    "MATCH (n:ConformanceBox) RETURN n.id AS id, n.size >= 0 AND n.sealed AS truth",
    "MATCH (n:ConformanceBox) WHERE n.note STARTS WITH 'a' RETURN n.id AS id",
    "MATCH (n:ConformanceBox) RETURN n.id AS id, size(n.marks) AS size, '' IN n.marks AS empty",
    "MATCH (n:ConformanceBox) RETURN n.id AS id, any(x IN n.counts WHERE x > 0) AS some",
    "MATCH (s)-[r]->(t) RETURN s.id AS s, r AS r, t.id AS t",
    "MATCH (s:ConformanceBox)-[r:PART_OF|LOGS_TO]->(t) RETURN s.id AS s, r.via AS via, t AS t",
    "MATCH (n:ConformanceBox) OPTIONAL MATCH (n)-[:LOGS_TO]->(t:`Trail`) RETURN n.id AS n, t AS t",
    "MATCH (n:ConformanceBox) WHERE NOT (n)-[:PART_OF]->(:ConformanceBox) RETURN n.id AS n",
    "MATCH (n:ConformanceBox) RETURN n.id AS n, "
    "COUNT { MATCH (n)-[:PART_OF]->(m:ConformanceBox) WHERE m.sealed } AS sealed",
    "MATCH (n:ConformanceBox)-[:PART_OF*1..3]->(m:ConformanceBox) "
    "WHERE n.id <> m.id RETURN DISTINCT n.id AS n, m.id AS m",
]


def sorted_rows(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, rows))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs())
def test_both_engines_give_the_same_answers(
    store: Neo4jStore,
    tmp_path_factory: pytest.TempPathFactory,
    graph: tuple[list[Resource], list[Link]],
) -> None:
    snapshot = snapshot_at(tmp_path_factory.mktemp("scan") / "scan", *graph)
    store.load(snapshot)
    with open_embedded(snapshot, tmp_path_factory.mktemp("cache")) as embedded:
        for query in QUERIES:
            assert sorted_rows(store.query(query)) == sorted_rows(embedded.query(query)), query
        ids = [resource.id for resource in graph[0]]
        for source in ids[:2]:
            for target in ids:
                assert store.shortest_paths(source, target) == embedded.shortest_paths(
                    source, target
                )


@pytest.fixture
def other_server() -> Iterator[str]:
    """The address of something that is no Neo4j."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


class TestConnecting:
    """Each way to fail is one sentence."""

    def refusal(self, uri: str, *arguments: str) -> str:
        with pytest.raises(StoreError) as caught:
            Neo4jStore(uri, *arguments)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            uri = f"bolt://127.0.0.1:{free.getsockname()[1]}"
        assert self.refusal(uri).startswith(f"No Neo4j answers at {uri}; is it running")

    def test_another_kind_of_server(self, other_server: str) -> None:
        assert self.refusal(f"bolt://{other_server}").startswith("No Neo4j answers")

    def test_a_wrong_password(self, neo4j_server: Neo4jServer) -> None:
        if neo4j_server.password is None:
            pytest.skip("this server asks for no password")
        refused = f"{neo4j_server.uri} refuses this user name and password."
        assert self.refusal(neo4j_server.uri, neo4j_server.user, "wrong") == refused
        assert self.refusal(neo4j_server.uri) == refused

    @pytest.mark.parametrize("uri", ["http://localhost:7474", "localhost:7687", "neo4j//x", ""])
    def test_no_address(self, uri: str) -> None:
        assert "neo4j://HOST:7687" in self.refusal(uri)

    def test_a_password_in_the_address_is_not_repeated(self) -> None:
        assert "secret" not in self.refusal("bolt://user:secret@localhost")

    def test_a_database_that_is_not_there(
        self, neo4j_server: Neo4jServer, snapshot: Snapshot
    ) -> None:
        with (
            Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password, "nope") as store,
            pytest.raises(StoreError, match="nope"),
        ):
            store.load(snapshot)

    def test_an_old_server(
        self, neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("clew.graph.stores.neo4j._OLDEST", 99)
        refusal = self.refusal(neo4j_server.uri, neo4j_server.user, neo4j_server.password or "")
        assert re.search(r"is Neo4j 5\.\d+.*; Clew needs 99 or later\.$", refusal)

    def test_the_extra_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = builtins.__import__

        def without_neo4j(name: str, *arguments: Any, **keywords: Any) -> Any:
            if name == "neo4j":
                raise ImportError(name)
            return real(name, *arguments, **keywords)

        monkeypatch.setattr(builtins, "__import__", without_neo4j)
        assert self.refusal("bolt://localhost").endswith("pip install 'clew[neo4j]'")

    def test_the_driver_is_quiet(
        self, store: Neo4jStore, snapshot: Snapshot, capfd: pytest.CaptureFixture[str]
    ) -> None:
        store.load(snapshot)
        store.query("MATCH (a:ConformanceBox), (b:ConformanceBox) RETURN a, b")
        assert logging.getLogger("neo4j").handlers
        assert capfd.readouterr() == ("", "")

    def test_capabilities(self, store: Neo4jStore) -> None:
        assert re.fullmatch(r"Neo4j \d+\.\d+\.\S+", store.capabilities.engine)
        assert store.capabilities.served
        assert not store.capabilities.concurrent_writers
