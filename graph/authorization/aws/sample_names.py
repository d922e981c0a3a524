"""Names that a caller would give to something new so that policies let it be made.

Whether *some* new resource may be made is asked of a few witnesses: one whose name no policy can
mean, and for every pattern that a policy has one that the pattern takes.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from .patterns import Piece, Wild

NAME, ID = "{name}", "{id}"
"""What the caller picks, and what AWS does."""
_FRESH = "clew0fresh1name"
"""What no policy can mean by name."""

_Tokens = tuple[str | Wild, ...]
"""A pattern, character by character."""


def sample_names(
    template: str, patterns: Iterable[Sequence[Piece]], limits: Iterable[Sequence[Piece]] = ()
) -> list[str]:
    """ARNs of a template: one with a fresh name, and one for each name by which a pattern takes it,
    by itself or together with one of the limits."""
    limits = list(limits)
    found = {_fresh(template): None}
    for pattern in patterns:
        for narrower in _taken(template, tuple(pattern)):
            found[_fresh(narrower)] = None
            for limit in limits if NAME in narrower else ():
                found.update((_fresh(each), None) for each in _taken(narrower, tuple(limit)))
    return list(found)


def _fresh(template: str) -> str:
    return template.replace(NAME, _FRESH).replace(ID, _FRESH)


@lru_cache(65536)
def _taken(template: str, pattern: tuple[Piece, ...]) -> tuple[str, ...]:
    """The template with names by which the pattern takes it; ``{name}`` stands in them where any
    text will do."""
    first, *rest = template.replace(ID, _FRESH).split(NAME)
    # Only keys of objects have colons; elsewhere one would make another kind of ARN.
    colons = not first or ":::" in first
    tokens = tuple(_tokens(pattern))
    found = {
        "".join((first, *(part for pair in zip(names, rest, strict=True) for part in pair)))
        for names in _names(tokens, _read(tokens, {0}, first), rest)
        if colons or not any(":" in name for name in names)
    }
    return tuple(sorted(found))


def _tokens(pattern: Iterable[Piece]) -> Iterator[str | Wild]:
    for piece in pattern:
        if isinstance(piece, str):
            yield from piece
        else:
            yield piece


def _names(tokens: _Tokens, starts: set[int], rest: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What stands for each name if the pattern goes on at one of these places; ``rest`` is the text
    behind each."""
    if not rest:
        if len(tokens) in starts:
            yield ()
        return
    for end in range(1, len(tokens) + 1):
        behind = _read(tokens, {end}, rest[0])
        if not behind:
            continue
        others = list(_names(tokens, behind, rest[1:]))
        for start in starts if others else ():
            if start < end:
                name = "".join(map(_spelled, tokens[start:end]))
                yield from ((name, *other) for other in others)


def _spelled(token: str | Wild) -> str:
    if isinstance(token, str):
        return token
    return NAME if token.is_text else "x"


def _read(tokens: _Tokens, starts: set[int], text: str) -> set[int]:
    """How far a pattern may have come when a text has been read; at a ``*`` that may go on."""
    current = _skipping(starts, tokens)
    for char in text:
        read = set()
        for position in current:
            wanted = tokens[position] if position < len(tokens) else None
            if isinstance(wanted, Wild):
                if wanted.takes(char):
                    read.add(position if wanted.is_text else position + 1)
            elif wanted == char:
                read.add(position + 1)
        if not read:
            return set()
        current = _skipping(read, tokens)
    return current


def _skipping(positions: set[int], tokens: _Tokens) -> set[int]:
    """These positions, and those behind each ``*`` that takes nothing."""
    found = set(positions)
    for position in positions:
        while position < len(tokens):
            token = tokens[position]
            if not isinstance(token, Wild) or not token.is_text:
                break
            position += 1
            found.add(position)
    return found
