"""What an answer has room for, and that the rest is said."""

from typing import Any

from clew.cli.assistant.portions import MOST_CHARACTERS, portion
from hypothesis import given
from hypothesis import strategies as st

ROWS = [{"n": number} for number in range(5)]


def test_what_is_whole_says_nothing_of_others() -> None:
    assert portion(ROWS, 5, 0, noun="row") == (ROWS, {"total": 5})
    assert portion([], 5, None, noun="row") == ([], {"total": 0})


def test_what_is_left_out_is_said_with_how_to_have_it() -> None:
    assert portion(ROWS, 2, 1, noun="row") == (
        ROWS[1:3],
        {
            "total": 5,
            "offset": 1,
            "left_out": "2 more rows left out; ask again with offset 3.",
        },
    )
    assert portion(ROWS, 4, None, noun="cut")[1]["left_out"] == (
        "1 more cut left out; narrow the question, or raise the limit."
    )
    assert portion(ROWS, 4, None, noun="cut", is_most=True)[1]["left_out"] == (
        "1 more cut left out; narrow the question."
    )
    assert portion(ROWS, 9, None, noun="path", has_more=True) == (
        ROWS,
        {"left_out": "There are more paths than these; narrow the question, or raise the limit."},
    )


def test_an_offset_behind_the_end_is_empty_and_says_how_many_there_are() -> None:
    assert portion(ROWS, 2, 9, noun="row") == ([], {"total": 5, "offset": 9})


def test_long_rows_are_fewer_but_one_at_least() -> None:
    long = [{"text": "x" * MOST_CHARACTERS}] * 3
    shown, said = portion(long, 3, 0, noun="row")
    assert len(shown) == 1
    assert said["left_out"] == (
        "2 more rows left out (an answer holds 50,000 characters of them); ask again with offset 1."
    )
    assert "raise" not in portion(long, 3, None, noun="row")[1]["left_out"]


@given(st.lists(st.text(max_size=9), max_size=30), st.integers(1, 9))
def test_all_portions_together_are_the_whole(texts: list[str], limit: int) -> None:
    rows: list[dict[str, Any]] = [{"text": text} for text in texts]
    found: list[dict[str, Any]] = []
    while True:
        shown, said = portion(rows, limit, len(found), noun="row")
        found += shown
        if "left_out" not in said:
            break
    assert found == rows
