"""Packet filters whose first matching rule decides, as Azure and Google Cloud have them."""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from ..addresses import EVERY, Family
from ..intervals import Interval, Ranges
from .traffic import PORTS, TrafficSet


class Verdict(Enum):
    """What a rule does with what it matches."""

    ALLOW = "allow"
    DENY = "deny"
    NEXT = "next"
    """Leaves it to the next filter of the chain."""


class Rule(NamedTuple):
    """A rule as far as it concerns one protocol, port and family: which sources it matches."""

    verdict: Verdict
    matched: Ranges
    perhaps: Ranges = Ranges()
    """What it may match beyond that."""
    why: str = ""
    """What could not be read, where it is not known what the rule matches."""


class _Split(NamedTuple):
    """A set of sources as far as it is known: those in it for certain, and those that may be."""

    certain: Ranges
    possible: Ranges


def chain(filters: Iterable[Sequence[Rule]], family: Family) -> TrafficSet:
    """What a chain of filters lets through; each hands on what none of its rules matches, and
    what the last one hands on is stopped."""
    arriving = _Split(EVERY[family], EVERY[family])
    certain, possible, unread = Ranges(), Ranges(), set[str]()
    for rules in filters:
        passed, arriving = _first_match(rules, arriving)
        certain |= passed.certain
        possible |= passed.possible
        unread |= {rule.why for rule in rules if rule.why}
    return TrafficSet.to(certain, possible, frozenset(unread))


def _first_match(rules: Sequence[Rule], arriving: _Split) -> tuple[_Split, _Split]:
    """What a filter lets through of what arrives, and what it hands on."""
    certain, possible = Ranges(), Ranges()
    left, handed_on = arriving, _Split(Ranges(), Ranges())
    for rule in rules:
        widest = rule.matched | rule.perhaps
        if rule.verdict == Verdict.ALLOW:
            certain |= rule.matched & left.certain
            possible |= widest & left.possible
            left = _Split(left.certain - rule.matched, left.possible - rule.matched)
            continue
        if rule.verdict == Verdict.NEXT:
            handed_on = _Split(
                handed_on.certain | (rule.matched & left.certain),
                handed_on.possible | (widest & left.possible),
            )
        left = _Split(left.certain - widest, left.possible - rule.matched)
    rest = _Split(handed_on.certain | left.certain, handed_on.possible | left.possible)
    return _Split(certain, possible), rest


def ports(texts: Iterable[str]) -> Ranges:
    """Ports as rules write them: `22`, `8000-8010`, `*`."""
    return Ranges(_interval(text) for text in texts)


@cache
def _interval(text: str) -> Interval:
    if text == "*":
        return PORTS
    first, _, last = text.partition("-")
    return int(first), int(last or first)
