"""Names that a caller would give to something new so that policies let it be made.

Whether *some* new resource may be made is asked of a few witnesses: one whose name no policy can
mean, and for every pattern that a policy has one that the pattern takes.
"""

from collections.abc import Iterable, Iterator, Sequence

from .patterns import Piece, Wild

_NAME, _ID = "{name}", "{id}"
_FRESH = "clew0fresh1name"
"""What no policy can mean by name."""
_FILLING = {Wild.ANY: _FRESH, Wild.ONE: "x"}

_Tokens = tuple[str | Wild, ...]
"""A pattern, character by character."""


def witnesses(template: str, patterns: Iterable[Sequence[Piece]]) -> list[str]:
    """ARNs of a template in which ``{name}`` stands for what the caller picks, and ``{id}`` for
    what AWS picks."""
    located = template.replace(_ID, _FRESH)
    found = {located.replace(_NAME, _FRESH): None}
    for pattern in patterns:
        found.update(dict.fromkeys(_taken(located, tuple(_tokens(pattern)))))
    return list(found)


def _tokens(pattern: Iterable[Piece]) -> Iterator[str | Wild]:
    for piece in pattern:
        if isinstance(piece, str):
            yield from piece
        else:
            yield piece


def _taken(template: str, pattern: _Tokens) -> Iterator[str]:
    """The template with names by which the pattern takes it."""
    before, place, after = template.partition(_NAME)
    if not place:
        yield template
        return
    # Only keys of objects have colons; elsewhere one would make another kind of ARN.
    colons = ":::" in before
    parts = _left_over(pattern, before, after)
    for name in sorted({"".join(_FILLING.get(token, token) for token in part) for part in parts}):
        if name and (colons or ":" not in name):
            yield from _taken(before + name + after, pattern)


def _left_over(pattern: _Tokens, before: str, after: str) -> set[_Tokens]:
    """The parts of a pattern that may stand for the name, once its beginning has taken what comes
    before and its end what comes after."""
    starts = _positions(pattern, before)
    backwards = _positions(pattern[::-1], after.rpartition(_NAME)[2][::-1])
    ends = {len(pattern) - position for position in backwards}
    if _NAME in after:
        ends = set(range(max(ends, default=-1) + 1))
    return {pattern[start:end] for start in starts for end in ends if start < end}


def _positions(pattern: _Tokens, text: str) -> set[int]:
    """How far a pattern may have come when a text has been read; at a ``*``, that may go on."""
    current = _skipping({0}, pattern)
    for char in text:
        read = set()
        for position in current:
            wanted = pattern[position] if position < len(pattern) else None
            if wanted is Wild.ANY:
                read.add(position)
            elif wanted is Wild.ONE or wanted == char:
                read.add(position + 1)
        if not read:
            return set()
        current = _skipping(read, pattern)
    return current


def _skipping(positions: set[int], pattern: _Tokens) -> set[int]:
    """These positions, and those behind each ``*`` that takes nothing."""
    found = set(positions)
    for position in positions:
        while position < len(pattern) and pattern[position] is Wild.ANY:
            position += 1
            found.add(position)
    return found
