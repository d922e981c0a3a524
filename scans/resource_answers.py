"""Answers about resources: all of them in short, one with its references, and the map."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.model import Status
from .documents import (
    RESOURCES_FORMAT,
    FailedGroupRow,
    GapRow,
    GroupEdgeRow,
    GroupRow,
    MapAnswer,
    ReferenceRow,
    ResourceAnswer,
    ResourceRow,
    UnreadField,
)

if TYPE_CHECKING:
    from ..graph.schema import EdgeType
    from ..graph.snapshot import Snapshot
    from ..graph.traversal import Readable

_PLACE = ("provider", "account", "region")
_IN_SHORT = ("id", "name", *_PLACE, "missing")
_MOST_AT_ONCE = 10_000
"""Resources of a scan that is read whole, whatever is asked of it."""


class ScannedResources:
    """The resources of a scan, read when they are first asked for."""

    def __init__(self, snapshot: "Snapshot") -> None:
        self._snapshot = snapshot
        self._gaps: dict[str, list[GapRow]] = {}

    @cached_property
    def by_id(self) -> dict[str, ResourceRow]:
        """All resources in short, the missing ones too."""
        schema = self._snapshot.schema
        return {
            row["id"]: ResourceRow(
                id=row["id"],
                label=label,
                service=schema.services.get(label, ""),
                missing=row["missing"],
                **{key: row[key] or "" for key in ("name", "provider", "account", "region")},
            )
            for label in self._snapshot.labels
            for row in self._in_short(label)
        }

    def account_names(self) -> dict[str, str]:
        """What the accounts, subscriptions, projects and tenants are called that were read."""
        labels = self._snapshot.schema.account_labels.values()
        return {
            row["account"]: row["name"]
            for label in labels
            if label in self._snapshot.labels
            for row in self._in_short(label)
            if row["account"] and row["name"] and not row["missing"]
        }

    def answer(self, id_: str) -> ResourceAnswer:
        """A resource with all that the graph holds of it.

        :raises UsageError: if there is none of this identity.
        """
        row = self.by_id.get(id_)
        if row is None:
            raise UsageError(f"No resource has the identity '{id_}'.")
        properties, unread = self.details(row)
        return ResourceAnswer(
            format=RESOURCES_FORMAT,
            resource=row,
            properties=properties,
            unread=unread,
            references=[
                ReferenceRow(direction=way, type=type_, other=self.by_id[other], properties=own)
                for way, type_, other, own in self._edges_of(row)
            ],
            gaps=self.gaps(row.label),
        )

    def details(self, row: ResourceRow) -> tuple[dict[str, Any], list[UnreadField]]:
        """The properties of a resource that were read, and those that were not. Of a missing one
        nothing was."""
        found = next(node for node in self._nodes(row.label, row.id) if node["id"] == row.id)
        return self._told_apart(row, found)

    def all_details(self) -> Iterator[tuple[dict[str, Any], list[UnreadField]]]:
        """The same of all resources, in their order."""
        for label in self._snapshot.labels:
            for node in self._reader.nodes(label):
                yield self._told_apart(self.by_id[node["id"]], node)

    def _told_apart(
        self, row: ResourceRow, found: dict[str, Any]
    ) -> tuple[dict[str, Any], list[UnreadField]]:
        calls = self._snapshot.schema.calls.get(row.label, {})
        unread = [
            UnreadField(property=name, call=calls.get(name, ""))
            for name, value in found.items()
            if value is None and name not in _IN_SHORT
        ]
        properties = {name: value for name, value in found.items() if value is not None}
        return properties, [] if row.missing else unread

    def edges(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        """Every edge: source, type, target, and its own properties as far as they are set."""
        for pair in self._reader.pairs:
            for source, target, properties in self._reader.edges(pair):
                yield source, pair.rel, target, _set(properties)

    def gaps(self, label: str) -> list[GapRow]:
        """What was not read and may lead to resources of a label."""
        if label not in self._gaps:
            from ..graph.derivation import derivations
            from ..graph.gaps import gaps
            from ..graph.model.vocabulary import DERIVED
            from ..graph.scan_coverage import ScanCoverage

            schema = self._snapshot.schema
            to = [pair for pair in schema.pairs if pair.target == label]
            found = gaps(
                ScanCoverage(self._snapshot),
                derivations(schema),
                [pair for pair in to if pair.rel in DERIVED],
                {pair.source for pair in to if pair.rel not in DERIVED} & {*self._listed},
            )
            self._gaps[label] = [GapRow.of(gap) for gap in found]
        return self._gaps[label]

    def map(self) -> MapAnswer:
        """The whole graph by cloud, account, region, service and label."""
        groups: dict[tuple[str, ...], int] = {}
        place: dict[str, int] = {}
        resources: Counter[int] = Counter()
        missing: Counter[int] = Counter()
        for label in self._snapshot.labels:
            service = self._snapshot.schema.services.get(label, "")
            for row in self._in_short(label):
                provider, account, region = (row[key] or "" for key in _PLACE)
                key = (provider, account, region, service, label)
                number = place[row["id"]] = groups.setdefault(key, len(groups))
                resources[number] += 1
                missing[number] += row["missing"] is not None
        between: Counter[tuple[int, int]] = Counter()
        for pair in self._snapshot.pairs:
            table = self._snapshot.edges(pair)
            ends = zip(table["source"].to_pylist(), table["target"].to_pylist(), strict=True)
            between.update((place[source], place[target]) for source, target in ends)
        return MapAnswer(
            format=RESOURCES_FORMAT,
            accounts=self._snapshot.scope.accounts,
            account_names=self.account_names(),
            groups=[
                GroupRow(
                    provider=provider,
                    account=account,
                    region=region,
                    service=service,
                    label=label,
                    resources=resources[number],
                    missing=missing[number],
                )
                for (provider, account, region, service, label), number in groups.items()
            ],
            edges=[
                GroupEdgeRow(source=source, target=target, edges=number)
                for (source, target), number in sorted(between.items())
                if source != target
            ],
            failed=[
                FailedGroupRow(
                    provider=provider, account=account, region=region, service=service, calls=calls
                )
                for (provider, account, region, service), calls in Counter(
                    (call.provider, call.account, call.region, call.service)
                    for call in self._snapshot.coverage
                    if call.status != Status.OK
                ).items()
            ],
        )

    @cached_property
    def _is_read_whole(self) -> bool:
        scan = self._snapshot
        return scan.is_small and sum(map(scan.node_count, scan.labels)) <= _MOST_AT_ONCE

    @cached_property
    def _reader(self) -> "Readable":
        from ..graph.snapshot.kept_rows import KeptRows
        from ..graph.traversal import SnapshotReader

        return KeptRows(self._snapshot) if self._is_read_whole else SnapshotReader(self._snapshot)

    @cached_property
    def _listed(self) -> set[str]:
        """The labels that the scan set out to read."""
        return {*self._snapshot.scope.labels}

    def _in_short(self, label: str) -> Iterator[dict[str, Any]]:
        if self._is_read_whole:
            return self._reader.nodes(label)
        return iter(self._snapshot.nodes(label, [*_IN_SHORT]).to_pylist())

    def _nodes(self, label: str, id_: str) -> Iterator[dict[str, Any]]:
        """The node of an identity, among others perhaps."""
        if self._is_read_whole:
            return self._reader.nodes(label)
        import pyarrow.compute as pc

        table = self._snapshot.nodes(label)
        return iter(table.filter(pc.equal(table["id"], id_)).to_pylist())

    def _edges_of(self, row: ResourceRow) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for pair in self._snapshot.pairs:
            if row.label not in (pair.source, pair.target):
                continue
            for source, target, properties in self._edges(pair, row.id):
                if source == row.id:
                    yield "out", pair.rel, target, _set(properties)
                if target == row.id:
                    yield "in", pair.rel, source, _set(properties)

    def _edges(self, pair: "EdgeType", id_: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The edges of a pair at a resource, among others perhaps."""
        if self._is_read_whole:
            yield from self._reader.edges(pair)
            return
        import pyarrow.compute as pc

        table = self._snapshot.edges(pair)
        is_end = pc.or_(pc.equal(table["source"], id_), pc.equal(table["target"], id_))
        for found in table.filter(is_end).to_pylist():
            yield found.pop("source"), found.pop("target"), found


def _set(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value not in (None, "", [])}
