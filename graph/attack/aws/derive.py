"""The steps of principals as edges of the graph, for queries.

Only what a principal can do just as it is becomes an edge: what it can do in a state that an
earlier step has led to is told by paths. Rights over many are not taken apart: where one step leads
one principal to more than a hundred nodes of an account, one edge to the account tells how many.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ...authorization.aws.environment import ACCOUNT, GROUP, ROLE, USER
from ...linking import Edge, ResourceGraph
from ...model import DerivedEdge, Internet, ListingStatus, MissingReason, Resource
from ...schema import EdgeType
from ...sets import members, number_set
from ...traversal import network
from ...view import GraphView
from ..engine.build import build
from ..engine.principal_states import CREATED
from ..model import AttackGraph, Hop, Node, Step, StepType
from . import external
from .provider import AWSProvider
from .vocabulary import AWS, techniques

MOST = 100
"""Nodes of an account that one principal has an edge to by one step."""


def pairs(models: Iterable[type[Resource]]) -> Iterator[EdgeType]:
    """Between which labels edges are derived; the schema has them from the start."""
    labels = {model.label for model in models}
    for source in AWS.principals:
        yield EdgeType(source, StepType.ADMINISTERS, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ROLE)
        for target in sorted({USER, ROLE, GROUP, ACCOUNT, *_taken_over()}):
            if target in labels:
                yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)
    yield from (each for each in external.PAIRS if each.source in labels and each.target in labels)


def derive_into(
    graph: ResourceGraph, reads: Sequence[ListingStatus], models: Iterable[type[Resource]]
) -> None:
    """Adds to a linked graph, which has its CAN_REACH edges, who can become whom.

    What strangers can do is added with the strangers themselves: missing nodes of ``models``.
    """
    labels = {model.label: model for model in models}
    provider = AWSProvider(GraphView(network(graph, _OfAws()), reads), reads)
    for source, target, edge in _edges(provider):
        for node in (source, target):
            if node.id not in graph.nodes:
                graph.nodes[node.id] = _stranger(
                    labels[node.label], node, provider.environment.scanned
                )
        pair = EdgeType(graph.nodes[source.id].label, edge.rel, graph.nodes[target.id].label)
        graph.edges[pair].append(Edge(source.id, target.id, edge.properties))


class _OfAws:
    """The labels that paths on AWS look at."""

    def __contains__(self, label: object) -> bool:
        return label == Internet.label or str(label).startswith("AWS")


def _taken_over() -> set[str]:
    """The labels of resources that techniques lead to."""
    return {
        each.existing[each.gain.resource].existing
        for each in techniques().techniques.values()
        if each.gain.resource in each.existing
    }


def _stranger(model: type[Resource], node: Node, scanned: Container[str]) -> Resource:
    """What stands for somebody who was not scanned."""
    if model is Internet:
        return Internet(id=node.id, name=node.name)
    here = not node.account or node.account in scanned
    reason = MissingReason.OUT_OF_SCOPE if here else MissingReason.CROSS_ACCOUNT
    return model.absent(node.id, reason, name=node.name, account=node.account or None)


def _edges(provider: AWSProvider) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """All edges, with their ends."""
    told = _Telling(build([provider]))
    yield from told.edges()
    yield from external.edges(provider.environment)


class _Telling:
    """Turns the grants of a path graph into edges."""

    def __init__(self, paths: AttackGraph) -> None:
        self._paths = paths
        self._inside: dict[str, int] = {}
        """The nodes of each account."""
        for number, node in enumerate(paths.nodes):
            self._inside[node.account] = self._inside.get(node.account, 0) | 1 << number

    def edges(self) -> Iterator[tuple[Node, Node, DerivedEdge]]:
        """What each principal can do just as it is."""
        known = techniques().techniques
        changed = number_set(self._paths.changed)
        for grant in self._paths.steps:
            acting = grant.sources & self._paths.principals
            if acting and (grant.type == StepType.ADMINISTERS or grant.technique in known):
                reached = grant.reached.possible & ~changed
                inside = [each for each in sorted(self._inside.items()) if each[1] & reached]
                for source in members(acting):
                    for account, nodes in inside:
                        yield from self._from(grant, source, nodes, account)

    def _from(
        self, grant: Step, source: int, nodes: int, account: str
    ) -> Iterator[tuple[Node, Node, DerivedEdge]]:
        """The edges of one principal into an account."""
        others = nodes & ~(1 << source) & ~number_set(self._paths.changed)
        certain, possible = grant.reached.within(others)
        numbers = possible.bit_count()
        if not numbers:
            return
        start = self._paths.nodes[source]
        if numbers > MOST:
            best = certain or possible
            hop = self._paths.explain(grant, source, next(members(best)))
            end = Node(account, ACCOUNT, account, account)
            edge = self._edge(grant, hop, end, best, {"targets": best.bit_count()})
            yield start, end, edge
            return
        for target in members(possible):
            node = self._paths.nodes[target]
            hop = self._paths.explain(grant, source, target)
            if node.state == CREATED:
                # It is not there yet: what is gained is the account.
                node = Node(account, ACCOUNT, account, account)
            yield start, node, self._edge(grant, hop, node, 1 << target, {})

    def _edge(
        self, grant: Step, hop: Hop, end: Node, targets: int, more: Mapping[str, Any]
    ) -> DerivedEdge:
        evidence = {
            "statements": [asdict(each) for each in hop.statements],
            "resources": list(hop.evidence),
        }
        properties: dict[str, Any] = {
            "conditions": list(hop.conditions),
            "evidence": json.dumps(evidence, separators=(",", ":")),
            **more,
        }
        if grant.type == StepType.ADMINISTERS:
            properties["reason"] = self._paths.reasons[self._paths.number[hop.source, ""]]
        if grant.type == StepType.CAN_ESCALATE_TO:
            technique = techniques().techniques[grant.technique]
            properties |= {
                "technique": technique.id,
                "difficulty": technique.difficulty,
                "permissions": list(hop.permissions),
                "yields": technique.gain.kind,
                "admin": bool(targets & self._paths.administrators.certain),
            }
        return DerivedEdge(hop.source, grant.type, end.id, properties)
