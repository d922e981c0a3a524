"""Findings as they are written for others: with their check's texts, the tags of the resource, and
the failed calls that leave them open."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar

from pydantic import Field

from ..graph.model import Coverage, Status
from ..graph.snapshot import Snapshot
from .check import Check
from .finding import Finding, FindingStatus
from .mutes import AnswerRow, Decided, MutedRow, Mutes

F = TypeVar("F", bound=Finding)

_CALL_IN_MESSAGE = re.compile(r"\(([\w.:/{}-]+): ([\w.-]+)\)")
"""How messages name a failed call: its operation and the code of its error."""


class ReportedFinding(Finding):
    """A finding with all that is known about it. These keys are what ``clew check -f json``
    writes."""

    title: str = Field(description="What should be so.")
    why: str = Field(description="What an attacker or an accident makes of it.")
    remediation: str = Field(description="What to do.")
    references: list[str] = Field(description="Where to read on.")
    compliance: list[str] = Field(description="Controls that ask for it.")
    tags: list[str] | None = Field(
        description="The resource's tags as `key=value`; null if they were not read, or it has "
        "none to read."
    )
    failed_calls: list[str] = Field(
        description="What could not be read and leaves it open, as `service:Operation`."
    )
    time: datetime = Field(description="When the scan began that it is about.")
    muted: MutedRow | None = Field(
        None, description="If it is muted: `why`, and `until` when; null otherwise."
    )
    answer: AnswerRow | None = Field(
        None,
        description="If it is MANUAL and somebody found it out: the `verdict`, `who` gave it, "
        "`when`, `why`, and `until` when it holds; null otherwise.",
    )


class FailedCalls:
    """The failed calls of a scan, found again in the messages of findings."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._services = snapshot.schema.services
        self._failed: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
        for record in snapshot.coverage:
            if record.status != Status.OK:
                for name in {record.operation, record.call}:
                    self._failed[name, record.code or record.status].append(record)

    def behind(self, found: Finding) -> list[Coverage]:
        """The failed calls that a finding's message names. The message gives the operation; where
        several services or accounts have failed alike, those count that it names."""
        calls: dict[Coverage, None] = {}
        for named in _CALL_IN_MESSAGE.findall(found.message):
            alike = self._failed.get(named, [])
            alike = _narrowed(alike, "account", self._accounts(found, alike))
            calls |= dict.fromkeys(_narrowed(alike, "service", self._owners(found)))
        return list(calls)

    def left_open(self, findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
        """How many MANUAL findings each call in each account leaves open, by
        ``service:Operation`` and account."""
        return Counter(
            place
            for found in findings
            if found.status == FindingStatus.MANUAL
            for place in {(record.call, record.account) for record in self.behind(found)}
        )

    def _accounts(self, found: Finding, alike: Iterable[Coverage]) -> set[str]:
        named = {record.account for record in alike if record.account in found.message}
        return named or {found.account or ""}

    def _owners(self, found: Finding) -> set[str]:
        words = re.findall(r"\w+", found.message)
        named = {self._services[word] for word in words if word in self._services}
        return named | {self._services.get(node.label, "") for node in found.evidence.nodes}


def _narrowed(records: list[Coverage], field: str, to: set[str]) -> list[Coverage]:
    return [record for record in records if getattr(record, field) in to] or records


def reported(
    findings: Sequence[Finding],
    checks: Iterable[Check],
    snapshot: Snapshot,
    decided: Decided | None = None,
) -> list[ReportedFinding]:
    """The findings of a scan, of these checks, with all that is known about them, and what was
    ``decided`` about them."""
    decided = decided or Decided({}, {})
    by_id = {check.id: check for check in checks}
    tags = _tags(findings, snapshot)
    failed = FailedCalls(snapshot)
    return [
        ReportedFinding.model_construct(
            **vars(found),
            title=by_id[found.check].title,
            why=by_id[found.check].why,
            remediation=by_id[found.check].remediation,
            references=list(by_id[found.check].references),
            compliance=list(by_id[found.check].compliance),
            tags=tags.get((found.resource_label, found.resource)),
            failed_calls=sorted({record.call for record in failed.behind(found)}),
            time=snapshot.manifest.started,
            muted=decided.muted.get(found.id),
            answer=decided.answers.get(found.id),
        )
        for found in findings
    ]


def about_tagged(findings: Sequence[F], snapshot: Snapshot, wanted: Collection[str]) -> list[F]:
    """The findings about resources with one of these tags, as ``key=value``. What no tags were read
    of may have them, so findings about it stay."""
    tags = _tags(findings, snapshot)
    return [
        found
        for found in findings
        if (known := tags.get((found.resource_label, found.resource))) is None
        or not {*wanted}.isdisjoint(known)
    ]


def decided_on(
    findings: Sequence[Finding], snapshot: Snapshot, mutes: Mutes, today: date
) -> Decided:
    """What a file of mutes says about the findings of a scan."""
    return mutes.on(findings, _tags(findings, snapshot) if mutes.ask_tags else {}, today)


def _tags(
    findings: Iterable[Finding], snapshot: Snapshot
) -> dict[tuple[str, str], list[str] | None]:
    """The tags of the findings' resources, by label and id."""
    import pyarrow as pa
    import pyarrow.compute as pc  # a tenth of a second, which only a run of checks should wait

    wanted: dict[str, set[str]] = defaultdict(set)
    for found in findings:
        wanted[found.resource_label].add(found.resource)
    known: dict[tuple[str, str], list[str] | None] = {}
    for label in sorted(wanted.keys() & {*snapshot.labels}):
        table = snapshot.nodes(label).select(["id", "tags"])
        here = table.filter(pc.is_in(table["id"], value_set=pa.array(sorted(wanted[label]))))
        known |= {(label, row["id"]): row["tags"] for row in here.to_pylist()}
    return known
