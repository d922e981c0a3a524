"""A large estate of real labels: the demo's AWS part, copied over many accounts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clew.cli.scans import DEMO, open_scan
from clew.collectors.registry import models
from clew.graph import snapshot
from clew.graph.linking import Edge, ResourceGraph
from clew.graph.model import ListingStatus, Resource, Scope
from clew.graph.schema import EdgeType
from clew.graph.snapshot import Snapshot

_ACCOUNTS = ("111122223333", "444455556666")


def multiplied(folder: Path, resources: int) -> Snapshot:
    """A snapshot with at least so many resources."""
    demo = open_scan(DEMO)
    each = sum(demo.nodes(label).num_rows for label in demo.labels if label.startswith("AWS"))
    return copied(folder, -(-resources // each))


def of_accounts(folder: Path, accounts: int) -> Snapshot:
    """A snapshot of so many accounts, or one more."""
    return copied(folder, -(-accounts // len(_ACCOUNTS)))


def copied(folder: Path, copies: int) -> Snapshot:
    """A snapshot with so many copies of the demo's AWS part.

    In each copy the accounts have other numbers and global names another prefix, so that copies
    share nothing but the internet.
    """
    demo = open_scan(DEMO)
    graph = ResourceGraph()
    reads: list[ListingStatus] = []
    accounts: list[str] = []
    by_label = {model.label: model for model in models()}
    for copy in range(copies):
        for node in _nodes(demo, copy, by_label):
            graph.nodes[node.id] = node
        for pair, edge in _edges(demo, copy):
            graph.edges[pair].append(edge)
        accounts += [_renamed(account, copy) for account in _ACCOUNTS]
        reads += [
            read._replace(account=_renamed(read.account, copy))
            for read in demo.reads
            if read.account in _ACCOUNTS
        ]
    regions = demo.scope.regions[_ACCOUNTS[0]]
    now = datetime.now(UTC)
    return snapshot.write(
        folder,
        graph,
        demo.schema,
        scope=Scope(
            accounts={"aws": accounts},
            regions=dict.fromkeys(accounts, regions),
            labels=demo.scope.labels,
        ),
        coverage=[],
        reads=reads,
        started=now,
        finished=now,
    )


def _nodes(demo: Snapshot, copy: int, by_label: dict[str, type[Resource]]) -> Iterator[Resource]:
    for label in demo.labels:
        model = by_label[label]
        if model.provider in ("aws", "any"):
            for row in demo.nodes(label).drop_columns("provider").to_pylist():
                yield model.model_construct(**_copied(row, copy))


def _edges(demo: Snapshot, copy: int) -> Iterator[tuple[EdgeType, Edge]]:
    for pair in demo.pairs:
        if {pair.source[:3], pair.target[:3]} <= {"AWS", "Int", "Unk"}:
            for row in demo.edges(pair).to_pylist():
                renamed = _copied(row, copy)
                yield (
                    pair,
                    Edge(renamed.pop("source"), renamed.pop("target"), renamed),  # type: ignore[arg-type]
                )


def _copied(row: dict[str, Any], copy: int) -> dict[str, Any]:
    copied: dict[str, Any] = json.loads(_renamed(json.dumps(row), copy))
    return copied


def _renamed(text: str, copy: int) -> str:
    for account in _ACCOUNTS:
        text = text.replace(account, f"{int(account) + copy:012d}")
    return text.replace("arn:aws:s3:::", f"arn:aws:s3:::{copy}-")
