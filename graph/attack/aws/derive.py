"""The steps of principals as edges of the graph, for queries.

Only what a principal can do just as it is becomes an edge: what it can do in a state that an
earlier step has led to is shown by paths, and so is as whom it can do some actions only. Rights
over many are not taken apart: where one step leads one principal to more than a hundred nodes of an
account, one edge to the account says how many.
"""

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from ...authorization.aws.environment import ACCOUNT, GROUP, ROLE, USER
from ...authorization.model import PolicyStatement
from ...derivation import Derivation, Derived, NewNode
from ...model import DerivedEdge, Internet, MissingReason
from ...schema import EdgeType, Schema, declared_policies
from ...sets import members, number_set
from ...view import GraphView
from ..engine.build import build
from ..engine.principal_states import CREATED
from ..model import AttackGraph, Hop, Node, Step, StepType
from . import external
from .data import data
from .external_buckets import IDENTITY
from .external_data import labels
from .external_reach import RUNS_CODE
from .key_grants import GRANT
from .provider import AWSProvider
from .vocabulary import AWS, techniques

MOST = 100
"""Nodes of an account that one principal has an edge to by one step."""


_NAMED_ONLY = frozenset({"AWSEveryone", "AWSServicePrincipal"})
"""Labels that no call lists: policies name them."""
_ABOVE = frozenset(
    {
        "AWSInlinePolicy",
        "AWSOrganization",
        "AWSOrganizationPolicy",
        "AWSOrganizationalUnit",
        "AWSS3AccountPublicAccessBlock",
        ACCOUNT,
    }
)
"""Labels of what stands over principals and resources. Where it could not be listed, steps are
conditional on it."""


def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """The steps of principals, and those by which external principals come in."""
    reads = _reads(schema)
    return (
        Derivation(
            name="aws attack steps",
            provider="aws",
            derive=_derive,
            writes=frozenset(_types(schema)),
            reads=reads,
            notices=_ABOVE | {IDENTITY},
            through=_NAMED_ONLY,
            reads_edges=frozenset(
                EdgeType(Internet.label, StepType.CAN_REACH, label) for label in RUNS_CODE
            ),
        ),
    )


def _types(schema: Schema) -> Iterator[EdgeType]:
    """The types of the edges."""
    for source in AWS.principals:
        yield EdgeType(source, StepType.ADMINISTERS, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ROLE)
        for target in sorted({USER, ROLE, GROUP, ACCOUNT, *_taken_over()}):
            yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)
    yield from external.pairs(declared_policies(schema.own_policies))


def _reads(schema: Schema) -> frozenset[str]:
    """Every label that decides on steps: principals and what stands over them, what has policies
    or data, what techniques are about, and what runs as a role or lends one. They decide in a scan
    too that is older than a label: its steps may be missing."""
    policies = declared_policies(schema.own_policies)
    pairs = (*schema.pairs, *schema.newer)
    running = {pair.source for pair in pairs if pair.rel == StepType.RUNS_AS}
    declared = {label for label in (*running, *policies) if label.startswith("AWS")}
    fixed = {
        *RUNS_CODE,
        *data().labels,
        *_existing(),
        *external.SOURCES,
        *labels(policies),
        GRANT,
        GROUP,
        IDENTITY,
        ROLE,
        USER,
    }
    return frozenset(declared | fixed | _ABOVE) - _NAMED_ONLY - {Internet.label}


def _derive(view: GraphView) -> Derived:
    provider = AWSProvider(view, view.listings)
    edges: list[DerivedEdge] = []
    nodes: list[NewNode] = []
    for source, target, edge in _edges(provider):
        edges.append(edge)
        nodes += [_new(node, provider.environment.scanned) for node in (source, target)]
    return Derived(edges, tuple(dict.fromkeys(nodes)))


def _taken_over() -> set[str]:
    """The labels of resources that techniques lead to."""
    return {
        each.existing[each.gain.resource].existing
        for each in techniques().techniques.values()
        if each.gain.resource in each.existing
    }


def _existing() -> set[str]:
    """The labels of resources that techniques are about."""
    known = techniques().techniques.values()
    return {one.existing for each in known for one in each.existing.values()}


def _new(node: Node, scanned: Container[str]) -> NewNode:
    """What stands for somebody who was not scanned, if nothing else does."""
    if node.label == Internet.label:
        return NewNode(node.label, node.id, node.name)
    here = not node.account or node.account in scanned
    reason = MissingReason.OUT_OF_SCOPE if here else MissingReason.CROSS_ACCOUNT
    return NewNode(node.label, node.id, node.name, node.account or None, reason)


@lru_cache(4096)
def _written(statement: PolicyStatement) -> dict[str, Any]:
    return asdict(statement)


def _edges(provider: AWSProvider) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """All edges, with their ends."""
    telling = _Telling(build([provider]))
    yield from telling.edges()
    yield from external.edges(provider.environment)


class _Telling:
    """Turns the grants of a path graph into edges."""

    def __init__(self, paths: AttackGraph) -> None:
        self._paths = paths
        self._not_held = number_set(paths.changed) | paths.limited
        """Principals as whom nobody acts, or by some actions only."""
        self._inside: dict[str, int] = {}
        """The nodes of each account."""
        for number, node in enumerate(paths.nodes):
            self._inside[node.account] = self._inside.get(node.account, 0) | 1 << number

    def edges(self) -> Iterator[tuple[Node, Node, DerivedEdge]]:
        """What each principal can do just as it is."""
        known = techniques().techniques
        for grant in self._paths.steps:
            acting = grant.sources & self._paths.principals
            if acting and (grant.type == StepType.ADMINISTERS or grant.technique in known):
                reached = grant.reached.possible & ~self._not_held
                inside = [each for each in sorted(self._inside.items()) if each[1] & reached]
                for source in members(acting):
                    for account, nodes in inside:
                        yield from self._from(grant, source, nodes, account)

    def _from(
        self, grant: Step, source: int, nodes: int, account: str
    ) -> Iterator[tuple[Node, Node, DerivedEdge]]:
        """The edges of one principal into an account."""
        others = nodes & ~(1 << source) & ~self._not_held
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
            "statements": [_written(each) for each in hop.statements],
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
