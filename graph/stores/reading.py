"""Refuses what is not one reading query, before an engine sees it.

An engine's own read-only mode keeps the graph as it is, but the statements that it still takes
read and write files, load extensions, or end the process. Reading needs none of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from ..schema import Schema
from .store import QueryError

_BEGINNINGS = {"MATCH", "OPTIONAL", "RETURN", "UNWIND", "WITH"}
_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|//[^\r\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>`[^`]*`|\w+)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u", re.IGNORECASE)


class Token(NamedTuple):
    """A part of a query that is neither a blank nor a comment."""

    kind: str
    """``text`` (a string), ``name`` (a keyword or a name) or ``mark``."""
    value: str


def tokens(cypher: str) -> Iterator[Token]:
    """The tokens of a query."""
    for match in _TOKEN.finditer(cypher):
        if match.lastgroup and match.lastgroup != "blank":
            yield Token(match.lastgroup, match[0])


def check(cypher: str, parameters: Mapping[str, Any]) -> None:
    """Lets one reading query pass whose parameters all have a value.

    :raises QueryError: if it is anything else.
    """
    if _UNICODE_ESCAPE.search(cypher):
        raise QueryError("Write the character itself instead of a \\u escape.")
    found = list(tokens(cypher))
    while found and found[-1] == ("mark", ";"):
        found.pop()
    if not found:
        raise QueryError("The query is empty.")
    if found[0].value.upper() not in _BEGINNINGS:
        raise QueryError(
            "Clew only reads: a query begins with MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN, "
            f"not with {found[0].value}."
        )
    if ("mark", ";") in found:
        raise QueryError("Only one query can be run at a time; leave the semicolon out.")
    for before, after in pairwise(found):
        word = before.value.upper()
        if word == "LOAD" and after.value.upper() in ("CSV", "FROM"):
            raise QueryError("A query reads the graph only: LOAD is refused.")
        if word == "CALL" and after.kind == "name":
            raise QueryError("A query reads the graph only: CALL of a procedure is refused.")
        if before == ("mark", "$") and after.value.strip("`") not in parameters:
            raise QueryError(f"The query needs a value for its parameter ${after.value}.")


def check_types(types: Iterable[str], schema: Schema) -> None:
    """Lets relationship types pass that the schema has.

    :raises QueryError: if one of them is anything else.
    """
    for rel in types:
        if rel not in schema.relationships:
            raise QueryError(f"There is no relationship type {rel}.")
