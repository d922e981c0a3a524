"""Compares two scans: resources, edges, findings and attack paths, and why they changed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from ..graph.difference import Change, Difference, EdgeChange, FieldChange, ResourceChange
from .attack_graph import DEFAULT_SOURCES, NamedAttackGraph, ScannedAttackGraph, Working
from .checking import report_on, selected
from .diff_documents import (
    DIFF_FORMAT,
    DiffAnswer,
    EdgeRow,
    FieldRow,
    FindingRow,
    PartRow,
    PathChangeRow,
    ResourceRow,
    ScanRow,
)
from .path_answers import attack_coverage, gap_rows, path_row
from .why_changed import Reasons

if TYPE_CHECKING:
    from ..checks import Finding, Report
    from ..graph.attack.model import ExplainedPath, Step
    from ..graph.attack.search import Path, Target
    from ..graph.snapshot import Snapshot
    from .documents import GapRow

PARTS = ("paths", "findings", "resources", "edges")
"""What of two scans can be compared."""
_FAILING = ("FAIL", "ERROR")
_ORDER = ("failing", "worse", "undecided", "new_manual", "resolved", "decided")


def compare(
    old: "Snapshot",
    new: "Snapshot",
    *,
    parts: Collection[str] = PARTS,
    to: str = "admin",
    most: int = 1000,
    working: Working = nullcontext,
) -> DiffAnswer:
    """What differs between two scans, of the ``parts`` that are asked for; paths lead to a target
    as ``clew paths`` takes it, and of each scan the best ``most`` are compared.

    :raises UsageError: if the target is not in both scans.
    """
    with working("Comparing resources"):
        difference = Difference(old, new)
        resources = [_resource_row(each) for each in difference.resources]
        edges = [_edge_row(each) for each in difference.edges]
    findings: list[FindingRow] = []
    if "findings" in parts:
        with working("Comparing findings"):
            findings = _findings(difference)
    found = _Paths([], [], more=False)
    if "paths" in parts:
        with working("Comparing attack paths"):
            found = _paths(difference, to, most)
    return DiffAnswer(
        format=DIFF_FORMAT,
        old=_scan_row(old),
        new=_scan_row(new),
        paths=found.changes,
        findings=findings,
        resources=resources if "resources" in parts else [],
        edges=edges if "edges" in parts else [],
        gaps=found.gaps,
        more=found.more,
    )


def _scan_row(scan: "Snapshot") -> ScanRow:
    started = scan.manifest.started.isoformat(timespec="seconds")
    return ScanRow(started=started, accounts=sorted(scan.scope.all_accounts))


def _resource_row(change: ResourceChange) -> ResourceRow:
    return ResourceRow(
        change=change.change,
        id=change.id,
        label=change.label,
        name=change.name,
        account=change.account,
        region=change.region,
        fields=_field_rows(change.fields),
        reason=change.reason,
    )


def _edge_row(change: EdgeChange) -> EdgeRow:
    return EdgeRow(
        change=change.change,
        source=change.source,
        type=change.type,
        target=change.target,
        via=change.via,
        fields=_field_rows(change.fields),
        reason=change.reason,
    )


def _field_rows(fields: Iterable[FieldChange]) -> list[FieldRow]:
    return [
        FieldRow(
            name=each.name,
            change=each.change,
            old=each.old,
            new=each.new,
            parts=[PartRow(**part._asdict()) for part in each.parts],
        )
        for each in fields
    ]


def _findings(difference: Difference) -> list[FindingRow]:
    old, new = _report(difference.old.snapshot), _report(difference.new.snapshot)
    before = {found.id: found for found in old.findings}
    after = {found.id: found for found in new.findings}
    asked = {check.id for check in new.ran}
    open_ = {(each.check, each.resource) for each in new.findings if each.status == "MANUAL"}
    reasons = Reasons(difference)
    rows = []
    for id_ in before.keys() | after.keys():
        was, now = before.get(id_), after.get(id_)
        found = now or was
        assert found
        change, why = _judged(was, now)
        ids = [found.resource, found.target or "", *(node.id for node in found.evidence.nodes)]
        if now is None and was and change == "resolved":
            unread = reasons.unread(ids, Change.UNREAD)
            if was.check not in asked:
                change, why = "undecided", ["The check was not run on the new scan."]
            elif unread:
                change, why = "undecided", unread
            elif (was.check, was.account) in open_:
                change, why = "undecided", ["The new scan could not read all that it is about."]
        if change:
            rows.append(
                FindingRow(
                    change=change,
                    old_status=was and was.status,
                    new_status=now and now.status,
                    finding=found,
                    why=why or reasons.about(ids),
                )
            )
    rows.sort(
        key=lambda row: (
            _ORDER.index(row.change),
            row.finding.severity.rank,
            row.finding.check,
            row.finding.resource,
            row.finding.target or "",
        )
    )
    return rows


def _judged(was: "Finding | None", now: "Finding | None") -> tuple[str, list[str]]:
    """What became of a finding, if it is worth a word, and why, as far as that is known of it."""
    old, new = was and was.status, now and now.status
    if now and new in _FAILING:
        if old not in _FAILING:
            return "failing", []
        assert was
        return ("worse" if now.severity.rank < was.severity.rank else ""), []
    if now and new == "MANUAL":
        if old is None:
            return "new_manual", [now.message]
        return ("" if old == "MANUAL" else "undecided"), [now.message]
    if old in _FAILING:
        return "resolved", []
    return ("decided" if old == "MANUAL" and new == "PASS" else ""), []


def _report(scan: "Snapshot") -> "Report":
    return report_on(scan, selected(scan.scope), ScannedAttackGraph(scan))


class _Paths(NamedTuple):
    """What became of attack paths."""

    changes: list[PathChangeRow]
    gaps: "list[GapRow]"
    more: bool


class _Attack:
    """The attack paths of one scan to a target."""

    def __init__(self, scan: "Snapshot", to: str) -> None:
        from ..graph.attack.search import Search

        self.scanned = ScannedAttackGraph(scan)
        self.named = NamedAttackGraph(self.scanned)
        self.graph = self.named.graph
        self.target: Target = self.named.target(to)
        self.search: Search = Search(self.graph, self.target)
        self.sources = self.named.sources(DEFAULT_SOURCES, self.target)
        self._steps: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for step in self.graph.steps:
            reached = step.sources, step.reached.possible, step.reached.certain
            self._steps.setdefault((step.type, step.technique), []).append(reached)

    def number(self, of: "_Attack", node: int) -> int | None:
        """The number here of a node of another scan."""
        there = of.graph.nodes[node]
        return self.graph.number.get((there.id, there.state))

    def lacks(self, of: "_Attack", path: "Path") -> int | None:
        """The first step of another scan's path that there is not here; None if all are."""
        numbers = [self.number(of, node) for node in path.nodes]
        for place, step in enumerate(path.steps):
            source, target = numbers[place], numbers[place + 1]
            if source is None or target is None or not self._has(step, source, target):
                return place
        return None

    def _has(self, step: "Step", source: int, target: int) -> bool:
        return any(
            sources >> source & 1 and possible >> target & 1
            for sources, possible, _ in self._steps.get((step.type, step.technique), ())
        )

    def is_certain(self, of: "_Attack", path: "Path") -> bool:
        """Whether another scan's path, all of whose steps are here, is certain here."""
        numbers = [self.number(of, node) or 0 for node in path.nodes]
        if not self.target.certain >> numbers[-1] & 1:
            return False
        return all(
            any(
                sources >> source & 1 and certain >> target & 1
                for sources, _, certain in self._steps.get((step.type, step.technique), ())
            )
            for step, source, target in zip(path.steps, numbers, numbers[1:], strict=False)
        )

    def is_target(self, of: "_Attack", node: int) -> bool:
        """Whether a node of another scan is a target here."""
        here = self.number(of, node)
        return here is not None and bool(self.target.possible >> here & 1)


