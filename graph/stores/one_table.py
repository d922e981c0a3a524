"""A query that names no label, as it is asked of a graph whose nodes are all in one table.

For a node of any label an engine looks into the table of each, and there are hundreds. In one table
the label is a column, and there are no further ones than the query names.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..schema import Column, Schema
from .functions import FUNCTIONS
from .ordering import name_of
from .reading import Token, tokens
from .whole_nodes import nodes_without_label

TABLE = "any label"
"""What the table is called, as no label is."""
LABEL = "node label"
"""The column that holds the label, called as no property is."""
_OF_A_LABEL = frozenset(("LABEL", "LABELS"))
_OF_A_NODE = frozenset(("COUNT", "COLLECT", *_OF_A_LABEL))
"""Functions that may be given a node; others might tell how it is stored."""
_OF_COLUMNS = frozenset(("PROPERTIES", "KEYS"))


class OneTable(NamedTuple):
    """A query as it is asked of one table, and the properties that it needs there."""

    cypher: str
    columns: dict[str, Column]
    walks: bool
    """Whether it may look at edges, which no query can name without a dash."""


def in_one_table(cypher: str, schema: Schema) -> OneTable | None:
    """The query for one table; None if it names a label, or asks for what only tables of their own
    can tell."""
    found = list(tokens(cypher))
    columns = _columns(found, schema)
    if columns is None or _names_a_label(found):
        return None
    nodes, edges = nodes_without_label(found), _edge_variables(found)
    if nodes & edges:
        return None
    edits = []
    for function, given in _calls(found):
        called, variable = function.keyword, name_of(given[0])
        if called in _OF_COLUMNS:
            return None
        is_whole = given[1].value in (")", ",")
        if variable in nodes and is_whole and called not in _OF_A_NODE:
            return None
        if called in _OF_A_LABEL and variable not in edges:
            if variable not in nodes or given[1].value != ")":
                return None
            edits.append((function.offset, given[1].offset + 1, f"`{variable}`.`{LABEL}`"))
    for start, end, text in reversed(edits):
        cypher = cypher[:start] + text + cypher[end:]
    return OneTable(cypher, columns, walks="-" in cypher)


def _columns(found: Sequence[Token], schema: Schema) -> dict[str, Column] | None:
    """The properties that a query may name; None if one is of several types."""
    columns: dict[str, Column] = {}
    named = {"id", *map(name_of, found)}
    for properties in schema.labels.values():
        for name in named & properties.keys():
            if columns.setdefault(name, properties[name]) != properties[name]:
                return None
    return columns


def _names_a_label(found: Sequence[Token]) -> bool:
    """Whether a colon stands where it does not belong to a type, a map or a slice."""
    opened: list[str] = []
    for token in found:
        if token.value in ("(", "[", "{"):
            opened.append(token.value)
        elif token.value in (")", "]", "}"):
            opened = opened[:-1]
        elif token.value == ":" and opened[-1:] not in (["["], ["{"]):
            return True
    return False


def _edge_variables(found: Sequence[Token]) -> set[str]:
    return {
        name_of(variable)
        for before, bracket, variable in zip(found, found[1:], found[2:], strict=False)
        if before.value == "-" and bracket.value == "["
    } - {""}


def _calls(found: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Every function that is called, with the two tokens that its arguments begin with."""
    for place in range(len(found) - 3):
        if found[place].value.lower() in FUNCTIONS and found[place + 1].value == "(":
            given = found[place + 2 : place + 5]
            is_distinct = given[0].keyword == "DISTINCT" and len(given) > 2
            yield found[place], given[1:] if is_distinct else given[:2]
