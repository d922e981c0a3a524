"""The steps of principals as edges of the graph, for queries.

Only what a principal can do just as it is becomes an edge: what it can do in a state that an
earlier step has led to is shown by paths, and so is as whom it can do some actions only. Rights
over many are not taken apart: where one step leads one principal to more than a hundred nodes of an
account, one edge to the account says how many.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from ..authorization.model import PolicyStatement
from ..model import DerivedEdge
from ..sets import members, number_set
from .engine.principal_states import CREATED
from .engine.technique import Technique
from .model import AttackGraph, Hop, Node, Step, StepType

MOST = 100
"""Nodes of an account that one principal has an edge to by one step."""


def step_edges(
    graph: AttackGraph, techniques: Mapping[str, Technique], account: Callable[[str], Node]
) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """What each principal can do just as it is: all edges, with their ends. ``account`` is the node
    that stands for an account."""
    return _StepEdges(graph, techniques, account).edges()


@lru_cache(4096)
def _written(statement: PolicyStatement) -> dict[str, Any]:
    return asdict(statement)


class _StepEdges:
    """Turns the grants of a path graph into edges."""

    def __init__(
        self,
        paths: AttackGraph,
        techniques: Mapping[str, Technique],
        account: Callable[[str], Node],
    ) -> None:
        self._paths = paths
        self._techniques = techniques
        self._account = account
        self._not_held = number_set(paths.changed) | paths.limited
        """Principals as whom nobody acts, or by some actions only."""
        self._inside = paths.by_account()

    def edges(self) -> Iterator[tuple[Node, Node, DerivedEdge]]:
        """What each principal can do just as it is."""
        known = self._techniques
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
            end = self._account(account)
            edge = self._edge(grant, hop, end, best, {"targets": best.bit_count()})
            yield start, end, edge
            return
        for target in members(possible):
            node = self._paths.nodes[target]
            hop = self._paths.explain(grant, source, target)
            if node.state == CREATED:
                # It is not there yet: what is gained is the account.
                node = self._account(account)
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
            technique = self._techniques[grant.technique]
            properties |= {
                "technique": technique.id,
                "difficulty": technique.difficulty,
                "permissions": list(hop.permissions),
                "yields": technique.gain.kind,
                "admin": bool(targets & self._paths.administrators.certain),
            }
        return DerivedEdge(hop.source, grant.type, end.id, properties)