def _paths(difference: Difference, to: str, most: int) -> _Paths:
    from ..graph.attack.ranking import ranked
    from .documents import GapRow

    old, new = (_attack(side.snapshot, to) for side in (difference.old, difference.new))
    if old is None or new is None:
        words = " and the ".join(
            name for name, attack in (("old", old), ("new", new)) if attack is None
        )
        message = f"Attack paths were not compared: they cover no cloud of the {words} scan."
        return _Paths([], [GapRow(message=message)], more=False)
    reasons = _PathReasons(difference)
    came = ranked(new.search, new.sources, most)
    went = ranked(old.search, old.sources, most)
    changes = [
        *_changes(old, new, went.paths, reasons, Change.REMOVED),
        *_changes(new, old, came.paths, reasons, Change.ADDED),
    ]
    coverage = attack_coverage(difference.new.snapshot)
    for each in (old, new):
        each.scanned.keep()
    gaps = gap_rows(coverage, new.named)
    return _Paths(changes, gaps, came.more or went.more)


def _attack(scan: "Snapshot", to: str) -> _Attack | None:
    try:
        attack_coverage(scan)
    except UsageError:
        return None
    return _Attack(scan, to)


def _changes(
    having: _Attack,
    other: _Attack,
    paths: "Sequence[Path]",
    reasons: "_PathReasons",
    change: Change,
) -> Iterator[PathChangeRow]:
    """What became of the paths of one scan: those that the other does not have, and, of the new
    scan's, those that are certain now or no more."""
    from ..graph.attack.search import explain_path

    for path in paths:
        lacking = other.lacks(having, path)
        if lacking is None and other.is_target(having, path.nodes[-1]):
            was_certain = other.is_certain(having, path)
            if change == Change.ADDED and was_certain == path.conditional:
                explained = explain_path(having.graph, path)
                row = path_row(having.graph, path, explained)
                was, now = ("certain", "conditional") if was_certain else ("conditional", "certain")
                why = [f"It was {was} and is {now}.", *reasons.changed(explained)]
                yield PathChangeRow(change=Change.CHANGED, path=row, hop=None, why=why, others=True)
            continue
        explained = explain_path(having.graph, path)
        kind, why = reasons.why(explained, lacking, change)
        yield PathChangeRow(
            change=kind,
            path=path_row(having.graph, path, explained),
            hop=lacking,
            why=why,
            others=True if change == Change.ADDED else _still(having, other, path),
        )


