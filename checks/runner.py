"""Runs checks over a store and turns their rows into findings, three-valued throughout."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx

from ..graph.garbage import gc_paused
from ..graph.model import ListingStatus, MissingReason
from ..graph.scan_coverage import ScanCoverage, unlisted_words
from ..graph.snapshot import Snapshot
from ..graph.stores.store import Node, Store
from ..graph.traversal import load
from .check import Check, Cypher, Place, Row, Severity, Traversal, plain
from .evidence import add_edges, evidence_node
from .finding import Evidence, Finding, FindingStatus, finding_id

UNREADABLE_FIELD = "UNREADABLE_FIELD"
_ORDER = (FindingStatus.FAIL, FindingStatus.MANUAL, FindingStatus.PASS)
_ACCOUNT_LABELS = {
    "aws": "AWSAccount",
    "azure": "AzureSubscription",
    "gcp": "GCPProject",
    "entra": "EntraTenant",
}


@dataclass(frozen=True)
class Report:
    """What a run of checks came to."""

    findings: list[Finding]
    ran: list[Check]
    skipped: list[Check]
    """Checks that were not run, because the scan did not set out to read what they are about."""


@dataclass(frozen=True)
class _Verdict:
    """A row of a rule, with its nodes."""

    resource: Node
    target: Node | None
    passed: bool | None
    unread: Sequence[str]
    severity: str | None
    evidence: Sequence[Node]
    values: Mapping[str, Any]
    places: Sequence[Place]
    """Where the labels that it rests on must have been listed."""


@gc_paused()
def run(
    selected: Iterable[Check],
    store: Store,
    snapshot: Snapshot,
    progress: Callable[[Check], None] = lambda _: None,
) -> Report:
    """Runs the checks on the store, which holds the snapshot. A check that crashes is an ERROR
    finding; the others go on."""
    every = (check.resolved(snapshot.schema) for check in selected)
    chosen = sorted(every, key=lambda check: check.id)
    readings = ScanCoverage(snapshot)
    ran = [check for check in chosen if readings.applies(check)]
    rules = [check.rule for check in ran if not readings.uncollected(check)]
    traversed = _Traversed(store, rules, snapshot.reads)
    findings: list[Finding] = []
    for check in ran:
        try:
            findings += _answers(check, store, traversed, readings)
        except Exception as error:
            findings.append(_crashed(check, error))
        progress(check)
    add_edges(findings, snapshot)
    findings.sort(
        key=lambda found: (
            _ORDER_OF[found.status],
            found.severity.rank,
            found.check,
            found.resource,
            found.target or "",
        )
    )
    return Report(findings, ran, [check for check in chosen if check not in ran])


_ORDER_OF = {
    FindingStatus.ERROR: 0,
    FindingStatus.FAIL: 1,
    FindingStatus.MANUAL: 2,
    FindingStatus.PASS: 3,
}


class _Traversed:
    """The graph that all traversals of a run share: loaded once, frozen."""

    def __init__(
        self, store: Store, rules: Iterable[Cypher | Traversal], reads: Sequence[ListingStatus]
    ) -> None:
        self._store = store
        self._reads = reads
        self._labels = {
            label for rule in rules if isinstance(rule, Traversal) for label in plain(rule.labels)
        }
        self._graph: networkx.MultiDiGraph | None = None

    @property
    def graph(self) -> networkx.MultiDiGraph:
        """The graph of all labels that the traversals name."""
        if self._graph is None:
            graph = load(self._store, self._labels)
            graph.graph["reads"] = self._reads
            self._graph = networkx.freeze(graph)
        return self._graph


def _answers(
    check: Check, store: Store, traversed: _Traversed, readings: ScanCoverage
) -> list[Finding]:
    if readings.uncollected(check):
        return list(_outdated(check, readings))
    verdicts = _verdicts(check, store, traversed)
    return [*_judged(check, verdicts, readings), *_unlisted(check, readings)]


def _verdicts(check: Check, store: Store, traversed: _Traversed) -> Iterable[_Verdict]:
    if isinstance(check.rule, Cypher):
        return map(_from_columns, store.query(check.rule.text, check.rule.parameters))
    graph = traversed.graph
    return (_from_row(row, graph) for row in check.rule.walk(graph))


def _from_columns(columns: Mapping[str, Any]) -> _Verdict:
    if not isinstance(columns["resource"], Node):
        raise TypeError("the rule's column `resource` is not a node")
    known = ("resource", "target", "passed", "unread", "severity")
    rest = {name: value for name, value in columns.items() if name not in known}
    return _Verdict(
        columns["resource"],
        columns.get("target"),
        columns["passed"],
        [f"{each} could not be read" for each in columns.get("unread") or ()],
        columns.get("severity"),
        [node for value in rest.values() for node in _nodes_in(value)],
        {name: value for name, value in rest.items() if not _nodes_in(value)},
        [_place_of(columns["resource"])],
    )


def _place_of(node: Node) -> Place:
    """Where a node is; a global one rests on every region of its account."""
    return Place(node.properties.get("account") or "", node.properties.get("region"))


def _nodes_in(value: Any) -> list[Node]:
    if isinstance(value, Node):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, Node)]
    return []


def _from_row(row: Row, graph: networkx.MultiDiGraph) -> _Verdict:
    def node(id_: str) -> Node:
        properties = graph.nodes[id_]
        return Node(properties["label"], properties)

    resource = node(row.resource)
    return _Verdict(
        resource,
        node(row.target) if row.target else None,
        row.passed,
        row.unread,
        row.severity,
        [node(id_) for id_ in row.evidence],
        row.values,
        row.listing_scope or [_place_of(resource)],
    )


def _judged(
    check: Check, verdicts: Iterable[_Verdict], readings: ScanCoverage
) -> Iterable[Finding]:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for verdict in verdicts:
        owner = verdict.resource.properties.get("account")
        if verdict.resource.properties.get("missing") or (owner not in readings.scope.all_accounts):
            continue
        found = _judge(check, verdict, readings)
        groups[found.resource, found.target or ""].append(found)
    return map(_combined, groups.values())


def _combined(group: Sequence[Finding]) -> Finding:
    """The one finding of all rows about a resource and target."""
    if len(group) == 1:
        return group[0]
    worst = min(group, key=lambda found: _ORDER.index(found.status))
    alike = [found for found in group if found.status == worst.status]
    nodes = {node.id: node for found in alike for node in found.evidence.nodes}
    return worst.model_copy(
        update={
            "message": " ".join(sorted({found.message for found in alike})),
            "severity": min((found.severity for found in alike), key=lambda each: each.rank),
            "evidence": Evidence(nodes=[nodes[id_] for id_ in sorted(nodes)]),
        }
    )


def _judge(check: Check, verdict: _Verdict, readings: ScanCoverage) -> Finding:
    status, reason, message = _decide(check, verdict, readings)
    involved = [verdict.resource, *([verdict.target] if verdict.target else []), *verdict.evidence]
    nodes = {node.id: node for node in involved}
    properties = verdict.resource.properties
    return Finding(
        id=finding_id(check.id, verdict.resource.id, verdict.target and verdict.target.id),
        check=check.id,
        status=status,
        severity=Severity(verdict.severity) if verdict.severity else check.severity,
        provider=check.provider,
        service=check.service,
        account=properties.get("account"),
        region=properties.get("region"),
        resource=verdict.resource.id,
        resource_label=verdict.resource.label,
        target=verdict.target.id if verdict.target else None,
        reason=reason,
        message=message,
        evidence=Evidence(nodes=[evidence_node(nodes[id_]) for id_ in sorted(nodes)]),
    )


def _decide(
    check: Check, verdict: _Verdict, readings: ScanCoverage
) -> tuple[FindingStatus, str | None, str]:
    target = verdict.target
    if target and target.properties.get("missing"):
        reason = MissingReason(target.properties["missing"])
        return (
            FindingStatus.MANUAL,
            reason,
            f"{_name(verdict.resource)}: {_missing_words(target, readings)}.",
        )
    if verdict.passed is None:
        words = "; ".join(verdict.unread) or _unread_fields(check, verdict, readings)
        return FindingStatus.MANUAL, UNREADABLE_FIELD, f"{_name(verdict.resource)}: {words}."
    rests_on = check.pass_requires_listing if verdict.passed else check.fail_requires_listing
    open_question = readings.why_open(plain(rests_on), check.provider, verdict.places)
    if open_question:
        reason_text, words = open_question
        return FindingStatus.MANUAL, reason_text, f"{_name(verdict.resource)}: {words}."
    template = check.passes if verdict.passed else check.fails
    message = template.format(
        resource=_name(verdict.resource),
        target=_name(target) if target else "",
        **{name: "" if value is None else value for name, value in verdict.values.items()},
    )
    return (FindingStatus.PASS if verdict.passed else FindingStatus.FAIL), None, message


def _unread_fields(check: Check, verdict: _Verdict, readings: ScanCoverage) -> str:
    """Which of the fields that the rule names are unread, and on what."""
    named = set(re.findall(r"\.(\w+)", check.rule.text)) if isinstance(check.rule, Cypher) else None
    nodes = [verdict.resource, *([verdict.target] if verdict.target else []), *verdict.evidence]
    words = [
        f"{name} of {_name(node)} could not be read"
        f"{readings.call_of(node.label, name, node.properties.get('account'))}"
        for node in nodes
        if not node.properties["missing"]
        for name in sorted(node.properties)
        if node.properties[name] is None
        and name not in ("missing", "tags")
        and (named is None or name in named)
    ]
    words += [_missing_words(node, readings) for node in nodes if node.properties["missing"]]
    return "; ".join(dict.fromkeys(words)) or "what decides could not be read"


def _missing_words(node: Node, readings: ScanCoverage) -> str:
    """Why a target is missing, and where it is, as far as that is known."""
    known = (node.properties.get(name) for name in ("account", "region"))
    places = [place for place in known if place and place not in ("global", _name(node))]
    where = f" ({', '.join(places)})" if places else ""
    meaning = MissingReason(node.properties["missing"]).meaning
    account = node.properties.get("account")
    unreadable = node.properties["missing"] == MissingReason.UNREADABLE
    call = readings.failed_listing(node.label, account) if unreadable else ""
    return f"{node.label} {_name(node)}{where} {meaning}{call}"


def _unlisted(check: Check, readings: ScanCoverage) -> Iterable[Finding]:
    """A MANUAL finding for each account where the check's resources could not all be listed."""
    for account in readings.scope.accounts[check.provider]:
        places = readings.unlisted(check.resource, account)
        if places:
            words = f"{check.resource} {unlisted_words(places)}."
            region = next(iter(places)) if len(places) == 1 else None
            yield _of_account(check, account, region, MissingReason.UNREADABLE, words)


