"""Packet filters whose first matching rule decides, as Azure and Google Cloud have them."""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import reduce
from typing import NamedTuple

from ..graph.exposure.addresses import EVERY, Family
from ..graph.exposure.intervals import Flows, Ranges
from ..graph.exposure.passage import PORTS, Passage


class Verdict(Enum):
    """What a rule does with what it matches."""

    ALLOW = "allow"
    DENY = "deny"
    NEXT = "next"
    """Leaves it to the next filter of the chain."""


class Rule(NamedTuple):
    """A rule for one protocol and family: which flows it matches, ports by sources."""

    verdict: Verdict
    matched: Flows
    perhaps: Flows = Flows()
    """What it may match beyond that."""
    why: str = ""
    """What could not be read, where it is not known what the rule matches."""


class _Open(NamedTuple):
    """The flows that no rule has decided yet: for certain, and perhaps."""

    certain: Flows
    possible: Flows


def chain(filters: Iterable[Sequence[Rule]], family: Family) -> Passage:
    """What a chain of filters lets through; each hands on what none of its rules matches, and
    what the last one hands on is stopped."""
    everything = Flows.rectangle(PORTS, EVERY[family])
    handed_on = _Open(everything, everything)
    passed = Passage.known(Flows())
    for rules in filters:
        through, handed_on = _first_match(rules, handed_on)
        passed |= through
    return passed


def _first_match(rules: Sequence[Rule], arriving: _Open) -> tuple[Passage, _Open]:
    certain, possible = Flows(), Flows()
    left, handed_on = arriving, _Open(Flows(), Flows())
    for rule in rules:
        widest = rule.matched | rule.perhaps
        if rule.verdict == Verdict.ALLOW:
            certain |= rule.matched & left.certain
            possible |= widest & left.possible
            left = _Open(left.certain - rule.matched, left.possible - rule.matched)
            continue
        if rule.verdict == Verdict.NEXT:
            handed_on = _Open(
                handed_on.certain | (rule.matched & left.certain),
                handed_on.possible | (widest & left.possible),
            )
        left = _Open(left.certain - widest, left.possible - rule.matched)
    unread = frozenset(rule.why for rule in rules if rule.why)
    return (
        Passage(certain, possible, unread),
        _Open(handed_on.certain | left.certain, handed_on.possible | left.possible),
    )


def ports(texts: Iterable[str]) -> Ranges:
    """Ports as rules write them: `22`, `8000-8010`, `*`."""
    return Ranges(_interval(text) for text in texts)


def flows(numbers: Ranges, addresses: Ranges) -> Flows:
    """Every pair of these ports and addresses."""
    rectangles = (Flows.rectangle(interval, addresses) for interval in numbers)
    return reduce(Flows.__or__, rectangles, Flows())


def _interval(text: str) -> tuple[int, int]:
    if text == "*":
        return PORTS
    first, _, last = text.partition("-")
    return int(first), int(last or first)
