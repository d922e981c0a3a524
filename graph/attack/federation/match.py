"""Joins N issuers with M trust rules by the issuer, so that they are never tried pair by pair."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from ...sets import exactly
from ..model import AttackGraph, Explain, Hop, Node, Step
from .model import Admission, TokenClaims, TrustRule, normalized


def add_federated_steps(
    graph: AttackGraph,
    issues: Iterable[tuple[Node, TokenClaims]],
    accepts: Iterable[TrustRule],
) -> None:
    """Adds a step from each node to each identity that takes a token which the node can present."""
    rules: dict[str, list[TrustRule]] = defaultdict(list)
    for rule in accepts:
        rules[normalized(rule.issuer)].append(rule)
    found: dict[tuple[str, int, int], tuple[TrustRule, Admission]] = {}
    for node, token in issues:
        for rule in rules.get(normalized(token.issuer), ()):
            admission = rule.admits(token)
            if admission.truth is False:
                continue
            source, target = graph.add(node), graph.add(rule.target)
            found[rule.technique, source, target] = rule, admission
            graph.steps.append(
                Step(
                    rule.type,
                    rule.technique,
                    1 << source,
                    exactly(1 << target).only_if(admission.truth is True),
                    rule.difficulty,
                    frozenset(admission.permissions),
                )
            )

    for technique in {rule.technique for rule, _ in found.values()}:
        graph.explainers[technique] = _explain(graph, found, graph.explainers.get(technique))


def _explain(
    graph: AttackGraph,
    found: Mapping[tuple[str, int, int], tuple[TrustRule, Admission]],
    other: Explain | None,
) -> Explain:
    """Explains the steps that were found, and leaves others of a technique to who explained them
    before."""

    def explain(step: Step, source: int, target: int) -> Hop:
        if (step.technique, source, target) not in found and other:
            return other(step, source, target)
        rule, admission = found[step.technique, source, target]
        return Hop(
            graph.nodes[source].id,
            graph.nodes[target].id,
            rule.type,
            rule.technique,
            admission.permissions,
            admission.conditions,
            admission.statements,
            admission.evidence,
        )

    return explain
