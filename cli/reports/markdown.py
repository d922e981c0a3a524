"""Markdown: a section for each check, what fails first."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from ..markdown import plain
from . import by_check, decided_words

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one document."""
    numbers = Counter(str(found.status) for found in findings if not found.muted)
    muted = sum(found.muted is not None for found in findings)
    stream.write("# Findings\n\n| answer | findings |\n|---|---|\n")
    for status in ("ERROR", "FAIL", "MANUAL", "PASS"):
        stream.write(f"| {status} | {numbers[status]} |\n")
    if muted:
        stream.write(f"| muted | {muted} |\n")
    for check, found in by_check(findings).items():
        first = found[0]
        stream.write(f"\n## {plain(first.title)}\n\n")
        stream.write(f"`{check}`, {first.severity}. {plain(first.why)}\n\n")
        for each in found:
            where = ", ".join(part for part in (each.account, each.region) if part)
            said = " ".join([each.message, *decided_words(each)])
            stream.write(f"- **{each.status}** {plain(said)}\n")
            stream.write(f"  - {plain(f'{each.resource} ({where})' if where else each.resource)}\n")
        stream.write(f"\nRemediation: {plain(first.remediation)}\n")
        for reference in first.references:
            stream.write(f"\n- <{reference}>")
        if first.references:
            stream.write("\n")
        if first.compliance:
            stream.write(f"\nCompliance: {plain(', '.join(first.compliance))}\n")
