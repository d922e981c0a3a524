"""Every check and every query says the same on the embedded database and on Neo4j."""

from collections.abc import Iterator
from typing import Any

import pytest
from clew.checks import Finding, checks, run
from clew.cli.scans import DEMO, open_scan
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.stores.store import Store
from servers.neo4j_server import Neo4jServer, needs_neo4j

pytestmark = needs_neo4j


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return open_scan(DEMO)


@pytest.fixture(scope="module")
def embedded(demo: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_embedded(demo, tmp_path_factory.mktemp("cache")) as store:
        yield store


@pytest.fixture(scope="module")
def served(demo: Snapshot, neo4j_server: Neo4jServer) -> Iterator[Store]:
    with Neo4jStore(
        neo4j_server.uri, user=neo4j_server.user, password=neo4j_server.password
    ) as store:
        store.load(demo)
        yield store


def judged(store: Store, demo: Snapshot, names: list[str]) -> dict[str, Finding]:
    report = run([checks()[name] for name in names], store, demo)
    return {found.id: found for found in report.findings}


def test_every_check_finds_the_same(embedded: Store, served: Store, demo: Snapshot) -> None:
    names = sorted(checks())
    here, there = judged(embedded, demo, names), judged(served, demo, names)
    assert not [found.message for found in there.values() if found.status == "ERROR"]
    assert here == there


def test_the_order_of_checks_does_not_matter(embedded: Store, demo: Snapshot) -> None:
    names = sorted(checks())
    together = judged(embedded, demo, names)
    apart: dict[str, Any] = {}
    for name in reversed(names):
        apart |= judged(embedded, demo, [name])
    assert together == apart


def test_the_demo_has_every_status_and_every_reason(embedded: Store, demo: Snapshot) -> None:
    found = judged(embedded, demo, sorted(checks())).values()
    assert {each.status.value for each in found} == {"PASS", "FAIL", "MANUAL"}
    missing = {
        reason
        for label in demo.labels
        for reason in demo.nodes(label)["missing"].to_pylist()
        if reason
    }
    assert missing == {
        "CROSS_ACCOUNT",
        "OUT_OF_SCOPE",
        "UNREADABLE",
        "NOT_FOUND",
        "UNKNOWN_OWNER",
    }
