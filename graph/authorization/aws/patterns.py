"""Wildcards as policies write them: ``*`` for any text, ``?`` for exactly one character.

A pattern is compiled from pieces, so that a ``*`` which a policy means literally stays a literal.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache

Matcher = Callable[[str], bool]


class Wild(Enum):
    """A wildcard among the pieces of a pattern."""

    ANY = "*"
    ONE = "?"


Piece = str | Wild

ARN_PARTS = 6
"""How many parts an ARN has, with ``arn``; the last may hold further colons."""

_WILDCARDS = re.compile(r"([*?])")


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text in which every ``*`` and ``?`` is a wildcard."""
    for part in _WILDCARDS.split(text):
        if part in ("*", "?"):
            yield Wild(part)
        elif part:
            yield part


@lru_cache(65536)
def compile_pieces(parts: tuple[Piece, ...]) -> Matcher:
    """What tells whether a text as a whole is what the pieces describe."""
    wild = [part for part in parts if isinstance(part, Wild)]
    if not wild:
        return "".join(map(str, parts)).__eq__
    if wild == [Wild.ANY] and parts[-1] is Wild.ANY:
        prefix = "".join(part for part in parts if isinstance(part, str))
        return lambda text: text.startswith(prefix)
    expression = re.compile(_expression(parts), re.DOTALL).match
    return lambda text: expression(text) is not None


@lru_cache(65536)
def compile_arn(parts: tuple[Piece, ...]) -> Matcher:
    """What tells whether a text is an ARN whose six parts are each what the pieces describe: no
    wildcard reaches over a colon into the next part."""
    split: list[list[Piece]] = [[]]
    for part in parts:
        if isinstance(part, Wild):
            split[-1].append(part)
            continue
        head, *tail = part.split(":", ARN_PARTS - len(split))
        split[-1].append(head)
        split += [[text] for text in tail]
    if len(split) != ARN_PARTS:
        return lambda _: False
    matchers = [compile_pieces(tuple(filter(None, part))) for part in split]

    def matches(text: str) -> bool:
        found = text.split(":", ARN_PARTS - 1)
        return len(found) == ARN_PARTS and all(
            matcher(part) for matcher, part in zip(matchers, found, strict=True)
        )

    return matches


@lru_cache(65536)
def glob(text: str) -> Matcher:
    """The matcher of a text in which every ``*`` and ``?`` is a wildcard."""
    return compile_pieces(tuple(pieces(text)))


def _expression(parts: tuple[Piece, ...]) -> str:
    """Every stretch between two ``*`` is looked for once, at its first place (an atomic group):
    matching never backtracks, however a pattern is written."""
    stretches = [""]
    for part in parts:
        if part is Wild.ANY:
            stretches.append("")
        else:
            stretches[-1] += "." if part is Wild.ONE else re.escape(str(part))
    first, *middle = stretches
    if not middle:
        return first + r"\Z"
    *inner, last = middle
    return (
        first + "".join(f"(?>.*?{stretch})" for stretch in inner if stretch) + f".*{last}" + r"\Z"
    )
