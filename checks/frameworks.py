"""Compliance frameworks as data: a file each under ``compliance``, with what each requirement asks,
and which checks decide it.

A check of own content says itself what it decides (``compliance``). A requirement that no check
decides is not covered, and never passed; one of which a check decides a part only, or not all of
whose checks were run, is passed in part at most.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .check import Category, Check
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
    checks: tuple[str, ...] = ()
    """Checks that decide it."""
    categories: tuple[Category, ...] = ()
    """Categories all of whose checks decide it."""
    partly: str = ""
    """What of it the checks leave open; empty if they decide all of it, or the framework says it
    of every requirement."""
    undecidable: str = ""
    """Why Clew cannot decide it; empty if it could."""


class Framework(_Declared):
    """A framework, as checks name it."""

    id: _Text
    """What the command line calls it."""
    name: _Text
    """What checks call it."""
    title: _Text
    source: _Text
    """Where the numbering is published."""
    providers: tuple[str, ...] = ()
    """The clouds that it is about; empty if it is about any."""
    partly: str = ""
    """What checks leave open of any of its requirements; empty if they can decide one wholly."""
    requirements: list[Requirement]


class RequirementStatus(StrEnum):
    """What the findings of a scan come to for a requirement, the worst first."""

    ERROR = "ERROR"
    FAIL = "FAIL"
    MANUAL = "MANUAL"
    PARTLY = "PARTLY"
    """What is looked at passes; the rest is left open."""
    PASS = "PASS"
    MUTED = "MUTED"
    """All that its checks found is muted."""
    NO_RESOURCES = "NO_RESOURCES"
    """Its checks found nothing that they are about."""
    NOT_CHECKED = "NOT_CHECKED"
    """The scan did not read what its checks are about, or they were left out."""
    NOT_COVERED = "NOT_COVERED"
    """Clew has no check for it."""
    UNDECIDABLE = "UNDECIDABLE"
    """Clew cannot decide it."""


class RequirementRow(BaseModel):
    """How a requirement stands in a scan."""

    requirement: str = Field(description="Its number.")
    title: str = Field(description="What it asks, in Clew's words.")
    status: RequirementStatus = Field(description="What its findings come to.")
    findings: dict[str, int] = Field(description="How many findings have which answer.")
    muted: int = Field(description="How many further findings are muted.")
    checks: list[str] = Field(description="The checks that decide it.")
    not_run: list[str] = Field(description="Those of them that were not run.")
    note: str = Field(description="What is left open, or why it cannot be decided.")


@cache
def frameworks() -> Mapping[str, Framework]:
    """All frameworks by id."""
    import yaml

    # All files are read to say what a check decides: libyaml takes a tenth of the time, if there.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = (
        Framework.model_validate(yaml.load(file.read_text("utf-8"), loader))  # noqa: S506
        for file in sorted(_FOLDER.glob("*.yaml"))
    )
    return {each.id: each for each in found}


def controls_of(check: Check) -> list[str]:
    """The requirements that a check decides, wholly or in part, a framework each:
    ``CIS AWS 3.0: 5.2, 5.3``."""
    found: dict[str, dict[str, None]] = {}
    for framework in frameworks().values():
        for each in framework.requirements:
            if _names(each, check):
                found.setdefault(framework.name, {})[each.id] = None
    for name, numbers in _claimed(check):
        found.setdefault(name, {}).update(dict.fromkeys(numbers))
    return [f"{name}: {', '.join(numbers)}" for name, numbers in sorted(found.items())]


def deciding(framework: Framework, checks: Iterable[Check]) -> dict[str, list[Check]]:
    """The checks that decide each requirement of a framework."""
    found: dict[str, list[Check]] = {each.id: [] for each in framework.requirements}
    for check in checks:
        claimed = {
            number
            for name, numbers in _claimed(check)
            if name == framework.name
            for number in numbers
        }
        for each in framework.requirements:
            if each.id in claimed or _names(each, check):
                found[each.id].append(check)
    return found


def _names(requirement: Requirement, check: Check) -> bool:
    """Whether a requirement says that a check decides it."""
    return check.id in requirement.checks or not {*requirement.categories}.isdisjoint(
        check.categories
    )


def _claimed(check: Check) -> Iterator[tuple[str, list[str]]]:
    """The requirements that a check itself says it decides: the framework, and the numbers."""
    for each in check.compliance:
        name, _, numbers = each.partition(":")
        yield name.strip(), [number.strip() for number in numbers.split(",")]


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
        _row(framework, each, by_number[each.id], asked, by_check, statuses)
        for each in framework.requirements
    ]


def _row(
    framework: Framework,
    requirement: Requirement,
    checks: Sequence[Check],
    asked: set[str],
    by_check: Mapping[str, Sequence[Finding]],
    statuses: Mapping[str, str],
) -> RequirementRow:
    numbers: Counter[str] = Counter()
    muted = 0
    for check in checks:
        for found in by_check.get(check.id, ()):
            if counted := statuses[found.id]:
                numbers[counted] += 1
            else:
                muted += 1
    unasked = [check for check in checks if check.id not in asked]
    note = requirement.undecidable
    if checks and not note:
        note = requirement.partly or framework.partly
    status = _status(requirement, numbers, muted, checks, unasked)
    if status is RequirementStatus.PASS and (note or muted or unasked):
        status = RequirementStatus.PARTLY
    return RequirementRow(
        requirement=requirement.id,
        title=requirement.title,
        status=status,
        findings=dict(sorted(numbers.items())),
        muted=muted,
        checks=[check.id for check in checks],
        not_run=[check.id for check in unasked],
        note=note,
    )


def _status(
    requirement: Requirement,
    numbers: Mapping[str, int],
    muted: int,
    checks: Sequence[Check],
    unasked: Sequence[Check],
) -> RequirementStatus:
    """What the findings come to, whether or not its checks decide all of a requirement."""
    if not checks:
        undecidable = RequirementStatus.UNDECIDABLE
        return undecidable if requirement.undecidable else RequirementStatus.NOT_COVERED
    if len(unasked) == len(checks):
        return RequirementStatus.NOT_CHECKED
    for worst in (RequirementStatus.ERROR, RequirementStatus.FAIL, RequirementStatus.MANUAL):
        if numbers.get(worst):
            return worst
    if numbers:
        return RequirementStatus.PASS
    return RequirementStatus.MUTED if muted else RequirementStatus.NO_RESOURCES
