"""Texts that a stranger can make: what a policy's pattern and the form of a token's claim share.

A form is a text with places: ``{who}`` is the name of something that a stranger owns, so that the
pattern must leave at least one of its characters open; ``{name}`` is any name; ``{any}`` any text.
"""

import re
from functools import cache
from typing import NamedTuple

_PLACES = re.compile(r"(\{who\}|\{name\}|\{any\})")
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

    def takes(self, char: str) -> bool:
        """Whether a character that a pattern prescribes can stand here."""
        return not self.is_free and char not in self.excluded and self.text in ("", char)


_NAME = _Symbol(is_run=True, excluded=_DELIMITERS)
_FIRST = _Symbol(excluded=_DELIMITERS)
_PLACED = {
    "{who}": (_NAME, _Symbol(is_free=True), _NAME),
    "{name}": (_FIRST, _NAME),
    "{any}": (_Symbol(is_run=True),),
}


class _Move(NamedTuple):
    """How the rest of a pattern and of a form agree: by this text, and then from these places."""

    text: str
    i: int
    j: int


def common(pattern: str, form: str) -> str | None:
    """A text that both a pattern (with ``*`` and ``?``) and a form describe; None if none does."""
    symbols = _parsed(form)
    ends = len(pattern), len(symbols)
    moves: dict[tuple[int, int], _Move] = {ends: _Move("", *ends)}
    for i in range(ends[0], -1, -1):
        for j in range(ends[1], -1, -1):
            for move in _moves(pattern[i : i + 1], symbols[j] if j < ends[1] else None, i, j):
                if (move.i, move.j) in moves:
                    moves.setdefault((i, j), move)
    if (0, 0) not in moves:
        return None
    text, place = "", (0, 0)
    while place != ends:
        move = moves[place]
        text, place = text + move.text, (move.i, move.j)
    return text


def _moves(char: str, symbol: _Symbol | None, i: int, j: int) -> list[_Move]:
    moves = []
    if symbol and symbol.is_run:
        moves.append(_Move("", i, j + 1))
    if char == "*":
        moves.append(_Move("", i + 1, j))
        if symbol and not symbol.is_run:
            moves.append(_Move(symbol.text or _FILLER, i, j + 1))
    elif symbol and char and (char == "?" or symbol.takes(char)):
        text = (symbol.text or _FILLER) if char == "?" else char
        moves.append(_Move(text, i + 1, j if symbol.is_run else j + 1))
    return moves


@cache
def _parsed(form: str) -> tuple[_Symbol, ...]:
    return tuple(
        symbol
        for part in _PLACES.split(form)
        for symbol in _PLACED.get(part) or tuple(map(_Symbol, part))
    )
