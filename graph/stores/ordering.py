"""What ``ORDER BY`` sorts by in LadybugDB.

In Cypher a name that a projection gives hides the variable of the same name from its ``ORDER BY``:
``MATCH (r:AWSRole) RETURN r.name AS r ORDER BY r`` sorts by the names. LadybugDB looks at the
variable, refuses to sort by a node, and sorts by another value without a word. So the column has
another name while it sorts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .reading import Token, tokens

_NEXT_CLAUSES = frozenset(("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "UNION"))
_AFTER_SORTING = frozenset(("SKIP", "OFFSET", "LIMIT"))


class Ordered(NamedTuple):
    """A query as the engine is to run it."""

    cypher: str
    columns: dict[str, str]
    """What the columns are called that the engine gives by another name."""


class Item(NamedTuple):
    """A column of a projection."""

    words: list[Token]

    @property
    def name(self) -> str:
        """What it is called; empty if the expression itself is its name."""
        if len(self.words) > 2 and self.words[-2].keyword == "AS":
            return name_of(self.words[-1])
        return name_of(self.words[0]) if len(self.words) == 1 else ""

    @property
    def is_renamed(self) -> bool:
        """Whether the name is given to something else than the variable of that name."""
        is_same = len(self.words) == 3 and name_of(self.words[0]) == self.name
        return bool(self.name) and len(self.words) > 1 and not is_same


@dataclass
class Projection:
    """A ``RETURN`` or ``WITH`` with its ``ORDER BY``, at the outermost level of a query."""

    clause: Token
    before: list[Token]
    items: list[Item]
    sorted_by: list[Token]
    end: int
    """Where its ``ORDER BY``, ``SKIP`` and ``LIMIT`` end."""

    @property
    def hiding(self) -> Iterator[str]:
        """The names that it sorts by and that hide a variable."""
        words = [*self.before]
        for item in self.items:
            words += item.words[:-2] if item.is_renamed else item.words
        used = {name_of(word) for word in _variables(words)}
        by = {name_of(word) for word in _compared(self.sorted_by)}
        for item in self.items:
            if item.is_renamed and item.name in used and item.name in by:
                yield item.name


def ordered_by_columns(cypher: str) -> Ordered:
    """The query with columns that hide a variable called otherwise, if it sorts by one."""
    found = list(tokens(cypher))
    if not any(token.keyword == "ORDER" for token in found):
        return Ordered(cypher, {})
    clauses = list(projections(cypher, found))
    taken = {name_of(token) for token in found}
    edits: list[tuple[int, int, str]] = []
    returned: dict[str, str] = {}
    for projection in clauses:
        if any(item.words and item.words[0].value == "*" for item in projection.items):
            continue
        other = {name: free_name(name, taken) for name in projection.hiding}
        if projection.clause.keyword == "RETURN":
            returned |= other
        elif other:
            edits += _edits(projection, other)
            again = ", ".join(
                f"`{other[item.name]}` AS `{item.name}`" if item.name in other else f"`{item.name}`"
                for item in projection.items
            )
            edits.append((projection.end, projection.end, f" WITH {again} "))
    for projection in clauses:
        if projection.clause.keyword == "RETURN":
            edits += _edits(projection, returned)
    for start, end, text in sorted(edits, reverse=True):
        cypher = cypher[:start] + text + cypher[end:]
    return Ordered(cypher, {other: name for name, other in returned.items()})


def _edits(projection: Projection, other: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """What to write where, so that columns have other names."""
    for item in projection.items:
        if item.name in other:
            last = item.words[-1]
            before = "" if len(item.words) > 1 else f"{last.value} AS "
            yield (*_span(last), f"{before}`{other[item.name]}`")
    for word in _compared(projection.sorted_by):
        if name_of(word) in other:
            yield (*_span(word), f"`{other[name_of(word)]}`")


def projections(cypher: str, found: list[Token]) -> Iterator[Projection]:
    """Every ``RETURN`` and ``WITH`` at the outermost level of a query, whose tokens are given."""
    depth, at = 0, 0
    while at < len(found):
        token = found[at]
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        begins = token.keyword == "RETURN" or (
            token.keyword == "WITH" and (not at or found[at - 1].keyword not in ("STARTS", "ENDS"))
        )
        if depth == 0 and begins:
            parts = _parts(found, at + 1)
            last = parts.end
            yield Projection(
                token,
                found[:at],
                _split(found[at + 1 : parts.sorting]),
                found[parts.sorting : parts.sorted],
                found[last].offset if last < len(found) else len(cypher),
            )
            at = parts.end
        else:
            at += 1


class _Parts(NamedTuple):
    """Where a projection's ``ORDER BY`` begins and ends, and where the projection ends."""

    sorting: int
    sorted: int
    end: int


def _parts(found: list[Token], at: int) -> _Parts:
    depth = 0
    sorting = sorted_ = end = len(found)
    for place in range(at, len(found)):
        token, before = found[place], found[place - 1]
        depth += (token.value in ("(", "[", "{")) - (token.value in (")", "]", "}"))
        if depth or before.value == "." or before.keyword in ("AS", "STARTS", "ENDS"):
            continue
        if token.keyword == "ORDER":
            sorting = min(sorting, place)
        elif token.keyword in _AFTER_SORTING:
            sorted_ = min(sorted_, place)
        elif token.keyword in _NEXT_CLAUSES or token.keyword == "WHERE" or token.value == ";":
            end = place
            break
    sorted_ = min(sorted_, end)
    return _Parts(min(sorting, sorted_), sorted_, end)


def _split(words: list[Token]) -> list[Item]:
    """The columns, which commas part."""
    if words and words[0].keyword == "DISTINCT":
        words = words[1:]
    items, depth = [Item([])], 0
    for word in words:
        depth += (word.value in ("(", "[", "{")) - (word.value in (")", "]", "}"))
        if word.value == "," and not depth:
            items.append(Item([]))
        else:
            items[-1].words.append(word)
    return items


def _variables(words: list[Token]) -> Iterator[Token]:
    """The words that stand for a variable."""
    for place, word in enumerate(words):
        if name_of(word) and not (place and words[place - 1].value in (".", "$", ":")):
            yield word


def _compared(words: list[Token]) -> Iterator[Token]:
    """The variables of an ``ORDER BY`` that are compared themselves, not a property of theirs."""
    after = {words[place]: words[place + 1].value for place in range(len(words) - 1)}
    return (word for word in _variables(words) if after.get(word) not in (".", "("))


def name_of(token: Token) -> str:
    """The name that a token may be; empty for marks, numbers and texts."""
    if token.kind == "quoted":
        return token.value[1:-1].replace("``", "`")
    return token.value if token.kind == "word" else ""


def _span(token: Token) -> tuple[int, int]:
    return token.offset, token.offset + len(token.value)


def free_name(name: str, taken: set[str]) -> str:
    """A name like another that is not taken, which it is from then on."""
    other = f"{name}_"
    while other in taken or "`" in other:
        other = f"{other.replace('`', '')}_"
    taken.add(other)
    return other
