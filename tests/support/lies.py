"""What a scan that read less must not say, given what the whole one says."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from clew.checks import Finding
from support.outcomes import Known, Outcome

_UNREAD_TARGET = "unread:"


class Kind(StrEnum):
    """How a scan that read less may lie."""

    BECAME_PASS = "a FAIL or MANUAL became PASS"
    BECAME_FAIL = "a PASS or MANUAL became FAIL"
    VANISHED = "a finding is gone, and no MANUAL says so"
    APPEARED = "a PASS or FAIL is new"
    RENAMED = "a finding changed its id"
    EDGE_CERTAIN = "an edge became certain"
    EDGE_GONE = "an edge is gone, and no gap is reported"
    PATH_CERTAIN = "a path became certain"
    PATH_GONE = "a path is gone, and no gap is reported"


class Lie(NamedTuple):
    """One thing that must not be said."""

    kind: Kind
    about: str


def lies(before: Outcome, after: Outcome) -> Iterator[Lie]:
    """What is said after a denial that must not be."""
    yield from _of_findings(before, after)
    is_silent = not after.gaps - before.gaps
    kinds = (Kind.EDGE_CERTAIN, Kind.EDGE_GONE)
    yield from _of_known(kinds, before.edges, after.edges, is_silent)
    kinds = (Kind.PATH_CERTAIN, Kind.PATH_GONE)
    yield from _of_known(kinds, before.paths, after.paths, is_silent)


def _of_known(
    kinds: tuple[Kind, Kind], before: Known, after: Known, is_silent: bool
) -> Iterator[Lie]:
    for each in sorted(after.certain - before.certain):
        yield Lie(kinds[0], " ".join(each))
    if is_silent:
        for each in sorted(before.possible - after.possible):
            yield Lie(kinds[1], " ".join(each))


def _of_findings(before: Outcome, after: Outcome) -> Iterator[Lie]:
    manual = {
        (one.check, one.resource) for one in after.findings.values() if one.status == "MANUAL"
    }
    for id_, old in sorted(before.findings.items()):
        new = after.findings.get(id_)
        if new is None:
            covered = {(old.check, old.resource), (old.check, old.account)}
            if not covered & manual:
                yield Lie(Kind.VANISHED, _words(old))
        elif new.status != old.status and new.status == "PASS":
            yield Lie(Kind.BECAME_PASS, _words(old))
        elif new.status != old.status and new.status == "FAIL":
            yield Lie(Kind.BECAME_FAIL, f"{_words(old)}: {new.message}")
    gone = {
        (one.check, one.resource) for id_, one in before.findings.items() if id_ not in after.findings
    }
    for id_, new in sorted(after.findings.items()):
        if id_ in before.findings:
            continue
        if new.status != "MANUAL":
            yield Lie(Kind.APPEARED, f"{_words(new)}: {new.message}")
        is_known = new.target and not new.target.startswith(_UNREAD_TARGET)
        if is_known and (new.check, new.resource) in gone:
            yield Lie(Kind.RENAMED, f"{_words(new)}: {new.message}")


def _words(one: Finding) -> str:
    target = f" → {one.target}" if one.target else ""
    return f"{one.status} {one.check} {one.resource}{target}"
