"""What a scan that read less must not say, given what the whole one says."""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import NamedTuple

from clew.checks import Finding
from clew.graph.attack.model import StepType
from clew.graph.exposure.reach import INTERNET
from support.outcomes import Known, Outcome


class Kind(StrEnum):
    """How what is unread may look safe, or certain."""

    BECAME_PASS = "a FAIL or MANUAL became PASS"
    BECAME_FAIL = "a PASS or MANUAL became FAIL"
    VANISHED = "a finding is gone, and no MANUAL covers it"
    APPEARED = "a verdict is new"
    RENAMED = "a finding changed its id"
    EDGE_CERTAIN = "an edge became certain"
    EDGE_GONE = "an edge is gone, and no gap is reported"
    PATH_CERTAIN = "a path became certain"
    PATH_GONE = "a path is gone, and no gap is reported"


class Violation(NamedTuple):
    """One thing that must not be said."""

    kind: Kind
    about: str


def violations(before: Outcome, after: Outcome) -> Iterator[Violation]:
    """What is said after a denial that must not be."""
    yield from _of_findings(before, after)
    has_gap = bool(after.gaps - before.gaps)
    known = {each[0] for each in before.edges.certain if each[1] == StepType.ADMINISTERS}
    kinds = Kind.EDGE_CERTAIN, Kind.EDGE_GONE
    yield from _of_known(kinds, before.edges, after.edges, known, has_gap=has_gap)
    kinds = Kind.PATH_CERTAIN, Kind.PATH_GONE
    yield from _of_known(kinds, before.paths, after.paths, known, has_gap=has_gap)


def _of_known(
    kinds: tuple[Kind, Kind],
    before: Known,
    after: Known,
    administrators: Collection[str],
    *,
    has_gap: bool,
) -> Iterator[Violation]:
    certain, gone = kinds
    for each in sorted(after.certain - before.certain):
        # Further steps of an administrator are not looked for, until it is not known to be one.
        if each[0] not in administrators:
            yield Violation(certain, " ".join(each))
    for each in sorted(before.possible - after.possible):
        # Whom an unread policy names is not known: that it may be anyone stands for it.
        may_be_anyone = (INTERNET, *each[1:]) in after.possible
        if not has_gap and not may_be_anyone:
            yield Violation(gone, " ".join(each))


def _of_findings(before: Outcome, after: Outcome) -> Iterator[Violation]:
    manual = {
        (one.check, one.resource) for one in after.findings.values() if one.status == "MANUAL"
    }
    gone: set[tuple[str, str]] = set()
    for id_, old in sorted(before.findings.items()):
        new = after.findings.get(id_)
        if new is None:
            gone.add((old.check, old.resource))
            if manual.isdisjoint({(old.check, old.resource), (old.check, old.account)}):
                yield Violation(Kind.VANISHED, _words(old))
        elif new.status != old.status and new.status == "PASS":
            yield Violation(Kind.BECAME_PASS, f"{_words(old)}: {new.message}")
        elif new.status != old.status and new.status == "FAIL":
            yield Violation(Kind.BECAME_FAIL, f"{_words(old)}: {new.message}")
    for id_, new in sorted(after.findings.items()):
        if id_ not in before.findings:
            yield from _of_new(new, is_replacing=(new.check, new.resource) in gone)


def _of_new(new: Finding, *, is_replacing: bool) -> Iterator[Violation]:
    """Of a resource that was not judged before a PASS may be true: whatever is unread of it, it
    passes."""
    if new.status != "MANUAL" and (is_replacing or new.status != "PASS"):
        yield Violation(Kind.APPEARED, f"{_words(new)}: {new.message}")
    elif new.status == "MANUAL" and is_replacing and not _stands_for_unread(new.target):
        yield Violation(Kind.RENAMED, f"{_words(new)}: {new.message}")


def _stands_for_unread(target: str | None) -> bool:
    """Whether it is not known what the target is, so that the finding cannot have its id."""
    return target is not None and target.startswith("unread:")


def _words(one: Finding) -> str:
    target = f" → {one.target}" if one.target else ""
    return f"{one.status} {one.check} {one.resource}{target}"
