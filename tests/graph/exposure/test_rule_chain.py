"""Chains of filters let through exactly what a packet-by-packet reading of the rules does."""

from itertools import product

from clew.graph.addresses import EVERY, Family, covered
from clew.graph.exposure.rule_chain import Rule, Verdict, chain
from clew.graph.intervals import Ranges
from hypothesis import given
from hypothesis import strategies as st

PLACES = ("0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2")
SAMPLES = (1, 1 << 30, 1 << 31)


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, frozenset[int], bool]:
    """A rule for some of the places; whether it is certain; and which places it is for."""
    verdict = draw(st.sampled_from(Verdict))
    places = draw(st.frozensets(st.integers(0, 2)))
    certain = draw(st.booleans())
    sources = covered([PLACES[each] for each in places], Family.IPV4)
    made = Rule(verdict, sources) if certain else Rule(verdict, Ranges(), sources, "unread")
    return made, places, certain


filters = st.lists(st.lists(rules(), max_size=3), max_size=3)


def passes(
    chained: list[list[tuple[Rule, frozenset[int], bool]]], holds: list[bool], place: int
) -> bool:
    """The verdict on one place, where it is known which of the doubtful rules hold."""
    number = 0
    for each in chained:
        verdict = Verdict.NEXT
        decided = False
        for rule, places, certain in each:
            does_hold = certain or holds[number]
            number += not certain
            if does_hold and not decided and place in places:
                verdict, decided = rule.verdict, True
        if verdict != Verdict.NEXT:
            return verdict == Verdict.ALLOW
    return False


@given(filters)
def test_certain_is_what_every_reading_lets_through_and_possible_what_any_does(
    chained: list[list[tuple[Rule, frozenset[int], bool]]],
) -> None:
    passage = chain([[rule for rule, _, _ in each] for each in chained], Family.IPV4)
    doubtful = sum(not certain for each in chained for _, _, certain in each)
    for place, sample in enumerate(SAMPLES):
        readings = {
            passes(chained, list(holds), place) for holds in product([True, False], repeat=doubtful)
        }
        if (22, sample) in passage.certain:
            assert readings == {True}
        if True in readings:
            assert (22, sample) in passage.possible
        if not doubtful:
            assert ((22, sample) in passage.certain) == (readings == {True})
    if passage.certain != passage.possible:
        assert passage.unread == {"unread"}


def test_what_no_rule_matches_is_stopped() -> None:
    assert not chain([], Family.IPV6).possible
    everyone = Rule(Verdict.ALLOW, EVERY[Family.IPV6])
    assert chain([[], [everyone]], Family.IPV6).certain.at(22) == EVERY[Family.IPV6]
