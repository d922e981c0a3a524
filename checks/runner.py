"""Runs checks over a store and turns their rows into findings, three-valued throughout."""

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..graph.derivation import Derivation, absence_rests_on, derivations, never_derived, seen
from ..graph.garbage import gc_paused
from ..graph.model import MissingReason
from ..graph.model.vocabulary import DERIVED
from ..graph.scan_coverage import ScanCoverage, unlisted_words
from ..graph.schema import EdgeType
from ..graph.snapshot import Snapshot
from ..graph.stores.store import Node, Store
from ..graph.traversal import load_snapshot
from .access_rule import AccessRule
from .check import Check, Cypher, Place, Row, Severity, Traversal, plain
from .evidence import add_edges, add_nodes, evidence_node, ids_in, unknown_node
from .finding import Evidence, EvidenceNode, Finding, FindingStatus, finding_id
from .path_rule import PathRule

if TYPE_CHECKING:
    import networkx

    from ..graph.attack.model import AttackGraph

UNREADABLE_FIELD = "UNREADABLE_FIELD"
_OVER_PATHS = (PathRule, AccessRule)
"""The rules that walk the graph of what decides on steps."""
_ORDER = (FindingStatus.FAIL, FindingStatus.MANUAL, FindingStatus.PASS)


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
    named: Sequence[str]
    """Ids of further evidence."""
    values: Mapping[str, Any]
    places: Sequence[Place]
    """Where the labels that it rests on must have been listed."""
    undecided_by: Node | None = None
    """What leaves it open, other than the target."""
    rests_on: frozenset[EdgeType] | None = None
    """The derived edges on whose absence alone it rests, if that is not all of the rule's."""

    @property
    def involved(self) -> list[Node]:
        """The nodes that it is about or rests on."""
        others = (self.target, self.undecided_by)
        return [self.resource, *(node for node in others if node), *self.evidence]


@gc_paused()
def run(
    selected: Iterable[Check],
    store: Store | None,
    snapshot: Snapshot,
    progress: Callable[[Check], None] = lambda _: None,
    attack: "Callable[[], AttackGraph] | None" = None,
) -> Report:
    """Runs the checks on the store, which holds the snapshot; there may be none if no rule is
    Cypher. A check that crashes is an ERROR finding; the others go on.

    ``attack`` gives the scan's attack graph, if a check asks for it; else it is built for them.
    """
    coverage = ScanCoverage(snapshot)
    ran, skipped = split(selected, coverage)
    rules = [check.rule for check in ran if not coverage.uncollected(check.labels)]
    graphs = _Graphs(rules, snapshot, attack)
    derived = _Derived(snapshot)
    if store:
        _prepare(store, rules)
    shown: dict[str, EvidenceNode] = {}
    findings: list[Finding] = []
    named_in_edges: set[str] = set()
    # Checks of attack paths come first, so that what they take is not held while the others run.
    for check in sorted(ran, key=lambda check: not isinstance(check.rule, _OVER_PATHS)):
        if not isinstance(check.rule, _OVER_PATHS):
            graphs.drop_paths()
        try:
            known = derived.behind(check)
            findings += _answers(check, store, graphs, _Judge(check, coverage, known, shown))
            named_in_edges |= seen(known, check.rule.edges)
        except Exception as error:
            findings.append(_crashed(check, error))
        progress(check)
    add_nodes(findings, snapshot, named_in_edges)
    add_edges(findings, snapshot)
    return Report(in_order(findings), ran, skipped)


def _prepare(store: Store, rules: Iterable[object]) -> None:
    """Reads at once what the rules need; what is wrong with one shows when it is run."""
    with suppress(Exception):
        store.prepare((rule.text, rule.parameters) for rule in rules if isinstance(rule, Cypher))


