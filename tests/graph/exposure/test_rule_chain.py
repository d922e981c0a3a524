"""Chains of filters let through exactly what a packet-by-packet reading of the rules does."""

from itertools import product

from clew.graph.addresses import EVERY, Family, covered
from clew.graph.exposure.rule_chain import Rule, Verdict, arrivals, at, chain, ports, unknown
from clew.graph.exposure.traffic import PORTS
from clew.graph.intervals import Flows, Ranges
from hypothesis import given
from hypothesis import strategies as st

PLACES = ("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2")
SAMPLES = (1, 1 << 30, 1 << 31)
NUMBERS = (22, 443)
Packet = tuple[int, int]
"""The numbers of a port and of a place."""


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, frozenset[Packet], bool]:
    """A rule for some packets; whether it is certain; and which packets it is for."""
    verdict = draw(st.sampled_from(Verdict))
    places = draw(st.frozensets(st.integers(0, 2)))
    numbers = draw(st.frozensets(st.integers(0, 1), min_size=1))
    certain = draw(st.booleans())
    matched = at(
        Ranges((NUMBERS[each], NUMBERS[each]) for each in numbers),
        covered([PLACES[each] for each in places], Family.IPV4),
    )
    made = Rule(verdict, matched) if certain else Rule(verdict, Flows(), matched, "unread")
    return made, frozenset(product(numbers, places)), certain


filters = st.lists(st.lists(rules(), max_size=3), max_size=3)


def passes(
    chained: list[list[tuple[Rule, frozenset[Packet], bool]]], holds: list[bool], packet: Packet
) -> bool:
    """The verdict on one packet, where it is known which of the doubtful rules hold."""
    number = 0
    for each in chained:
        verdict = Verdict.NEXT
        decided = False
        for rule, packets, certain in each:
            does_hold = certain or holds[number]
            number += not certain
            if does_hold and not decided and packet in packets:
                verdict, decided = rule.verdict, True
        if verdict != Verdict.NEXT:
            return verdict == Verdict.ALLOW
    return False


@given(filters)
def test_certain_is_what_every_reading_lets_through_and_possible_what_any_does(
    chained: list[list[tuple[Rule, frozenset[Packet], bool]]],
) -> None:
    passage = chain([[rule for rule, _, _ in each] for each in chained], Family.IPV4)
    doubtful = sum(not certain for each in chained for _, _, certain in each)
    for (port, number), (place, sample) in product(enumerate(NUMBERS), enumerate(SAMPLES)):
        readings = {
            passes(chained, list(holds), (port, place))
            for holds in product([True, False], repeat=doubtful)
        }
        if (number, sample) in passage.certain:
            assert readings == {True}
        if True in readings:
            assert (number, sample) in passage.possible
        if not doubtful:
            assert ((number, sample) in passage.certain) == (readings == {True})
    if passage.certain != passage.possible:
        assert passage.unread == {"unread"}


def test_what_no_rule_matches_is_stopped() -> None:
    assert not chain([], Family.IPV6).possible
    everyone = Rule(Verdict.ALLOW, at(Ranges([PORTS]), EVERY[Family.IPV6]))
    assert chain([[], [everyone]], Family.IPV6).certain.at(22) == EVERY[Family.IPV6]


def test_all_chains_have_to_let_it_through_and_each_port_names_its_own_doubts() -> None:
    family, everyone = Family.IPV4, EVERY[Family.IPV4]
    first = [Rule(Verdict.ALLOW, at(ports(["20-30", "80"]), everyone))]
    second = [
        Rule(Verdict.ALLOW, at(ports(["22"]), everyone)),
        Rule(Verdict.ALLOW, Flows(), at(ports(["25"]), everyone), "rule 25"),
        Rule(Verdict.ALLOW, Flows(), at(ports(["90"]), everyone), "rule 90"),
    ]
    third = unknown(family, "group")
    within = Ranges([PORTS])
    assert list(arrivals([[first], [second]], family, within)) == [
        ((22, 22), frozenset()),
        ((25, 25), frozenset({"rule 25"})),
    ]
    assert list(arrivals([[first], [second], [third]], family, ports(["22-25"]))) == [
        ((22, 22), frozenset({"group"})),
        ((25, 25), frozenset({"rule 25", "group"})),
    ]
