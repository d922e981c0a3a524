"""Packet filters whose first matching rule decides, as Azure and Google Cloud have them."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import cache, reduce
from typing import NamedTuple

from ..addresses import EVERY, Family
from ..intervals import Flows, Interval, Ranges
from .traffic import PORTS, TrafficSet


class Verdict(Enum):
    """What a rule does with what it matches."""

    ALLOW = "allow"
    DENY = "deny"
    NEXT = "next"
    """Leaves it to the next filter of the chain."""


class Rule(NamedTuple):
    """A rule as far as it concerns one protocol and family: which sources it matches, by port."""

    verdict: Verdict
    matched: Flows
    perhaps: Flows = Flows()
    """What it may match beyond that."""
    why: str = ""
    """What could not be read, where it is not known what the rule matches."""


class _Split(NamedTuple):
    """A set of packets as far as it is known: those in it for certain, and those that may be."""

    certain: Flows
    possible: Flows


def chain(filters: Iterable[Sequence[Rule]], family: Family) -> TrafficSet:
    """What a chain of filters lets through; each hands on what none of its rules matches, and
    what the last one hands on is stopped."""
    everything = Flows.rectangle(PORTS, EVERY[family])
    arriving = _Split(everything, everything)
    certain, possible, unread = Flows(), Flows(), set[str]()
    for rules in filters:
        passed, arriving = _first_match(rules, arriving)
        certain |= passed.certain
        possible |= passed.possible
        unread |= {rule.why for rule in rules if rule.why}
    found = TrafficSet(certain, possible, frozenset(unread))
    return found._replace(unread=frozenset()) if certain == possible else found


def _first_match(rules: Sequence[Rule], arriving: _Split) -> tuple[_Split, _Split]:
    """What a filter lets through of what arrives, and what it hands on."""
    certain, possible = Flows(), Flows()
    left, handed_on = arriving, _Split(Flows(), Flows())
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


def unknown(family: Family, why: str) -> list[Rule]:
    """A filter of which nothing is known."""
    return [Rule(Verdict.ALLOW, Flows(), Flows.rectangle(PORTS, EVERY[family]), why)]


def undecided(family: Family, why: str) -> list[Rule]:
    """A filter of which nothing is known, with others behind it: it may let through, stop, or hand
    on what comes."""
    everything = Flows.rectangle(PORTS, EVERY[family])
    return [Rule(each, Flows(), everything, why) for each in (Verdict.ALLOW, Verdict.DENY)]


def arrivals(
    chains: Sequence[Sequence[Sequence[Rule]]],
    family: Family,
    within: Ranges,
    clients: Ranges | None = None,
) -> Iterator[tuple[Interval, frozenset[str]]]:
    """The ports among ``within`` that are open to the internet if all of these chains have to let
    it through, each with what could not be read and decides; nothing where it is certain.

    With ``clients``, an unknown one of which packets come from, the ports that are open to them.
    """
    everything = TrafficSet.known(at(within, EVERY[family] if clients is None else clients))
    passage = reduce(TrafficSet.__and__, (chain(each, family) for each in chains), everything)
    if clients is None:
        certain, perhaps = passage.open_ports(family)
    else:
        certain, perhaps = passage.ports_open_to(clients)
    yield from ((ports, frozenset()) for ports in certain)
    doubtful = [rule for each in chains for rules in each for rule in rules if rule.why]
    for ports in perhaps:
        here = Flows.rectangle(ports, EVERY[family])
        why = frozenset(rule.why for rule in doubtful if rule.perhaps & here)
        yield ports, why or frozenset(["from which of several addresses packets come"])


def ports(texts: Iterable[str]) -> Ranges:
    """Ports as rules write them: `22`, `8000-8010`, `*`."""
    return Ranges(_interval(text) for text in texts)


@cache
def _interval(text: str) -> Interval:
    if text == "*":
        return PORTS
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def at(numbers: Ranges, sources: Ranges) -> Flows:
    """All packets from these sources to these ports."""
    return Flows((first, last, sources) for first, last in numbers if sources)