def split(selected: Iterable[Check], coverage: ScanCoverage) -> tuple[list[Check], list[Check]]:
    """The checks about what a scan set out to read, and the others."""
    every = (check.resolved(coverage.schema) for check in selected)
    chosen = sorted(every, key=lambda check: check.id)
    ran = [check for check in chosen if coverage.applies(check.provider, check.resource)]
    return ran, [check for check in chosen if check not in ran]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as they are shown: what is wrong first, and of that the worst."""
    return sorted(
        findings,
        key=lambda found: (
            _ORDER_OF[found.status],
            found.severity.rank,
            found.check,
            found.resource,
            found.target or "",
        ),
    )


class _Derived:
    """How derived edges are worked out; to know it takes their modules."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def behind(self, check: Check) -> Sequence[Derivation]:
        """All derivations, if a check's rule is about derived edges."""
        is_derived = any(edge.rel in ("", *DERIVED) for edge in check.rule.edges)
        return self._known if is_derived else ()

    @cached_property
    def _known(self) -> Sequence[Derivation]:
        """Those of the scanned clouds: nothing of the others is in the scan."""
        scanned = self._snapshot.scope.accounts
        found = derivations(self._snapshot.schema)
        return [each for each in found if scanned.get(each.provider)]


_ORDER_OF = {
    FindingStatus.ERROR: 0,
    FindingStatus.FAIL: 1,
    FindingStatus.MANUAL: 2,
    FindingStatus.PASS: 3,
}


class _Graphs:
    """The graphs that rules walk, each loaded once and frozen: that of the traversals, and that of
    the rules over attack paths."""

    def __init__(
        self,
        rules: Sequence[Cypher | Traversal | PathRule | AccessRule],
        snapshot: Snapshot,
        attack: "Callable[[], AttackGraph] | None",
    ) -> None:
        self._snapshot = snapshot
        self._attack = attack
        self._labels = {
            label for rule in rules if isinstance(rule, Traversal) for label in plain(rule.labels)
        }
        self._of_access = {
            label for rule in rules if isinstance(rule, AccessRule) for label in rule.labels
        }
        self._has_paths = any(
            isinstance(rule, PathRule) or (isinstance(rule, AccessRule) and rule.edges)
            for rule in rules
        )

    @cached_property
    def traversed(self) -> "networkx.MultiDiGraph":
        """The graph of all labels that the traversals name."""
        return self._load(self._labels)

    @cached_property
    def paths(self) -> "networkx.MultiDiGraph":
        """The graph of what decides on steps, if any rule is about them, and of what rules look at
        that ask who may do what."""
        from ..graph.attack.coverage import step_labels

        steps = step_labels(self._snapshot.schema) if self._has_paths else frozenset[str]()
        graph = self._load(steps | self._of_access)
        if self._attack:
            graph.graph["attack"] = self._attack
        return graph

    def drop_paths(self) -> None:
        """Frees what rules over attack paths took, if any ran."""
        if vars(self).pop("paths", None) is not None and self._attack is None:
            gc.collect()  # an attack graph and what explains it refer to each other

    def _load(self, labels: Iterable[str]) -> "networkx.MultiDiGraph":
        import networkx

        known = {*labels}.intersection(self._snapshot.schema.labels)
        graph = load_snapshot(self._snapshot, known)
        graph.graph["reads"] = self._snapshot.reads
        return networkx.freeze(graph)


def _answers(check: Check, store: Store | None, graphs: _Graphs, judge: "_Judge") -> list[Finding]:
    if judge.too_new:
        return list(judge.outdated())
    return [*judge.judged(_verdicts(check, store, graphs)), *judge.unlisted()]


def _verdicts(check: Check, store: Store | None, graphs: _Graphs) -> Iterable[_Verdict]:
    if isinstance(check.rule, Cypher):
        assert store, "a rule in Cypher needs a store"
        return map(_from_columns, store.query(check.rule.text, check.rule.parameters))
    if isinstance(check.rule, Traversal):
        graph = graphs.traversed
        walked = check.rule.walk(graph)
    else:
        graph = graphs.paths
        walked = check.rule.rows(graph, check.resource)
    return (_from_row(row, graph) for row in walked)


def _from_columns(columns: Mapping[str, Any]) -> _Verdict:
    if not isinstance(columns["resource"], Node):
        raise TypeError("the rule's column `resource` is not a node")
    known = ("resource", "target", "passed", "unread", "severity", "derived_from")
    rest = {name: value for name, value in columns.items() if name not in known}
    return _Verdict(
        columns["resource"],
        columns.get("target"),
        columns["passed"],
        [_unread_words(each) for each in columns.get("unread") or ()],
        columns.get("severity"),
        [node for value in rest.values() for node in _nodes_in(value)],
        ids_in(columns.get("derived_from")),
        {name: value for name, value in rest.items() if not _nodes_in(value)},
        [_place_of(columns["resource"])],
    )


