"""A scan that was loaded into Neo4j answers as it does from disk."""

from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest
from clew import StoreError, UsageError, open_scan
from clew.content import using
from clew.graph.snapshot import Snapshot
from clew.graph.stores.conformance import box, chain, snapshot_at
from clew.graph.stores.neo4j import Neo4jStore
from clew.scans.places import open_scan as open_snapshot
from cli.conftest import Clew
from cli.conftest import clew as clew
from neo4j import GraphDatabase
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.own_content import write_content

pytestmark = needs_neo4j


@pytest.fixture(autouse=True)
def signed_in(neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEO4J_USERNAME", neo4j_server.user)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password or "")


@pytest.fixture
def store(neo4j_server: Neo4jServer) -> Iterator[Neo4jStore]:
    with Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as store:
        yield store


@pytest.fixture
def loaded(store: Neo4jStore, neo4j_server: Neo4jServer) -> str:
    """The address of a server that holds the demo."""
    store.load(open_snapshot("demo"))
    return neo4j_server.uri


def other_scan(folder: Path) -> Snapshot:
    return snapshot_at(folder, [box("a"), box("b")], chain("a", "b"))


def test_it_is_read_as_it_is_on_disk(loaded: str) -> None:
    here, there = open_snapshot("demo"), open_snapshot(loaded)
    assert (there.labels, there.pairs) == (here.labels, here.pairs)
    assert there.manifest == here.manifest
    assert there.scope == here.scope
    assert (there.coverage, there.reads, there.digest) == (here.coverage, here.reads, here.digest)
    for label in here.schema.labels:
        assert there.nodes(label).equals(here.nodes(label)), label
        assert there.node_count(label) == here.node_count(label)
    assert there.nodes("AWSRole", ["id", "name"]).equals(here.nodes("AWSRole", ["id", "name"]))
    by = [("source", "ascending"), ("target", "ascending"), ("via", "ascending")]
    for pair in here.pairs:
        mine, theirs = here.edges(pair), there.edges(pair)
        assert theirs.schema.equals(mine.schema)
        assert theirs.sort_by(by).equals(mine.sort_by(by)) or sorted(
            map(repr, theirs.to_pylist())
        ) == sorted(map(repr, mine.to_pylist())), pair
        assert there.edge_count(pair) == here.edge_count(pair)
    empty = next(pair for pair in here.schema.pairs if pair not in here.pairs)
    assert there.edges(empty, ["source"]).num_rows == 0


def test_commands_answer_as_they_do_from_disk(loaded: str, clew: Clew, tmp_path: Path) -> None:
    """All checks, so MANUAL too; a query with parameters; the whole graph; attack paths."""
    for command, *options in (
        ("check", "-f", "json"),
        ("coverage", "-f", "json"),
        ("paths", "--from", "internet", "-f", "json"),
    ):
        there, here = clew(command, loaded, *options), clew(command, "demo", *options)
        assert there.code == 0, there.err
        assert there.json == here.json, command
    around = ("around", "-p", "id=clew-prod-trail", "-f", "json")
    there, here = clew("query", loaded, *around), clew("query", "demo", *around)
    assert sorted(map(repr, there.json)) == sorted(map(repr, here.json))
    reach = clew("query", loaded, "internet_reachable")
    assert "so there may be further rows" in reach.err
    for place, name in ((loaded, "there"), ("demo", "here")):
        assert clew("export", place, "-o", tmp_path / name).code == 0
    graphs = [
        networkx.read_graphml(tmp_path / name, force_multigraph=True) for name in ("there", "here")
    ]
    assert dict(graphs[0].nodes(data=True)) == dict(graphs[1].nodes(data=True))
    assert {*graphs[0].edges(keys=True)} == {*graphs[1].edges(keys=True)}


def test_nothing_is_suggested_that_a_server_does_not_keep(
    loaded: str, clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    assert "then this again" not in clew("coverage", loaded).err
    assert "then this again" in clew("coverage", "demo").err


def test_python_asks_it_alike(loaded: str) -> None:
    scan = open_scan(loaded)
    names = {"names": ["clew-prod-trail"]}
    rows = scan.query(
        cypher="MATCH (b:AWSS3Bucket) WHERE b.name IN $names RETURN b", parameters=names
    )
    assert [row["b"]["name"] for row in rows] == names["names"]
    assert scan.findings(checks=["cloudtrail_bucket_requires_mfa_delete"])
    with pytest.raises(UsageError, match="clew-prod-trail"):
        scan.query("around", parameters={"id": "clew-prod-trial"})


def test_own_content_runs_on_it(loaded: str, clew: Clew, tmp_path: Path) -> None:
    acme = write_content(tmp_path / "acme")
    with using(str(acme)):
        for command in (
            ("check", "-c", "acme_bucket_has_owner", "-f", "json"),
            ("query", "acme_buckets_by_tag", "-p", "tag=data=sensitive", "-f", "json"),
        ):
            there = clew(command[0], loaded, *command[1:])
            assert there.code == 0, there.err
            assert there.json == clew(command[0], "demo", *command[1:]).json
            assert there.json


def test_what_is_kept_of_the_scan_is_seen_by_no_query(
    loaded: str, neo4j_server: Neo4jServer
) -> None:
    scan = open_scan(loaded)
    (counted,) = scan.query(cypher="MATCH (n) RETURN count(n) AS n")
    here = open_snapshot("demo")
    assert counted["n"] == sum(map(here.node_count, here.labels))
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        rows = driver.execute_query("MATCH (n) WHERE n.clew_scan IS NOT NULL RETURN n.id AS id")
        (held,) = [row["id"] for row in rows.records]
    (row,) = scan.query(cypher="MATCH (n) WHERE n.id = $id RETURN n", parameters={"id": held})
    assert "clew_scan" not in row["n"]
    assert all("clew_scan" not in each for each in scan.resources(row["n"]["label"]))


def test_the_same_graph_of_a_later_scan_brings_its_own_times(
    loaded: str, store: Neo4jStore
) -> None:
    here = open_snapshot("demo")
    later = here.manifest.started.replace(year=2031)
    here.manifest = here.manifest.model_copy(update={"started": later})
    store.load(here)
    assert open_snapshot(loaded).manifest.started == later


def test_a_server_without_a_whole_scan_is_one_sentence(
    loaded: str, clew: Clew, neo4j_server: Neo4jServer, store: Neo4jStore, tmp_path: Path
) -> None:
    before = open_snapshot(loaded)
    with GraphDatabase.driver(neo4j_server.uri, auth=neo4j_server.auth) as driver:
        driver.execute_query("MATCH (n) WHERE n.clew_scan IS NOT NULL SET n.clew_scan = null")
        older = clew("coverage", loaded)
        assert (older.code, "does not say what the scan in it could not read" in older.err) == (
            1,
            True,
        )
        store.load(other_scan(tmp_path / "other"))
        assert open_snapshot(loaded).digest != before.digest
        with pytest.raises(StoreError, match="another one by now"):
            before.connect()  # type: ignore[attr-defined]
        driver.execute_query("MATCH (n) WHERE n.clew_scan IS NOT NULL SET n.clew_scan = $x", x=b"x")
        assert "is damaged" in clew("coverage", loaded).err
        (mark,) = store._names("INDEXES", "clew_snapshot_")
        driver.execute_query(f"DROP INDEX `{mark}`")
        driver.execute_query("MATCH (n) DETACH DELETE n")
        refused = clew("check", loaded)
        assert (refused.code, refused.out) == (1, "")
        assert "holds no whole scan" in refused.err
        assert f"clew push SCAN {loaded}" in refused.err


@pytest.mark.parametrize("uri", ["http://127.0.0.1:7474", "ftp://x/y"])
def test_an_address_of_another_kind_is_refused(uri: str, clew: Clew) -> None:
    done = clew("check", uri)
    assert done.code == 2
    assert "no address of a scan" in done.err
