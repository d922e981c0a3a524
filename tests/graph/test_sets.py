"""Sets of numbers as whole numbers."""

from clew.graph.sets import members, number_set
from hypothesis import given
from hypothesis import strategies as st

numbers = st.lists(st.integers(0, 3000), max_size=60)


@given(numbers)
def test_a_set_has_the_numbers_that_were_put_into_it(listed: list[int]) -> None:
    assert list(members(number_set(listed))) == sorted(set(listed))


@given(numbers)
def test_numbers_can_come_one_by_one(listed: list[int]) -> None:
    assert number_set(iter(listed)) == sum(1 << each for each in set(listed))
