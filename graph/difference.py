"""What differs between two scans: resources, their fields, and edges.

What one of the scans did not read is neither new nor gone: it is said apart, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from .derivation import Derivation, absence_rests_on, derivations
from .document_changes import PartChange, part_changes
from .linking import UNREAD
from .model import MissingReason
from .model.vocabulary import DERIVED
from .scan_coverage import Place, ScanCoverage
from .schema import EdgeType
from .snapshot import Snapshot

_NOT_FIELDS = ("id", "missing", "provider")


class Change(StrEnum):
    """What became of something from one scan to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNREAD = "unread"
    """The new scan did not read it: whether it is still there, or what it is now, is not known."""
    NEWLY_READ = "newly_read"
    """The old scan did not read it: whether it is new is not known."""


class FieldChange(NamedTuple):
    """A field with another value than before."""

    name: str
    change: Change
    old: Any
    new: Any
    parts: Sequence[PartChange] = ()
    """Of a document or a list, the parts that differ."""


@dataclass(frozen=True)
class ResourceChange:
    """A resource that is not as it was."""

    change: Change
    label: str
    id: str
    name: str
    account: str | None
    region: str | None
    fields: Sequence[FieldChange] = ()
    reason: str = ""
    """Why it was not read, if it was not."""
    row: Mapping[str, Any] | None = None
    """Its fields in the one scan that has it."""


@dataclass(frozen=True)
class EdgeChange:
    """An edge that is not as it was."""

    change: Change
    source: str
    type: str
    target: str
    via: str = ""
    """The field that tells of it, of the resource at one of its ends; empty if it is derived."""
    fields: Sequence[FieldChange] = ()
    reason: str = ""


class _Side:
    """One of two scans."""

    def __init__(self, snapshot: Snapshot, called: str) -> None:
        self.snapshot = snapshot
        self.called = called
        self.coverage = ScanCoverage(snapshot)

    @cached_property
    def missing(self) -> Mapping[str, str]:
        """The reason of each node that only stands for something, by id."""
        found: dict[str, str] = {}
        for label in self.snapshot.labels:
            table = self.snapshot.nodes(label, ["id", "missing"])
            found |= {row["id"]: row["missing"] for row in table.to_pylist() if row["missing"]}
        return found

    def rows(self, label: str) -> dict[str, dict[str, Any]]:
        """The resources of a label, by id; what is missing is none."""
        if label not in self.snapshot.schema.labels:
            return {}
        rows = self.snapshot.nodes(label).to_pylist()
        return {row["id"]: row for row in rows if not row["missing"]}

    def why_unread(self, label: str, row: Mapping[str, Any]) -> str:
        """Why this scan cannot say whether a resource is there that it does not have; empty if it
        can: it is not there."""
        account = row.get("account") or ""
        if account not in self.coverage.scope.all_accounts:
            return f"account {account} is not in the {self.called} scan"
        if label not in self.snapshot.schema.labels:
            return f"the {self.called} scan was made before Clew collected {label}"
        reason = self.missing.get(row["id"])
        if reason and reason != MissingReason.NOT_FOUND:
            return f"in the {self.called} scan it {MissingReason(reason).meaning}"
        places = [Place(account, row.get("region"))]
        return self.why_open([label], row["provider"], places)

    def why_open(self, labels: Iterable[str], provider: str, places: Sequence[Place]) -> str:
        """Which of some labels this scan did not list at some places; empty if it listed all."""
        if not self.coverage.scope.accounts.get(provider):
            return f"the {self.called} scan did not read {provider}"
        found = self.coverage.why_open(labels, provider, places)
        return f"in the {self.called} scan {found[1]}" if found else ""


