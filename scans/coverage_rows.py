"""How the calls of a scan ended, with what each failed one leaves open."""

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from .documents import CoverageRow

if TYPE_CHECKING:
    from ..graph.model import Coverage
    from ..graph.snapshot import Snapshot


class LeftOpen(NamedTuple):
    """What the checks that were run on a scan say of its failed calls."""

    checks: int
    """How many were run."""
    findings: Mapping[tuple[str, str], int]
    """How many of their MANUAL findings each call leaves open, by call and account."""


def left_open(snapshot: "Snapshot") -> LeftOpen | None:
    """What failed calls leave open; None if no check was run on the scan."""
    from ..checks.kept import known_findings
    from ..checks.report import FailedCalls

    known = known_findings(snapshot)
    if not known:
        return None
    findings = chain.from_iterable(known.values())
    return LeftOpen(len(known), FailedCalls(snapshot).left_open(findings))


def worst_first(snapshot: "Snapshot", found: LeftOpen | None) -> "list[Coverage]":
    """The calls of a scan: the worst first, and of these what leaves most open."""
    from ..graph.model import Status

    order = list(Status)
    numbers = found.findings if found else {}
    return sorted(
        snapshot.coverage,
        key=lambda record: (
            -order.index(record.status),
            -numbers.get((record.call, record.account), 0),
            record,
        ),
    )


def coverage_row(record: "Coverage", found: LeftOpen | None) -> CoverageRow:
    """How a call ended."""
    return CoverageRow(
        **record._asdict(),
        permission=permission(record),
        findings=found and found.findings.get((record.call, record.account), 0),
    )


def permission(record: "Coverage") -> str | None:
    """What to grant, where a call was denied."""
    from ..collectors.registry import permission_of

    return permission_of(record.provider, record.call) if record.status == "denied" else None
