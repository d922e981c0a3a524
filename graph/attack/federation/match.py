"""Joins N issuers with M trust rules by the issuer, so that they are never tried pair by pair."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from ...sets import exactly, members
from ..model import AttackGraph, Explain, Hop, Node, Step
from .model import REFUSED, Admission, TokenClaims, TrustRule, fits, normalized
from .parties import Inside, everybody, parties

_SUBJECT = "sub"
_UNREAD_ISSUER = "which issuer's tokens these are could not be read"


class Crossing(NamedTuple):
    """That a token of somebody is taken."""

    source: Node
    rule: TrustRule
    admission: Admission
    is_external: bool
    """Whether the source is nobody of the scan."""


def crossings(
    issues: Iterable[tuple[Node, TokenClaims]],
    accepts: Iterable[TrustRule],
    unread_issuers: Iterable[str] = (),
) -> Iterator[Crossing]:
    """Whose tokens are taken by what: first those of the scan's own principals, then those of who
    is outside. Where everybody's are for certain, who else is named does not matter."""
    rules = _Rules(accepts)
    inside = Inside(unread_issuers)
    for node, token in issues:
        inside.add(token)
        for rule in rules.about(token):
            admission = _admitted(rule, token)
            if admission.truth is not False:
                yield Crossing(node, rule, admission, False)
    for several in rules.by_issuer:
        yield from _from_outside(several, inside)


def add_federated_steps(
    graph: AttackGraph,
    issues: Iterable[tuple[Node, TokenClaims]],
    accepts: Iterable[TrustRule],
    unread_issuers: Iterable[str] = (),
) -> None:
    """Adds a step from each node to each identity that takes a token which the node can present,
    unless the graph has that step."""
    found: dict[tuple[str, int, int], Crossing] = {}
    rules = list(accepts)
    known = _known(graph, {rule.technique for rule in rules})
    for each in crossings(issues, rules, unread_issuers):
        rule, truth = each.rule, each.admission.truth
        source, target = graph.add(each.source), graph.add(rule.target)
        key = rule.technique, source, target
        if source == target or known.get((rule.technique, source), 0) >> target & 1:
            continue
        if key in found and (found[key].admission.truth or not truth):
            continue
        found[key] = each
        if each.is_external:
            graph.external |= 1 << source
    for (technique, source, target), each in found.items():
        graph.steps.append(
            Step(
                each.rule.type,
                technique,
                1 << source,
                exactly(1 << target).only_if(each.admission.truth is True),
                each.rule.difficulty,
                frozenset(each.admission.permissions),
            )
        )
    for technique in {technique for technique, _, _ in found}:
        other = graph.explainers.get(technique)
        graph.explainers[technique] = partial(_explained, graph, found, other)


class _Rules:
    """Trust rules by the issuer, and by the subject where there is but one."""

    def __init__(self, accepts: Iterable[TrustRule]) -> None:
        self._rules: dict[str, dict[str, list[TrustRule]]] = defaultdict(lambda: defaultdict(list))
        for rule in accepts:
            self._rules[normalized(rule.issuer)][rule.subject].append(rule)

    def about(self, token: TokenClaims) -> Iterator[TrustRule]:
        """Those that may take a token."""
        if "*" in token.issuer:
            for several in self.by_issuer:
                yield from several if fits(several[0].issuer, token.issuer) else ()
            return
        by_subject = self._rules.get(normalized(token.issuer), {})
        subjects = token.value(_SUBJECT)
        if isinstance(subjects, tuple):
            for subject in ("", *subjects):
                yield from by_subject.get(subject, ())
        else:
            for several in by_subject.values():
                yield from several

    @property
    def by_issuer(self) -> Iterator[Sequence[TrustRule]]:
        """All rules of each issuer."""
        for by_subject in self._rules.values():
            yield [rule for several in by_subject.values() for rule in several]


def _from_outside(rules: Sequence[TrustRule], inside: Inside) -> Iterator[Crossing]:
    left = []
    for rule in rules:
        if not rule.names_outside:
            continue
        anyone = everybody(rule.issuer, rule)
        admission = _admitted(rule, anyone[1]) if anyone else REFUSED
        if anyone and admission.truth is not False:
            yield Crossing(anyone[0], rule, admission, True)
        if not admission.truth:
            left.append(rule)
    for node, token in parties(left, inside):
        for rule in left:
            admission = _admitted(rule, token)
            if admission.truth is not False:
                yield Crossing(node, rule, admission, True)


def _admitted(rule: TrustRule, token: TokenClaims) -> Admission:
    """Whether a rule takes a token, as far as that is issued."""
    if "*" in token.issuer:
        doubts = (*token.conditions, _UNREAD_ISSUER)
        token = token._replace(issuer=rule.issuer, conditions=doubts)
    found = rule.admits(token)
    if found.truth is False or not token.conditions:
        return found
    return found._replace(truth=None, conditions=(*found.conditions, *token.conditions))


def _known(graph: AttackGraph, techniques: set[str]) -> Mapping[tuple[str, int], int]:
    """Where steps of some techniques lead for certain, by technique and source."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for step in graph.steps:
        if step.technique in techniques:
            for source in members(step.sources):
                found[step.technique, source] |= step.reached.certain
    return found


def _explained(
    graph: AttackGraph,
    found: Mapping[tuple[str, int, int], Crossing],
    other: Explain | None,
    step: Step,
    source: int,
    target: int,
) -> Hop:
    """Explains the steps that were found; others of a technique are left to who explained them
    before."""
    if (step.technique, source, target) not in found and other:
        return other(step, source, target)
    _, rule, admission, _ = found[step.technique, source, target]
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