def _still(old: _Attack, new: _Attack, path: "Path") -> bool | None:
    """Whether the source of an old path has any in the new scan."""
    source = new.number(old, path.nodes[0])
    return None if source is None else new.search.rank(source) is not None


class _PathReasons:
    """Why paths are there in one scan alone."""

    def __init__(self, difference: Difference) -> None:
        self._difference = difference
        self._reasons = Reasons(difference)
        self._unlisted: dict[Change, str] = {}

    def changed(self, explained: "ExplainedPath") -> list[str]:
        """What changed along a path that is in both scans."""
        found: dict[str, None] = {}
        for place in range(len(explained.hops)):
            found |= dict.fromkeys(self._certain(explained, place))
        return list(found)

    def why(
        self, explained: "ExplainedPath", lacking: int | None, change: Change
    ) -> tuple[Change, list[str]]:
        """What became of a path that only one scan has, of which the other lacks a step, or else
        what its end is worth."""
        unread = Change.UNREAD if change == Change.REMOVED else Change.NEWLY_READ
        if lacking is None:
            ends = [explained.target]
            if found := self._reasons.unread(ends, unread):
                return unread, found
            words = "is no such target any more" if change == Change.REMOVED else "is one only now"
            return change, [f"{explained.target} {words}.", *self._reasons.about(ends)]
        if found := self._certain(explained, lacking):
            return change, found
        hop = explained.hops[lacking]
        ids = [hop.source, hop.target, *hop.evidence, *(one.policy for one in hop.statements)]
        if found := self._reasons.unread(ids, unread):
            return unread, found
        if found := self._reasons.naming(hop.permissions, self._accounts(ids)):
            return change, found
        if found := self._reasons.about(ids):
            return change, found
        if words := self._newly_unlisted(unread):
            return unread, [f"What it rests on was not all read: {words}."]
        return change, []

    def _certain(self, explained: "ExplainedPath", place: int) -> list[str]:
        """What surely ends or begins a step: an end that is gone or new, or another statement."""
        hop = explained.hops[place]
        found: list[str] = []
        for end in dict.fromkeys((hop.source, hop.target, *hop.evidence)):
            resource = self._difference.by_id.get(end)
            if resource and resource.change in (Change.REMOVED, Change.ADDED):
                found += self._reasons.about([end])
        for one in hop.statements:
            found += self._reasons.statement(one.policy, one.index, one.called)
        for edge in self._difference.edges_by_end.get(hop.source, ()):
            policies = {one.policy for one in hop.statements}
            if edge.target in policies and edge.change in (Change.REMOVED, Change.ADDED):
                found += self._reasons.about([edge.source, edge.target])
        return list(dict.fromkeys(found))

    def _accounts(self, ids: Iterable[str]) -> set[str]:
        changes = self._difference.by_id
        rows = (changes[id_].account for id_ in ids if id_ in changes)
        named = {part for id_ in ids for part in id_.split(":") if part}
        scanned = self._difference.new.snapshot.scope.all_accounts
        return {account for account in rows if account} | {
            each for each in scanned if each in named
        }

    def _newly_unlisted(self, unread: Change) -> str:
        from ..graph.attack.step_edges import STEPS

        if unread not in self._unlisted:
            self._unlisted[unread] = self._difference.newly_unlisted(STEPS, unread)
        return self._unlisted[unread]
