"""Compliance frameworks as data: a file each under ``compliance``, with what each requirement asks.

Which checks decide a requirement is what the checks themselves say (``compliance``). A requirement
that no check decides is not covered, and never passed.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .check import Check
from .finding import Finding

_FOLDER = Path(__file__).parent / "compliance"
_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Requirement(_Declared):
    """What a framework asks for."""

    id: _Text
    title: _Text
    """In Clew's own words."""
    partly: str = ""
    """What of it the checks leave open; empty if they decide all of it."""
    undecidable: str = ""
    """Why no scan can decide it; empty if one could."""


class Framework(_Declared):
    """A framework, as checks name it."""

    id: _Text
    """What the command line calls it."""
    name: _Text
    """What checks call it."""
    title: _Text
    provider: str = ""
    """The cloud that it is about; empty if it is about any."""
    requirements: list[Requirement]


class RequirementStatus(StrEnum):
    """What the findings of a scan come to for a requirement, the worst first."""

    ERROR = "ERROR"
    FAIL = "FAIL"
    MANUAL = "MANUAL"
    PARTLY = "PARTLY"
    """What is looked at passes; the rest is left open."""
    PASS = "PASS"
    NO_RESOURCES = "NO_RESOURCES"
    """Its checks found nothing that they are about."""
    NOT_CHECKED = "NOT_CHECKED"
    """The scan did not read what its checks are about, or they were left out."""
    NOT_COVERED = "NOT_COVERED"
    """Clew has no check for it."""
    UNDECIDABLE = "UNDECIDABLE"
    """No scan can decide it."""


class RequirementRow(BaseModel):
    """How a requirement stands in a scan."""

    requirement: str = Field(description="Its number.")
    title: str = Field(description="What it asks, in Clew's words.")
    status: RequirementStatus = Field(description="What its findings come to.")
    findings: dict[str, int] = Field(description="How many findings have which answer.")
    muted: int = Field(description="How many further findings are muted.")
    checks: list[str] = Field(description="The checks that decide it.")
    note: str = Field(description="What is left open, or why it cannot be decided.")


@cache
def frameworks() -> Mapping[str, Framework]:
    """All frameworks by id."""
    import yaml

    found = (
        Framework.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in sorted(_FOLDER.glob("*.yaml"))
    )
    return {each.id: each for each in found}


def requirements_of(check: Check) -> list[tuple[str, str]]:
    """The requirements that a check decides: the name of the framework, and the number."""
    return [
        (name.strip(), number.strip())
        for each in check.compliance
        for name, _, numbers in [each.partition(":")]
        for number in numbers.split(",")
    ]


def deciding(framework: Framework, checks: Iterable[Check]) -> dict[str, list[Check]]:
    """The checks that decide each requirement of a framework."""
    found: dict[str, list[Check]] = {each.id: [] for each in framework.requirements}
    for check in checks:
        for name, number in requirements_of(check):
            if name == framework.name and number in found:
                found[number].append(check)
    return found


def requirement_rows(
    framework: Framework,
    checks: Iterable[Check],
    ran: Iterable[Check],
    findings: Iterable[Finding],
    statuses: Mapping[str, str],
) -> list[RequirementRow]:
    """How each requirement stands; ``statuses`` are what findings count as, by their ids, empty
    where they are muted."""
    by_check: dict[str, list[Finding]] = {}
    for found in findings:
        by_check.setdefault(found.check, []).append(found)
    asked = {check.id for check in ran}
    by_number = deciding(framework, checks)
    return [
        _row(each, by_number[each.id], asked, by_check, statuses) for each in framework.requirements
    ]


def _row(
    requirement: Requirement,
    checks: Sequence[Check],
    asked: set[str],
    by_check: Mapping[str, Sequence[Finding]],
    statuses: Mapping[str, str],
) -> RequirementRow:
    numbers: dict[str, int] = {}
    muted = 0
    for check in checks:
        for found in by_check.get(check.id, ()):
            if status := statuses[found.id]:
                numbers[status] = numbers.get(status, 0) + 1
            else:
                muted += 1
    unasked = sorted({check.id for check in checks} - asked)
    notes = [requirement.undecidable or requirement.partly]
    if unasked and len(unasked) < len(checks):
        notes.append(f"Not run: {', '.join(unasked)}.")
    return RequirementRow(
        requirement=requirement.id,
        title=requirement.title,
        status=_status(requirement, numbers, muted, bool(checks), len(unasked) == len(checks)),
        findings=dict(sorted(numbers.items())),
        muted=muted,
        checks=[check.id for check in checks],
        note=" ".join(filter(None, notes)),
    )


def _status(
    requirement: Requirement,
    numbers: Mapping[str, int],
    muted: int,
    is_covered: bool,
    is_unasked: bool,
) -> RequirementStatus:
    if not is_covered:
        undecidable = RequirementStatus.UNDECIDABLE
        return undecidable if requirement.undecidable else RequirementStatus.NOT_COVERED
    if is_unasked:
        return RequirementStatus.NOT_CHECKED
    for worst in (RequirementStatus.ERROR, RequirementStatus.FAIL, RequirementStatus.MANUAL):
        if numbers.get(worst):
            return worst
    if not numbers and not muted:
        return RequirementStatus.NO_RESOURCES
    return RequirementStatus.PARTLY if requirement.partly or muted else RequirementStatus.PASS