def _unread_words(unread: str) -> str:
    """A whole phrase of what could not be read; of what is missing the reason is said already."""
    is_whole = unread.endswith(tuple(reason.meaning for reason in MissingReason))
    return unread if is_whole else f"{unread} could not be read"


def _place_of(node: Node) -> Place:
    """Where a node is; a global one rests on every region of its account."""
    return Place(node.properties.get("account") or "", node.properties.get("region"))


def _nodes_in(value: Any) -> list[Node]:
    if isinstance(value, Node):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, Node)]
    return []


def _from_row(row: Row, graph: "networkx.MultiDiGraph") -> _Verdict:
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
        [node(id_) for id_ in row.evidence if id_ in graph],
        [id_ for id_ in row.evidence if id_ not in graph],
        row.values,
        row.listing_scope or [_place_of(resource)],
        node(row.undecided_by) if row.undecided_by else None,
        row.rests_on,
    )


class _Judge:
    """Turns the rows of one check into findings."""

    def __init__(
        self,
        check: Check,
        coverage: ScanCoverage,
        known: Sequence[Derivation],
        shown: dict[str, EvidenceNode],
    ) -> None:
        """``shown`` are the nodes that findings show already, by id."""
        self._shown = shown
        self._check = check
        self._coverage = coverage
        self.too_new = _too_new(check, coverage, known)
        behind = sorted(absence_rests_on(known, check.rule.edges))
        needed = {
            "PASS": (*plain(check.pass_requires_listing), *_decides_access(check)),
            "FAIL": plain(check.fail_requires_listing),
        }
        needed[check.without_edges] = (*needed[check.without_edges], *behind)
        self._required = {True: needed["PASS"], False: needed["FAIL"]}
        self._known = known

    def judged(self, verdicts: Iterable[_Verdict]) -> Iterable[Finding]:
        """The findings about resources of scanned accounts."""
        groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        for verdict in verdicts:
            properties = verdict.resource.properties
            here = properties.get("account") in self._coverage.scope.all_accounts
            if here and not properties.get("missing"):
                found = self._judge(verdict)
                groups[found.resource, found.target or ""].append(found)
        return map(_combined, groups.values())

    def _judge(self, verdict: _Verdict) -> Finding:
        check = self._check
        status, reason, message = self._decide(verdict)
        nodes = {node.id: node for node in verdict.involved}
        named = [unknown_node(id_) for id_ in verdict.named if id_ not in nodes]
        evidence = [*(self._show(nodes[id_]) for id_ in sorted(nodes)), *named]
        properties = verdict.resource.properties
        # Tens of thousands are made, of values that need no validation.
        return Finding.model_construct(
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
            reason=reason and str(reason),
            message=message,
            evidence=Evidence.model_construct(nodes=evidence, edges=[]),
        )

    def _show(self, node: Node) -> EvidenceNode:
        """A node as findings show it: many show the same."""
        found = self._shown.get(node.id)
        if found is None:
            found = self._shown[node.id] = evidence_node(node)
        return found

    def _decide(self, verdict: _Verdict) -> tuple[FindingStatus, str | None, str]:
        check, coverage, target = self._check, self._coverage, verdict.target
        name = _name(verdict.resource)
        deciding = target or verdict.undecided_by
        if deciding and deciding.properties.get("missing"):
            reason = MissingReason(deciding.properties["missing"])
            return FindingStatus.MANUAL, reason, f"{name}: {_missing_words(deciding, coverage)}."
        if verdict.passed is None:
            words = "; ".join(verdict.unread) or _unread_fields(check, verdict, coverage)
            return FindingStatus.MANUAL, UNREADABLE_FIELD, f"{name}: {words.rstrip('.')}."
        required = self._required[verdict.passed]
        if verdict.passed and verdict.rests_on is not None:
            behind = absence_rests_on(self._known, verdict.rests_on)
            required = (*plain(check.pass_requires_listing), *sorted(behind))
        unlisted = coverage.why_open(required, check.provider, verdict.places)
        if unlisted:
            reason_text, words = unlisted
            return FindingStatus.MANUAL, reason_text, f"{name}: {words}."
        template = check.passes if verdict.passed else check.fails
        message = template.format(
            resource=name,
            target=_name(target) if target else "",
            **{key: "" if value is None else value for key, value in verdict.values.items()},
        )
        if message.endswith(".."):  # a DNS name brings the dot of its sentence
            message = message.rstrip(".") + "."
        return (FindingStatus.PASS if verdict.passed else FindingStatus.FAIL), None, message

    def unlisted(self) -> Iterable[Finding]:
        """A MANUAL finding for each account where the check's resources, or what tells which they
        are, could not all be listed."""
        labels = (self._check.resource, *plain(self._check.selected_by))
        for account in self._coverage.scope.accounts[self._check.provider]:
            by_label = {each: self._coverage.unlisted(each, account) for each in labels}
            words = [f"{each} {unlisted_words(found)}" for each, found in by_label.items() if found]
            if words:
                regions = {region for places in by_label.values() for region in places}
                region = next(iter(regions)) if len(regions) == 1 else None
                message = f"{'; '.join(words)}."
                yield self._of_account(account, region, MissingReason.UNREADABLE, message)

    def outdated(self) -> Iterable[Finding]:
        """A MANUAL finding for each account if the scan is older than what the check asks of it."""
        words = f"The scan was made before Clew {self.too_new}. Scan again."
        for account in self._coverage.scope.accounts[self._check.provider]:
            yield self._of_account(account, None, MissingReason.OUT_OF_SCOPE, words)

    def _of_account(
        self, account: str, region: str | None, reason: MissingReason, message: str
    ) -> Finding:
        """A MANUAL finding about all that the check would have judged in an account. About the
        account itself it is the finding that a judgement of it would have been."""
        check = self._check
        label = self._coverage.schema.account_labels.get(check.provider, "")
        return Finding(
            id=finding_id(check.id, account, None if check.resource == label else check.resource),
            check=check.id,
            status=FindingStatus.MANUAL,
            severity=check.severity,
            provider=check.provider,
            service=check.service,
            account=account,
            region=region,
            resource=account,
            resource_label=label,
            reason=reason,
            message=message,
        )


