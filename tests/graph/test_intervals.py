"""The algebra holds for every number, whatever the intervals are."""

from clew.graph.intervals import Flows, Ranges
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = range(24)
intervals = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair), max(pair))),
    max_size=5,
)
ranges = intervals.map(Ranges)


@st.composite
def flows(draw: st.DrawFn) -> Flows:
    found = Flows()
    for ports, addresses in draw(st.lists(st.tuples(intervals.filter(bool), ranges), max_size=4)):
        rectangle = Flows.rectangle(ports[0], addresses)
        found = found | rectangle if draw(st.booleans()) else found - rectangle
    return found


def numbers(one: Ranges) -> set[int]:
    return {number for number in NUMBERS if number in one}


def pairs(one: Flows) -> set[tuple[int, int]]:
    return {(port, address) for port in NUMBERS for address in NUMBERS if (port, address) in one}


@given(ranges, ranges)
def test_ranges_behave_as_sets(one: Ranges, other: Ranges) -> None:
    assert numbers(one | other) == numbers(one) | numbers(other)
    assert numbers(one & other) == numbers(one) & numbers(other)
    assert numbers(one - other) == numbers(one) - numbers(other)
    assert one.size == len(numbers(one))
    assert bool(one) == bool(numbers(one))


@given(ranges, ranges)
def test_equal_sets_are_equal_however_they_were_made(one: Ranges, other: Ranges) -> None:
    assert (one == other) == (numbers(one) == numbers(other))
    rebuilt = (one - other) | (one & other)
    assert rebuilt == one
    assert hash(rebuilt) == hash(one)


@given(flows(), flows())
def test_flows_behave_as_sets_of_pairs(one: Flows, other: Flows) -> None:
    assert pairs(one | other) == pairs(one) | pairs(other)
    assert pairs(one & other) == pairs(one) & pairs(other)
    assert pairs(one - other) == pairs(one) - pairs(other)
    assert numbers(one.addresses) == {address for _, address in pairs(one)}


@given(flows())
def test_spans_do_not_overlap_and_are_not_empty(one: Flows) -> None:
    end = -1
    for first, last, addresses in one.spans:
        assert end < first <= last
        assert addresses
        end = last


def test_ports_that_look_alike_when_joined_are_kept_apart() -> None:
    addresses = Ranges([(1, 5)])
    wide = Flows.rectangle((2, 222), addresses)
    narrow = Flows.rectangle((22, 22), addresses)
    assert wide != narrow
    assert (wide - narrow).at(22) == Ranges()
    assert (wide - narrow).at(222) == addresses
