"""Texts that an external principal can make: what a policy's pattern and the form of a token's
claim share.

A form is a text with places: ``{who}`` is the name of something that an external principal owns, so
that the pattern must leave at least one of its characters open; ``{name}`` is any name; ``{any}``
any text. ``{login}`` and ``{repository}`` are the same as the first two, for names that have no
``@``; ``{number}`` is what an external principal is given as its own number.
"""

import re
from functools import cache, lru_cache
from string import digits
from typing import NamedTuple

_PLACES = re.compile(r"(\{(?:who|name|any|login|repository|number)\})")
_FILLER = "x"
_DELIMITERS = "/:"


class _Symbol(NamedTuple):
    """A part of a form: one character, or a run of any number of them."""

    text: str = ""
    """The character, if it is a certain one."""
    is_run: bool = False
    is_free: bool = False
    """A pattern must leave it open."""
    excluded: str = ""
    is_digit: bool = False

    def takes(self, char: str) -> bool:
        """Whether a character that a pattern prescribes can stand here."""
        if self.is_free or char in self.excluded or (self.is_digit and char not in digits):
            return False
        return self.text in ("", char)

    @property
    def example(self) -> str:
        """A character that can stand here."""
        return self.text or ("7" if self.is_digit else _FILLER)


def _symbols(excluded: str) -> tuple[_Symbol, _Symbol]:
    """A character of a name, and any number of them."""
    return _Symbol(excluded=excluded), _Symbol(is_run=True, excluded=excluded)


_FIRST, _NAME = _symbols(_DELIMITERS)
_FIRST_PLAIN, _PLAIN = _symbols(f"{_DELIMITERS}@")
_FREE = _Symbol(is_free=True)
_DIGITS = _Symbol(is_run=True, is_digit=True)
_PLACED = {
    "{who}": (_NAME, _FREE, _NAME),
    "{name}": (_FIRST, _NAME),
    "{any}": (_Symbol(is_run=True),),
    "{login}": (_PLAIN, _FREE, _PLAIN),
    "{repository}": (_FIRST_PLAIN, _PLAIN),
    "{number}": (_DIGITS, _Symbol(is_free=True, is_digit=True), _DIGITS),
}


class _Move(NamedTuple):
    """A further piece of text on which a pattern and a form agree, and how far in both that is."""

    text: str
    i: int
    j: int


@lru_cache(65536)
def common(pattern: str, form: str) -> str | None:
    """A text that both a pattern (with ``*`` and ``?``) and a form describe; None if none does."""
    symbols = _parsed(form)
    ends = len(pattern), len(symbols)
    reached = {(0, 0): ("", (0, 0))}
    waiting = [(0, 0)]
    while waiting and ends not in reached:
        i, j = place = waiting.pop()
        symbol = symbols[j] if j < ends[1] else None
        for move in reversed(_moves(pattern[i : i + 1], symbol, i, j)):
            if (move.i, move.j) not in reached:
                reached[move.i, move.j] = (move.text, place)
                waiting.append((move.i, move.j))
    if ends not in reached:
        return None
    texts, place = [], ends
    while place != (0, 0):
        text, place = reached[place]
        texts.append(text)
    return "".join(reversed(texts))


def _moves(char: str, symbol: _Symbol | None, i: int, j: int) -> list[_Move]:
    moves = []
    if symbol and symbol.is_run:
        moves.append(_Move("", i, j + 1))
    if char == "*":
        moves.append(_Move("", i + 1, j))
        if symbol and not symbol.is_run:
            moves.append(_Move(symbol.example, i, j + 1))
    elif symbol and char and (char == "?" or symbol.takes(char)):
        text = symbol.example if char == "?" else char
        moves.append(_Move(text, i + 1, j if symbol.is_run else j + 1))
    return moves


@cache
def _parsed(form: str) -> tuple[_Symbol, ...]:
    return tuple(
        symbol
        for part in _PLACES.split(form)
        for symbol in _PLACED.get(part) or tuple(map(_Symbol, part))
    )