def _decides_access(check: Check) -> tuple[str, ...]:
    """The labels without which nobody can be said not to be allowed what a check's rule asks."""
    return check.rule.pass_requires_listing if isinstance(check.rule, AccessRule) else ()


def _too_new(check: Check, coverage: ScanCoverage, known: Sequence[Derivation]) -> str:
    """What of a check Clew did not do yet when the scan was made; empty if it did it all."""
    labels = coverage.uncollected(check.labels)
    if labels:
        return f"collected {', '.join(labels)}"
    edges = never_derived(known, check.rule.edges, coverage.schema)
    words = [f"{edge.rel} edges to {edge.target}" for edge in edges]
    return f"derived {', '.join(words)}" if words else ""


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


def _unread_fields(check: Check, verdict: _Verdict, coverage: ScanCoverage) -> str:
    """Which of the fields that the rule names are unread, and on what."""
    named = set(re.findall(r"\.(\w+)", check.rule.text)) if isinstance(check.rule, Cypher) else None
    nodes = verdict.involved
    words = [
        f"{name} of {_name(node)} could not be read"
        f"{coverage.call_of(node.label, name, node.properties.get('account'))}"
        for node in nodes
        if not node.properties["missing"]
        for name in sorted(node.properties)
        if node.properties[name] is None
        and name not in ("missing", "tags")
        and (named is None or name in named)
    ]
    words += [_missing_words(node, coverage) for node in nodes if node.properties["missing"]]
    return "; ".join(dict.fromkeys(words)) or "what decides could not be read"


def _missing_words(node: Node, coverage: ScanCoverage) -> str:
    """Why a target is missing, and where it is, as far as that is known."""
    known = (node.properties.get(name) for name in ("account", "region"))
    places = [place for place in known if place and place not in ("global", _name(node))]
    where = f" ({', '.join(places)})" if places else ""
    meaning = MissingReason(node.properties["missing"]).meaning
    account = node.properties.get("account")
    unreadable = node.properties["missing"] == MissingReason.UNREADABLE
    call = coverage.failed_listing(node.label, account) if unreadable else ""
    return f"{node.label} {_name(node)}{where} {meaning}{call}"


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
