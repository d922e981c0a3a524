"""Nodes of any label that a query returns whole, given by label and id instead.

LadybugDB gives a node whose label a query leaves open with the properties of all labels: thousands
of columns, most of them null, which takes it seconds and hundreds of megabytes for a hundred
nodes. By label and id they are found at once, and read afterwards with the properties of their own
label.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .ordering import free_name, name_of, projections
from .reading import Token, tokens

LABEL, ID = "node label", "node id"
"""The keys of what stands for a node."""
_BEFORE_A_PATTERN = frozenset((",", "-", ">", "<", "="))


class ByIdentity(NamedTuple):
    """A query as the engine is to run it."""

    cypher: str
    columns: dict[str, str]
    """What the columns are called in which an identity stands for a node."""


def by_identity(cypher: str) -> ByIdentity | None:
    """The query with identities in place of the nodes of any label that it returns; None if there
    are none.

    The engine may refuse it where it takes the query as it is: then that is to be run.
    """
    found = list(tokens(cypher))
    open_nodes = nodes_without_label(found)
    taken = {name_of(token) for token in found}
    other: dict[str, str] = {}
    edits: list[tuple[int, int, str]] = []
    for projection in projections(cypher, found) if open_nodes else ():
        for item in projection.items if projection.clause.keyword == "RETURN" else ():
            is_named = len(item.words) == 3 and item.words[1].keyword == "AS"
            variable = name_of(item.words[0]) if item.words else ""
            if variable in open_nodes and (len(item.words) == 1 or is_named):
                column = other.setdefault(item.name, free_name(item.name, taken))
                identity = f"{{`{LABEL}`: label(`{variable}`), `{ID}`: `{variable}`.id}}"
                last = item.words[-1]
                end = last.offset + len(last.value)
                edits.append((item.words[0].offset, end, f"{identity} AS `{column}`"))
    if not edits:
        return None
    for start, end, text in sorted(edits, reverse=True):
        cypher = cypher[:start] + text + cypher[end:]
    return ByIdentity(cypher, {column: name for name, column in other.items()})


def nodes_without_label(found: Sequence[Token]) -> set[str]:
    """The variables that stand for nodes wherever they are named, and for ones of any label."""
    nodes, others = set[str](), set[str]()
    for before, token, after in _neighbours(found):
        name = name_of(token)
        if not name:
            continue
        if before[-1].value == "(" and _begins_pattern(before[0]):
            (nodes if after.value in (")", "{") else others).add(name)
        elif before[-1].value == "[" or before[-1].keyword == "AS" or after.value == "=":
            others.add(name)
    return nodes - others


def _begins_pattern(token: Token) -> bool:
    return token.keyword == "MATCH" or token.value in _BEFORE_A_PATTERN


def _neighbours(found: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Token, Token]]:
    """Each token with the two before it and the one after it."""
    end = Token("end", "")
    padded = [end, end, *found, end]
    for place in range(2, len(padded) - 1):
        yield padded[place - 2 : place], padded[place], padded[place + 1]
