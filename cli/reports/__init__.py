"""Findings in the formats of other tools: a module each, imported when it is asked for.

A module has a function ``write``, which takes findings with all that is known about them, and a
stream.
"""

from collections import defaultdict
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding

REPORTS = ("ocsf", "asff", "sarif", "junit", "html", "markdown")


def write_report(form: str, findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes findings in one of the :data:`REPORTS`."""
    import_module(f".{form}", __package__).write(findings, stream)


def by_check(
    findings: "Sequence[ReportedFinding]",
) -> "dict[str, list[ReportedFinding]]":
    """The findings of each check, in their order."""
    found: dict[str, list[ReportedFinding]] = defaultdict(list)
    for each in findings:
        found[each.check].append(each)
    return found


def name_of(found: "ReportedFinding") -> str:
    """What a finding's resource is called."""
    names = (node.name for node in found.evidence.nodes if node.id == found.resource)
    return next(filter(None, names), found.resource)


def decided_words(found: "ReportedFinding") -> list[str]:
    """What a team has decided about a finding, a sentence each."""
    words = []
    if found.muted:
        until = f" until {found.muted.until}" if found.muted.until else ""
        words.append(f"Muted{until}: {found.muted.why}")
    if answer := found.answer:
        until = f", holds until {answer.until}" if answer.until else ""
        why = f": {answer.why}" if answer.why else "."
        words.append(f"Answered {answer.verdict} by {answer.who} on {answer.when}{until}{why}")
    return words
