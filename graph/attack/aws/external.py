"""How strangers come into an AWS estate: steps of attack paths, and edges of the graph."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain

from ...authorization.aws.environment import ROLE, AWSEnvironment
from ...model import DerivedEdge, Internet
from ...schema import EdgeType
from ...sets import NONE, exactly
from ..model import AttackGraph, Hop, Node, Step, StepType
from .data import data
from .external_data import LABELS, Data
from .external_reach import reached
from .external_techniques import EXTERNAL_TECHNIQUES, READ, ExternalAccess, ExternalTechnique
from .external_trust import Trust

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
PAIRS = (
    *(EdgeType(label, StepType.CAN_ASSUME, ROLE) for label in _ASSUMERS),
    *(EdgeType(reader, StepType.CAN_ACCESS, label) for reader in _READERS for label in LABELS),
)
"""Between which labels :func:`edges` run."""


def add_external_steps(path_graph: AttackGraph, estate: AWSEnvironment) -> None:
    """Adds to the steps of an estate those by which strangers come in, once the estate's own nodes
    are numbered. Its graph holds the CAN_REACH edges."""
    found = [*reached(estate.view), *findings(estate)]
    by_step: dict[tuple[ExternalTechnique, int, tuple[str, ...]], list[ExternalAccess]] = (
        defaultdict(list)
    )
    told: dict[tuple[str, int, int], ExternalAccess] = {}
    for each in found:
        source, target = path_graph.add(each.source), path_graph.add(each.target)
        if (each.way.id, source, target) in told:
            continue
        told[each.way.id, source, target] = each
        path_graph.outside |= 1 << source
        if each.way is READ and each.target.label in data().labels:
            path_graph.data |= 1 << target
        by_step[each.way, source, each.permissions].append(each)
    for (way, source, permissions), steps in by_step.items():
        targets = NONE
        for each in steps:
            targets |= exactly(1 << path_graph.add(each.target)).only_if(each.is_certain)
        path_graph.steps.append(
            Step(
                way.type,
                way.id,
                1 << source,
                targets,
                way.difficulty,
                frozenset(permissions),
            )
        )

    def explain(grant: Step, source: int, target: int) -> Hop:
        return _hop(told[grant.technique, source, target])

    path_graph.explainers.update(dict.fromkeys(EXTERNAL_TECHNIQUES, explain))


def findings(estate: AWSEnvironment) -> Iterator[ExternalAccess]:
    """What strangers may assume, read or invoke."""
    return chain(Trust(estate).findings(), Data(estate).findings())


def edges(estate: AWSEnvironment) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """The same as edges, CAN_ASSUME and CAN_ACCESS, each with its ends: a source that only a
    policy names is not in the graph yet."""
    for (source, type_, target), several in _by_edge(findings(estate)).items():
        best = min(several, key=lambda each: not each.is_certain)
        evidence = {
            "ways": sorted({each.way.id for each in several}),
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
    for each in found:
        by_edge[each.source, each.way.type, each.target].append(each)
    return by_edge


def _hop(finding: ExternalAccess) -> Hop:
    return Hop(
        finding.source.id,
        finding.target.id,
        finding.way.type,
        finding.way.id,
        finding.permissions,
        finding.conditions,
        finding.statements,
        finding.evidence,
    )
