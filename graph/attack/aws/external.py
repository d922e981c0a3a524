"""How external principals get into an AWS estate: steps of attack paths, and edges of the graph."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from itertools import chain, product

from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.labels import ROLE
from ...model import DerivedEdge, Internet
from ...schema import EdgeType
from ...sets import NONE, exactly
from ..model import AttackGraph, Hop, Node, Step, StepType
from .data import data
from .external_data import Data, labels
from .external_reach import reached
from .external_techniques import READ, ExternalAccess
from .external_trust import Trust
from .vocabulary import techniques

_ASSUMERS = (
    Internet.label,
    "AWSAccount",
    "AWSEKSCluster",
    "AWSOIDCProvider",
    "AWSRole",
    "AWSSAMLProvider",
    "AWSUser",
)
_READERS = (Internet.label, "AWSAccount", "AWSRole", "AWSUser")
SOURCES = frozenset((*_ASSUMERS, *_READERS))
"""The labels that :func:`edges` run from."""


def pairs(own_policies: Collection[str]) -> Iterator[EdgeType]:
    """Between which labels :func:`edges` run, by those that have policies of their own."""
    for label in _ASSUMERS:
        yield EdgeType(label, StepType.CAN_ASSUME, ROLE)
    for reader, label in product(_READERS, labels(own_policies)):
        yield EdgeType(reader, StepType.CAN_ACCESS, label)


def add_external_steps(graph: AttackGraph, environment: AWSEnvironment) -> Iterator[Step]:
    """The steps by which external principals come in, once the environment's own nodes are
    numbered. Its graph holds the CAN_REACH edges."""
    by_step: dict[tuple[str, int, tuple[str, ...]], list[ExternalAccess]] = defaultdict(list)
    known: dict[tuple[str, int, int], ExternalAccess] = {}
    for each in (*reached(environment.view), *findings(environment)):
        source, target = graph.add(each.source), graph.add(each.target)
        if (each.technique, source, target) in known:
            continue
        known[each.technique, source, target] = each
        graph.external |= 1 << source
        if each.technique == READ and each.target.label in data().labels:
            graph.data |= 1 << target
        by_step[each.technique, source, each.permissions].append(each)

    def explain(step: Step, source: int, target: int) -> Hop:
        return _hop(known[step.technique, source, target])

    declared = techniques().external
    graph.explainers.update(dict.fromkeys(declared, explain))
    for (technique, source, permissions), several in by_step.items():
        targets = NONE
        for each in several:
            targets |= exactly(1 << graph.add(each.target)).only_if(each.is_certain)
        yield Step(
            declared[technique].edge,
            technique,
            1 << source,
            targets,
            declared[technique].difficulty,
            frozenset(permissions),
        )


def findings(estate: AWSEnvironment) -> Iterator[ExternalAccess]:
    """What external principals may assume, read or invoke."""
    return chain(Trust(estate).findings(), Data(estate).findings())


def edges(estate: AWSEnvironment) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """The same as edges, CAN_ASSUME and CAN_ACCESS, each with its ends: a source that only a
    policy names is not in the graph yet."""
    for (source, type_, target), several in _by_edge(findings(estate)).items():
        best = min(several, key=lambda each: not each.is_certain)
        evidence = {
            "techniques": sorted({each.technique for each in several}),
            "statements": [asdict(statement) for statement in best.statements],
            "resources": list(best.evidence),
        }
        properties = {
            "conditions": list(best.conditions),
            "evidence": json.dumps(evidence, separators=(",", ":")),
        }
        if type_ == StepType.CAN_ACCESS:
            properties["permissions"] = list(best.permissions)
        yield source, target, DerivedEdge(source.id, type_, target.id, properties)


def _by_edge(found: Iterable[ExternalAccess]) -> dict[tuple[Node, str, Node], list[ExternalAccess]]:
    by_edge: dict[tuple[Node, str, Node], list[ExternalAccess]] = defaultdict(list)
    declared = techniques().external
    for each in found:
        by_edge[each.source, declared[each.technique].edge, each.target].append(each)
    return by_edge


def _hop(finding: ExternalAccess) -> Hop:
    return Hop(
        finding.source.id,
        finding.target.id,
        techniques().external[finding.technique].edge,
        finding.technique,
        finding.permissions,
        finding.conditions,
        finding.statements,
        finding.evidence,
    )
