"""A small estate in, the exact verdicts of a check out, on the embedded store."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from clew.checks import Check, Finding, FindingStatus, checks, run
from clew.collectors.registry import collectors, models
from clew.graph.derivation import derive_into, written
from clew.graph.linking import Exists, ResourceGraph, link
from clew.graph.model import Coverage, ListingStatus, Resource, Scope, Status
from clew.graph.schema import Schema
from clew.graph.stores.ladybug import open_embedded
from support.exposing import EXPOSURE
from support.writing import part_of, write

ACCOUNT = "111122223333"
REGION = "us-east-1"


@dataclass
class Estate:
    """Resources as collectors would have read them, in a scan that read everything else too.

    ``unread`` names labels whose listing failed: everywhere, or as ``(label, account)`` or
    ``(label, account, region)`` in one place only; ``regions`` and ``accounts`` what was scanned,
    ``others`` the accounts of further clouds by provider, ``directories`` in which of these the
    principals of an account are; ``uncollected`` labels that did not exist
    yet when the scan was made; ``exists`` what a probe for a label's globally unique keys would
    answer.
    """

    resources: list[Resource]
    unread: Collection[str | tuple[str, ...]] = ()
    accounts: tuple[str, ...] = (ACCOUNT,)
    regions: tuple[str, ...] = (REGION,)
    provider: str = "aws"
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    directories: Mapping[str, str] = field(default_factory=dict)
    uncollected: Collection[str] = ()
    coverage: Iterable[Coverage] = field(default_factory=list)
    exists: Mapping[str, Exists] = field(default_factory=dict)


def judge(asked: str | Check, estate: Estate) -> list[Finding]:
    """The findings of a check, or of the one with an id, on an estate that was linked, derived,
    stored and queried."""
    found = checks()[asked] if isinstance(asked, str) else asked
    check = found.resolved(Schema.of(models()))
    scope, reads = readings(estate)
    graph = link(estate.resources, models(), reads, scope, estate.exists)
    derive_into(graph, reads, models(), EXPOSURE)
    used = _labels_used(check, graph) - {*estate.uncollected}
    schema = part_of(Schema.of(models(), written(EXPOSURE)), used)
    with TemporaryDirectory() as folder:
        scan = write(Path(folder) / "scan", graph, schema, scope, estate.coverage, reads)
        with open_embedded(scan, Path(folder) / "cache") as store:
            findings = run([check], store, scan).findings
    crashed = [found.message for found in findings if found.status == FindingStatus.ERROR]
    assert not crashed, crashed
    return findings


def verdicts(check_id: str, estate: Estate) -> dict[str, str | tuple[str, str]]:
    """By resource name (``name → target name`` where there is a target): PASS, FAIL, or MANUAL
    with its reason."""
    answers: dict[str, str | tuple[str, str]] = {}
    for found in judge(check_id, estate):
        names = {node.id: node.name or node.id for node in found.evidence.nodes}
        key = names.get(found.resource, found.resource)
        if found.target:
            key = f"{key} → {names[found.target]}"
        assert key not in answers, f"two findings for {key}"
        answers[key] = (found.status.value, found.reason) if found.reason else found.status.value
    return answers


def readings(estate: Estate) -> tuple[Scope, list[ListingStatus]]:
    """What the scan set out to read, and how its listings ended."""

    def read(label: str, account: str, region: str) -> ListingStatus:
        places = {label, (label, account), (label, account, region)}
        failed = not places.isdisjoint(estate.unread)
        how = (Status.DENIED, "List", "AccessDenied") if failed else (Status.OK, "", "")
        return ListingStatus(label, account, region, *how)

    accounts = {estate.provider: estate.accounts, **estate.others}
    reads = [
        read(model.label, account, region)
        for provider in accounts
        for collector in collectors(provider)
        for model in collector.models()
        for account in accounts[provider]
        for region in (estate.regions if collector.regional else ("global",))
    ]
    scope = Scope(
        accounts={provider: list(those) for provider, those in accounts.items()},
        regions={account: list(estate.regions) for those in accounts.values() for account in those},
        directories=dict(estate.directories),
        labels=sorted({read.label for read in reads} - {*estate.uncollected}),
    )
    return scope, reads


def _labels_used(check: Check, graph: ResourceGraph) -> set[str]:
    """Only the labels that matter, since creating every table takes half a second a test."""
    return {*check.labels, *(node.label for node in graph.nodes.values())}