def _outdated(check: Check, readings: ScanCoverage) -> Iterable[Finding]:
    """A MANUAL finding for each account if the scan is older than what the check asks of it."""
    words = (
        f"The scan was made before Clew collected {', '.join(readings.uncollected(check))}. "
        "Scan again."
    )
    for account in readings.scope.accounts[check.provider]:
        yield _of_account(check, account, None, MissingReason.OUT_OF_SCOPE, words)


def _of_account(
    check: Check, account: str, region: str | None, reason: MissingReason, message: str
) -> Finding:
    """A MANUAL finding about all that the check would have judged in an account."""
    return Finding(
        id=finding_id(check.id, account, check.resource),
        check=check.id,
        status=FindingStatus.MANUAL,
        severity=check.severity,
        provider=check.provider,
        service=check.service,
        account=account,
        region=region,
        resource=account,
        resource_label=_ACCOUNT_LABELS[check.provider],
        reason=reason,
        message=message,
    )


def _crashed(check: Check, error: Exception) -> Finding:
    return Finding(
        id=finding_id(check.id, "-", None),
        check=check.id,
        status=FindingStatus.ERROR,
        severity=check.severity,
        provider=check.provider,
        service=check.service,
        account=None,
        region=None,
        resource="-",
        resource_label=check.resource,
        message=f"The check itself failed: {type(error).__name__}: {error}",
    )


def _name(node: Node) -> str:
    return str(node.properties.get("name") or node.id)