class Difference:
    """What differs between two scans."""

    def __init__(self, old: Snapshot, new: Snapshot) -> None:
        self.old = _Side(old, "old")
        self.new = _Side(new, "new")

    @cached_property
    def resources(self) -> Sequence[ResourceChange]:
        """The resources that are not as they were, by label and id."""
        labels = sorted({*self.old.snapshot.labels, *self.new.snapshot.labels})
        return [change for label in labels for change in self._resources(label)]

    @cached_property
    def by_id(self) -> Mapping[str, ResourceChange]:
        """The same by id."""
        return {change.id: change for change in self.resources}

    @cached_property
    def edges(self) -> Sequence[EdgeChange]:
        """The edges that are not as they were, by the labels they join."""
        pairs = sorted({*self.old.snapshot.pairs, *self.new.snapshot.pairs})
        return [change for pair in pairs for change in self._edges(pair)]

    @cached_property
    def edges_by_end(self) -> Mapping[str, Sequence[EdgeChange]]:
        """The same by each of their ends."""
        found: dict[str, list[EdgeChange]] = defaultdict(list)
        for change in self.edges:
            for end in dict.fromkeys((change.source, change.target)):
                found[end].append(change)
        return found

    def _resources(self, label: str) -> Iterator[ResourceChange]:
        old, new = self.old.rows(label), self.new.rows(label)
        for id_ in sorted({*old, *new}):
            before, after = old.get(id_), new.get(id_)
            if before and after:
                if before != after and (found := _changed(label, before, after)):
                    yield found
            elif before:
                if before["account"]:
                    reason = self.new.why_unread(label, before)
                    change = Change.UNREAD if reason else Change.REMOVED
                    yield _one_sided(change, label, before, reason)
            elif after and after["account"]:
                reason = self.old.why_unread(label, after)
                change = Change.NEWLY_READ if reason else Change.ADDED
                yield _one_sided(change, label, after, reason)

    def _edges(self, pair: EdgeType) -> Iterator[EdgeChange]:
        old, new = _grouped(self.old.snapshot, pair), _grouped(self.new.snapshot, pair)
        for ends in sorted({*old, *new}):
            before, after = old.get(ends, []), new.get(ends, [])
            if before == after or any(end.startswith(UNREAD) for end in ends):
                continue
            via = next((row["via"] for row in (*before, *after) if row.get("via")), "")
            if before and after:
                if fields := _edge_fields(before, after):
                    yield EdgeChange(Change.CHANGED, ends[0], pair.rel, ends[1], via, fields)
            elif before:
                reason = self._unread_edge(pair, ends, via, Change.UNREAD)
                change = Change.UNREAD if reason else Change.REMOVED
                yield EdgeChange(change, ends[0], pair.rel, ends[1], via, reason=reason)
            else:
                reason = self._unread_edge(pair, ends, via, Change.NEWLY_READ)
                change = Change.NEWLY_READ if reason else Change.ADDED
                yield EdgeChange(change, ends[0], pair.rel, ends[1], via, reason=reason)

    def _unread_edge(self, pair: EdgeType, ends: tuple[str, str], via: str, unread: Change) -> str:
        """Why the scan that does not have an edge cannot say that it is not there."""
        changes = [found for end in ends if (found := self.by_id.get(end))]
        for change in changes:
            if change.change == unread and change.reason:
                return f"{change.name}: {change.reason}"
            if any(field.name == via and field.change == unread for field in change.fields):
                return f"{via} of {change.name} could not be read"
        if via or pair.rel not in DERIVED or any(change.row for change in changes):
            return ""
        return self.newly_unlisted([pair], unread)

    def newly_unlisted(self, derived: Iterable[EdgeType], unread: Change) -> str:
        """What derived edges rest on that one scan listed and the other did not: the new one if
        they may be gone, else the old one. Empty if there is nothing."""
        here, there = (self.new, self.old) if unread == Change.UNREAD else (self.old, self.new)
        wanted = [*derived]
        for provider in there.snapshot.scope.accounts:
            known = [each for each in self._derivations if each.provider == provider]
            for label in sorted(absence_rests_on(known, wanted)):
                if not there.why_open([label], provider, [Place()]) and (
                    reason := here.why_open([label], provider, [Place()])
                ):
                    return reason
        return ""

    @cached_property
    def _derivations(self) -> Sequence[Derivation]:
        return derivations(self.new.snapshot.schema)


def _one_sided(
    change: Change, label: str, row: Mapping[str, Any], reason: str = ""
) -> ResourceChange:
    name = row["name"] or row["id"]
    return ResourceChange(
        change, label, row["id"], name, row["account"], row["region"], reason=reason, row=row
    )


def _changed(
    label: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> ResourceChange | None:
    fields = [
        found
        for name in sorted({*before, *after} - {*_NOT_FIELDS})
        if (found := _field(name, before.get(name), after.get(name)))
    ]
    if not fields:
        return None
    kinds = {field.change for field in fields}
    worst = (Change.CHANGED, Change.UNREAD, Change.NEWLY_READ)
    change = next(each for each in worst if each in kinds)
    name = after["name"] or before["name"] or after["id"]
    return ResourceChange(
        change, label, after["id"], name, after["account"], after["region"], fields
    )


def _field(name: str, old: Any, new: Any) -> FieldChange | None:
    if old == new:
        return None
    if new is None:
        return FieldChange(name, Change.UNREAD, old, None)
    if old is None:
        return FieldChange(name, Change.NEWLY_READ, None, new)
    parts = part_changes(old, new)
    if not parts:
        return None
    whole = len(parts) == 1 and not parts[0].path
    return FieldChange(name, Change.CHANGED, old, new, () if whole else parts)


def _grouped(snapshot: Snapshot, pair: EdgeType) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The properties of a pair's edges, by their ends."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    if pair in {*snapshot.pairs}:
        for row in snapshot.edges(pair).to_pylist():
            found[row.pop("source"), row.pop("target")].append(row)
    return found


def _edge_fields(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[FieldChange]:
    """The properties in which the edges between two ends differ."""
    names = sorted({name for row in (*old, *new) for name in row})
    found = []
    for name in names:
        before = [row.get(name) for row in old if row.get(name) is not None]
        after = [row.get(name) for row in new if row.get(name) is not None]
        parts = part_changes(before, after)
        if parts:
            one = len(before) == len(after) == 1
            was, now = (before[0], after[0]) if one else (before, after)
            found.append(FieldChange(name, Change.CHANGED, was, now, parts))
    return found
