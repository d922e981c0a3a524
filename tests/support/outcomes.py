"""What a scan comes to: the findings of all checks, the derived edges, and who comes where by
attack paths. All of it in this process; only rules in Cypher need a database, a small one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from clew.checks import Check, Cypher, Finding, checks, run, runner
from clew.collectors.registry import models
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.coverage import step_labels
from clew.graph.attack.endpoints import ANY, INTERNET, OUTSIDE, PathEndpoints
from clew.graph.attack.model import AttackGraph, StepType
from clew.graph.attack.step_edges import STEPS
from clew.graph.derivation import (
    Derivation,
    Derived,
    absence_rests_on,
    derivations,
    derive_into,
    rests_on,
    written,
)
from clew.graph.gaps import gaps
from clew.graph.garbage import gc_paused
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import Coverage, ListingStatus, Scope
from clew.graph.scan_coverage import ScanCoverage
from clew.graph.schema import EdgeType, Schema
from clew.graph.sets import exactly, members
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.store import Capabilities, Step, Store
from clew.graph.traversal import network
from clew.graph.view import GraphView
from support.denial import Reading
from support.writing import part_of, write

DERIVED = frozenset(
    (
        StepType.ADMINISTERS,
        StepType.CAN_ACCESS,
        StepType.CAN_ASSUME,
        StepType.CAN_ESCALATE_TO,
        StepType.CAN_REACH,
    )
)
"""The types of the edges that no API returns."""
_CONDITIONS = ("conditions", "unread")
"""The properties of a derived edge that are empty where it is certain."""


class Known(NamedTuple):
    """What is known to be there, and what may be: a certain one may be too."""

    certain: frozenset[Any]
    possible: frozenset[Any]


@dataclass(frozen=True)
class Outcome:
    """What a scan comes to."""

    findings: Mapping[str, Finding]
    edges: Known
    """Derived edges: source, type, target, and the technique if it has one; a CAN_REACH edge for
    each of its ranges of ports, which are sorted out by :func:`ports_of`."""
    paths: Known
    """Who comes where: ids of a source and of an administrator or data."""
    gaps: frozenset[str]
    """What is reported once, not with every answer."""
    parts: "Parts" = field(repr=False)
    derived: "Derivations" = field(repr=False)


class Parts(NamedTuple):
    """A linked and derived graph by label, to see what a denial changed."""

    nodes: Mapping[str, Mapping[str, Any]]
    edges: Mapping[EdgeType, Any]
    reads: frozenset[ListingStatus]

    def changed(self, before: "Parts") -> set[str]:
        """The labels whose nodes, edges or listings are not what they were."""
        labels = _differing(self.nodes, before.nodes)
        for pair in _differing(self.edges, before.edges):
            labels |= {pair.source, pair.target}
        return labels | {read.label for read in self.reads ^ before.reads}


class Derivations(NamedTuple):
    """What each derivation came to, and the linked graph that they saw: those that see the same
    again come to the same."""

    linked: Parts
    found: dict[str, Derived]

    def unless(self, linked: Parts) -> Mapping[str, Derived]:
        """What derivations come to that see nothing in a graph that is not what it was."""
        changed = linked.changed(self.linked)
        known, _ = _known()
        again: list[Derivation] = []
        for each in known:
            follows = any(not each.reads_edges.isdisjoint(one.writes) for one in again)
            if follows or not changed.isdisjoint(each.labels):
                again.append(each)
        return {name: self.found[name] for name in self.found.keys() - {one.name for one in again}}

    def keeping(
        self, known: Iterable[Derivation], kept: Mapping[str, Derived]
    ) -> Iterator[Derivation]:
        """Derivations that give what is kept of them, and of which is noted what they come to."""
        for each in known:
            yield replace(each, derive=partial(self._derive, each, kept))

    def _derive(
        self, derivation: Derivation, kept: Mapping[str, Derived], view: GraphView
    ) -> Derived:
        known = kept.get(derivation.name)
        self.found[derivation.name] = known or derivation.derive(view)
        return self.found[derivation.name]


def _differing(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> set[Any]:
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}


def reported_gaps(read: "_Read") -> frozenset[str]:
    """What a scan reports as not covered by its derived edges."""
    known, _ = _known()
    found = gaps(ScanCoverage(read), known, written(known))
    return frozenset(gap.message for gap in found)


@cache
def paths_rest_on(provider: str) -> frozenset[str]:
    """The labels of a cloud that must have been listed for there to be no attack path."""
    own = [each for each in _known()[0] if each.provider == provider]
    return absence_rests_on(own, STEPS)


@gc_paused()
def outcome_of(
    reading: Reading,
    scope: Scope,
    before: Outcome | None = None,
    selected: Sequence[Check] | None = None,
) -> Outcome:
    """What a scan comes to, by ``selected`` checks or by all. Findings that rest on nothing that
    changed are those of ``before``."""
    collected = reading.collected
    graph = link(collected.resources, models(), collected.reads, scope, reading.exists)
    known, schema = _known()
    linked = _parts(graph, collected.reads)
    kept = before.derived.unless(linked) if before else {}
    derived = Derivations(linked, {})
    derive_into(graph, collected.reads, models(), derived.keeping(known, kept))
    parts = _parts(graph, collected.reads)
    changed = parts.changed(before.parts) if before else None
    judged = [
        check
        for check in (each.resolved(schema) for each in selected or checks().values())
        if changed is None
        or not changed.isdisjoint(check.labels | rests_on(known, check.rule.edges))
    ]
    read = _Read(graph, scope, collected.coverage, collected.reads)
    stepping = step_labels(schema)
    resources = network(graph, stepping & parts.nodes.keys())

    @cache
    def attack() -> AttackGraph:
        return attack_graph(resources, collected.reads)

    found = _judge(judged, read, attack)
    ids = {check.id for check in judged}
    kept = before.findings.values() if before else ()
    findings = {one.id: one for one in (*found, *(one for one in kept if one.check not in ids))}
    reported = reported_gaps(read)
    if before and changed is not None and changed.isdisjoint(stepping):
        gaps_ = reported | before.gaps
        return Outcome(findings, _derived(graph), before.paths, gaps_, parts, derived)
    paths = attack()
    reported |= {*paths.notes, *(gap.message for gap in paths.gaps)}
    return Outcome(
        findings,
        _derived(graph),
        _connected(paths, PathEndpoints(paths, resources)),
        reported,
        parts,
        derived,
    )


def _parts(graph: ResourceGraph, reads: Iterable[ListingStatus]) -> Parts:
    nodes: dict[str, dict[str, Any]] = {}
    for node in graph.nodes.values():
        nodes.setdefault(node.label, {})[node.id] = vars(node)
    edges = {
        pair: sorted((each.source, each.target, repr(each.properties)) for each in found)
        for pair, found in graph.edges.items()
        if found
    }
    return Parts(nodes, edges, frozenset(reads))


def _derived(graph: ResourceGraph) -> Known:
    certain, possible = set(), set()
    for pair, edges in graph.edges.items():
        if pair.rel in DERIVED:
            for edge in edges:
                keys = set(_keys(pair.rel, edge.source, edge.target, edge.properties))
                possible |= keys
                if not any(edge.properties.get(name) for name in _CONDITIONS):
                    certain |= keys
    return Known(frozenset(certain), frozenset(possible))


def _keys(rel: str, source: str, target: str, properties: Mapping[str, Any]) -> Iterator[Any]:
    """What stands for an edge: it is split at the ports, so that ranges can be compared."""
    if rel != StepType.CAN_REACH:
        yield source, rel, target, properties.get("technique", "")
        return
    kind = f"{properties['protocol']} {properties['address_family']} {properties['path']}"
    low, high = properties["from_port"], properties["to_port"]
    for port in _WATCHED:
        if low <= port <= high:
            yield source, rel, target, f"{kind} {port}"


_WATCHED = (-1, 0, 1, 22, 80, 443, 1023, 1433, 3306, 3389, 5432, 6379, 8080, 9200, 27017, 65535)
"""Ports by which ranges are distinguished."""


def _connected(graph: AttackGraph, names: PathEndpoints) -> Known:
    """Who comes to an administrator or to data from where ``clew paths`` may begin."""
    sources = names.sources(ANY) | names.sources(OUTSIDE) | names.sources(INTERNET)
    certain = [(step.sources, step.reached.certain) for step in graph.steps]
    possible = [(step.sources, step.reached.possible) for step in graph.steps]
    ends = graph.administrators | exactly(graph.data)

    def connected(steps: Sequence[tuple[int, int]], ends: int) -> frozenset[Any]:
        return frozenset(
            (graph.nodes[start].id, graph.nodes[end].id)
            for start in members(sources)
            for end in members(_reached(steps, start) & ends & ~(1 << start))
        )

    return Known(connected(certain, ends.certain), connected(possible, ends.possible))


def _reached(steps: Sequence[tuple[int, int]], start: int) -> int:
    """The nodes that steps, each from some nodes to others, lead to."""
    reached = 1 << start
    waiting = steps
    while True:
        later = [step for step in waiting if not step[0] & reached]
        if len(later) == len(waiting):
            return reached
        for sources, targets in waiting:
            if sources & reached:
                reached |= targets
        waiting = later


def _judge(
    judged: Collection[Check], read: "_Read", attack: Callable[[], AttackGraph]
) -> list[Finding]:
    labels = {label for check in judged if isinstance(check.rule, Cypher) for label in check.labels}
    in_memory = patch.object(runner, "load_snapshot", lambda _, known: network(read.graph, known))
    with _LinkedStore(read, labels) as store, in_memory:
        found = run(judged, store, read, attack=attack).findings
    failed = [one for one in found if one.status == "ERROR"]
    assert not failed, failed
    return found


class _Read(Snapshot):
    """A scan as a snapshot that is not on disk, without the nodes and edges by which further
    evidence is shown."""

    def __init__(
        self,
        graph: ResourceGraph,
        scope: Scope,
        coverage: Sequence[Coverage],
        reads: Sequence[ListingStatus],
    ) -> None:
        self.graph = graph
        self.scope = scope
        self.schema = _known()[1]
        self.coverage = list(coverage)  # type: ignore[misc]
        self.reads = list(reads)  # type: ignore[misc]
        self.pairs = []  # type: ignore[misc]
        self.labels = []  # type: ignore[misc]

    def write(self, folder: Path, labels: Collection[str]) -> Snapshot:
        """The nodes of some labels and the edges among them, on disk."""
        part = ResourceGraph(
            {id_: node for id_, node in self.graph.nodes.items() if node.label in labels}
        )
        part.edges |= {
            pair: edges
            for pair, edges in self.graph.edges.items()
            if pair.source in labels and pair.target in labels
        }
        return write(folder, part, part_of(self.schema, labels), self.scope)


@cache
def _known() -> tuple[tuple[Derivation, ...], Schema]:
    """All derivations, and the schema with their edges."""
    found = derivations(Schema.of(models()))
    return found, Schema.of(models(), written(found))


class _LinkedStore(Store):
    """A store that gives nodes and edges from memory, and puts only some labels into a database,
    once it is asked in Cypher."""

    capabilities = Capabilities("memory", served=False, persistent=False, concurrent_writers=False)

    def __init__(self, read: _Read, labels: Collection[str]) -> None:
        self.schema = read.schema
        self._read = read
        self._labels = labels
        self._nodes: dict[str, list[Any]] = {}
        self._folder: TemporaryDirectory[str] | None = None
        self._database: Store | None = None
        for node in sorted(read.graph.nodes.values(), key=lambda node: node.id):
            self._nodes.setdefault(node.label, []).append(node)

    def load(self, snapshot: Snapshot) -> None:
        raise NotImplementedError

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        for node in self._nodes.get(label, ()):
            yield {"provider": node.provider, **vars(node)}

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        columns = self.schema.relationships[pair.rel]
        for edge in self._read.graph.edges.get(pair, ()):
            yield edge.source, edge.target, {name: edge.properties.get(name) for name in columns}

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]:
        if self._database is None:
            self._folder = TemporaryDirectory()
            folder = Path(self._folder.name)
            self._database = open_embedded(
                self._read.write(folder / "scan", self._labels), folder / "cache"
            )
        return self._database.query(cypher, parameters, limit=limit, timeout=timeout)

    def shortest_paths(
        self,
        source: str,
        target: str,
        types: Sequence[str] = (),
        longest: int = 8,
        limit: int = 1000,
    ) -> list[list[Step]]:
        raise NotImplementedError

    def close(self) -> None:
        if self._database and self._folder:
            self._database.close()
            self._folder.cleanup()
