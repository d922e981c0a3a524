"""Lets only a reading query through to an engine, made of what this module lists.

An engine's own read-only mode keeps the graph as it is, but the statements that it still takes
read and write files, load extensions, or end the process. So a query is let through only if every
word of it is accounted for: a clause or an operator of the lists here, a function of
:mod:`functions`, or a name in a place where an expression or a pattern has one. What an engine
may add to its language one day is refused until it is listed.

The rule behind it: in what these clauses hold, two operands never stand side by side. A word that
follows an operand is therefore a keyword, and if it is not listed it is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any, NamedTuple, NoReturn

from ..schema import Schema
from ..suggestions import nearest
from .functions import FUNCTIONS, NAMESPACES
from .store import QueryError

_BEGINNINGS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN")
_CLAUSES = (*_BEGINNINGS, "WHERE", "ORDER", "SKIP", "OFFSET", "LIMIT")
_OPERATORS = frozenset(
    "AND OR XOR NOT IN IS STARTS ENDS CONTAINS AS WHEN THEN ELSE".split()  # noqa: SIM905
)
_AFTER_AN_OPERAND = frozenset(("END", "ASC", "ASCENDING", "DESC", "DESCENDING"))
"""Keywords that follow an operand and are not followed by one."""
_BEFORE_AN_OPERAND = frozenset(("NOT", "DISTINCT", "CASE", "SHORTEST"))
_SECOND_WORDS = {"OPTIONAL": "MATCH", "ORDER": "BY", "STARTS": "WITH", "ENDS": "WITH"}
_SUBQUERIES = frozenset(("EXISTS", "COUNT"))
_NEVER_NAMES = frozenset(
    "ALTER ATTACH CALL COPY CREATE DELETE DETACH DROP EXPORT FOREACH IMPORT INSERT INSTALL LOAD "  # noqa: SIM905
    "MERGE REMOVE SET USE YIELD".split()
)
"""Clauses that an engine might see where an expression could have a name too."""
_ALLOWED = (
    "MATCH, OPTIONAL MATCH, WHERE, WITH, UNWIND, RETURN, ORDER BY, SKIP, LIMIT, UNION, CASE, "
    "EXISTS { … } and COUNT { … }"
)
_MARKS = frozenset("()[]{}<>=+-*/%^.,:;|&!$~")

_TOKEN = re.compile(
    r"""
    (?P<blank>[\s\u180e]+)
    |(?P<comment>//[^\r\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<number>(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?!\w))
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u", re.IGNORECASE)


class Token(NamedTuple):
    """A part of a query that is neither a blank nor a comment."""

    kind: str
    """``text``, ``quoted`` (a name in backticks), ``number``, ``word`` or ``mark``."""
    value: str
    offset: int = 0

    @property
    def keyword(self) -> str:
        """The word as keywords are written; empty if it can be none."""
        return self.value.upper() if self.kind == "word" and self.value.isascii() else ""


_END = Token("end", "")


def tokens(cypher: str) -> Iterator[Token]:
    """The tokens of a query."""
    for match in _TOKEN.finditer(cypher):
        kind = str(match.lastgroup)
        if kind not in ("blank", "comment"):
            yield Token(kind, match[0], match.start())


def reading_query(cypher: str, parameters: Mapping[str, Any]) -> str:
    """A query that only reads, as an engine is to run it: with blanks in place of its comments, so
    that no engine may see them end elsewhere.

    :raises QueryError: if it is anything else, or a parameter has no value.
    """
    if _UNICODE_ESCAPE.search(cypher):
        raise QueryError("Write the character itself instead of a \\u escape.")
    found = list(tokens(cypher))
    while found and found[-1].value == ";":
        found.pop()
    if not found:
        raise QueryError("The query is empty.")
    _Reader(cypher, found, parameters).check()
    return _TOKEN.sub(_without_comment, cypher)


def _without_comment(match: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", match[0]) if match.lastgroup == "comment" else match[0]


class _Expected(Enum):
    """What the next token has to be."""

    QUERY = auto()
    """A clause that a query begins with."""
    OPERAND = auto()
    """An operand, or what may stand before one."""
    OPERATOR = auto()
    """Anything but an operand."""


class _Reader:
    """Goes over the tokens of a query once."""

    def __init__(self, cypher: str, found: list[Token], parameters: Mapping[str, Any]) -> None:
        self._cypher = cypher
        self._found = found
        self._parameters = parameters
        self._at = 0
        self._expected = _Expected.QUERY
        self._called: list[str] = []
        """The name before the present token, part by part, if that may be a function's."""

    @property
    def _before(self) -> Token:
        return self._found[self._at - 1] if self._at else _END

    @property
    def _next(self) -> Token:
        return self._found[self._at + 1] if self._at + 1 < len(self._found) else _END

    def check(self) -> None:
        """:raises QueryError: at the first token that is not allowed."""
        while self._at < len(self._found):
            token = self._found[self._at]
            if token.kind == "mark":
                self._mark(token)
            elif self._expected is _Expected.QUERY:
                self._begin(token)
            elif self._expected is _Expected.OPERAND:
                self._operand(token)
            else:
                self._operator(token)
            self._at += 1

    def _begin(self, token: Token) -> None:
        if token.keyword in ("ALL", "DISTINCT") and self._before.keyword == "UNION":
            return
        if token.keyword not in _BEGINNINGS:
            if self._at == 0 and token.keyword not in _CLAUSES:
                raise QueryError(
                    "Clew only reads: a query begins with MATCH, OPTIONAL MATCH, UNWIND, WITH or "
                    f"RETURN, not with {token.value}."
                )
            self._refuse(token)
        self._keyword(token)

    def _operand(self, token: Token) -> None:
        before = self._before
        if before.value == "$":
            name = token.value.strip("`")
            if name not in self._parameters:
                raise QueryError(f"The query needs a value for its parameter ${name}.")
        elif token.kind == "word" and before.value not in (".", ":") and before.keyword != "AS":
            if self._is_prefix(token):
                self._keyword(token)
                return
            if token.keyword in _NEVER_NAMES and self._next.value != ":":
                self._refuse(token, f" Write `{token.value}` in backticks if it is a name.")
            if before.value == "{" and token.keyword in _BEGINNINGS and self._next.value != ":":
                self._refuse(token, " Only EXISTS and COUNT take a subquery.")
        is_name = token.kind in ("word", "quoted")
        qualified = self._called if before.value == "." else []
        self._called = [*qualified, token.value.strip("`")] if is_name else []
        self._expected = _Expected.OPERATOR

    def _is_prefix(self, token: Token) -> bool:
        word, before = token.keyword, self._before
        return (
            word in _BEFORE_AN_OPERAND
            or (word == "WHEN" and before.keyword == "CASE")
            or (word == "WHERE" and before.value in ("|", "(", "["))
            or (word in ("ALL", "ANY") and self._next.keyword == "SHORTEST")
        )

    def _operator(self, token: Token) -> None:
        word = token.keyword
        self._called = []
        if word in _AFTER_AN_OPERAND:
            return
        if word == "UNION":
            self._expected = _Expected.QUERY
        elif word in _CLAUSES or word in _OPERATORS:
            self._keyword(token)
        elif word in _NEVER_NAMES or _nearest_clause(word):
            self._refuse(token)
        else:
            raise QueryError(
                f"The query is wrong: {token.value} cannot follow {self._before.value}"
                f"{self._place(token)}."
            )

    def _keyword(self, token: Token) -> None:
        """Takes a keyword, with its second word if it has one."""
        second = _SECOND_WORDS.get(token.keyword)
        if second:
            self._at += 1
            last = self._found[self._at] if self._at < len(self._found) else _END
            if last.keyword != second:
                raise QueryError(
                    f"The query is wrong: {token.value} is followed by {second}"
                    f"{self._place(token)}."
                )
        self._called = []
        self._expected = _Expected.OPERAND

    def _mark(self, token: Token) -> None:
        mark = token.value
        if mark in "'\"`" or (mark == "/" and self._next.value == "*"):
            raise QueryError(
                f"The query is wrong: what {mark} begins does not end{self._place(token)}."
            )
        if mark == ";":
            raise QueryError("Only one query can be run at a time; leave the semicolon out.")
        if self._expected is _Expected.QUERY and (mark, self._before.value) != ("(", "{"):
            self._begin(token)
        is_operand_before = self._expected is _Expected.OPERATOR
        if self._is_foreign(mark, is_operand_before):
            self._refuse(token)
        if mark == "(" and is_operand_before and self._called:
            self._check_function(token)
        self._expected = self._expected_after(mark, is_operand_before)
        if mark != ".":
            self._called = []

    def _is_foreign(self, mark: str, is_operand_before: bool) -> bool:
        return (
            mark not in _MARKS
            or (mark == "$" and is_operand_before)
            or (mark == "." and self._before.kind == "number" and self._next.value != ".")
        )

    def _expected_after(self, mark: str, is_operand_before: bool) -> _Expected:
        before = self._before
        if mark in ")]}" or (mark == "!" and is_operand_before):
            return _Expected.OPERATOR
        if mark == "{" and is_operand_before and before.keyword in _SUBQUERIES:
            return _Expected.QUERY
        is_all = before.keyword in ("WITH", "RETURN", "DISTINCT") or before.value in ("(", ".")
        return _Expected.OPERATOR if mark == "*" and is_all else _Expected.OPERAND

    def _check_function(self, token: Token) -> None:
        *namespace, name = (part.lower() for part in self._called)
        if namespace and namespace[0] in NAMESPACES:
            return
        if namespace or name not in FUNCTIONS:
            called = ".".join(self._called)
            hint = nearest(name, sorted(FUNCTIONS)) if not namespace else ""
            raise QueryError(
                f"A query cannot call {called}{self._place(token)}: only functions that compute a "
                f"value from the graph are let through. {hint}".strip()
            )

    def _refuse(self, token: Token, hint: str = "") -> NoReturn:
        if not hint and (close := _nearest_clause(token.keyword)):
            hint = f" Did you mean {close}?"
        raise QueryError(
            f"{token.value} is not allowed here{self._place(token)}: Clew only reads, and a query "
            f"is made of {_ALLOWED}.{hint}"
        )

    def _place(self, token: Token) -> str:
        lines = self._cypher[: token.offset].split("\n")
        return f" (line {len(lines)}, column {len(lines[-1]) + 1})"


def _nearest_clause(word: str) -> str:
    """The clause that was perhaps meant by a word, if it looks like one."""
    close = get_close_matches(word, [*_CLAUSES, "UNION"], n=1, cutoff=0.75) if word else []
    return close[0] if close else ""


def check_types(types: Iterable[str], schema: Schema) -> None:
    """Lets relationship types pass that the schema has.

    :raises QueryError: if one of them is anything else.
    """
    for rel in types:
        if rel not in schema.relationships:
            raise QueryError(f"There is no relationship type {rel}.")
