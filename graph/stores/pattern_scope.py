"""What of a graph a query can meet: the labels and edges that its patterns leave open.

An embedded graph is made of no more than that. So nothing may be taken for less than it is: what is
not understood here stands for everything.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import product
from typing import NamedTuple

from ..schema import EdgeType
from .functions import FUNCTIONS
from .ordering import name_of
from .reading import Token

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_ANY: tuple[str, ...] = ("",)
_END = Token("end", "")
_ENDING_A_PROJECTION = frozenset(
    "MATCH OPTIONAL UNWIND WITH RETURN WHERE ORDER SKIP OFFSET LIMIT UNION".split()  # noqa: SIM905
)


class Walk(NamedTuple):
    """A pattern that may pass over further nodes, in the direction of its edges."""

    begins: frozenset[str]
    """The labels that its first node may have; none for any."""
    types: frozenset[str]
    """The types of its edges; none for any."""
    ends: frozenset[str]
    is_directed: bool

    def of(self, pairs: Iterable[EdgeType]) -> set[EdgeType]:
        """The pairs of which edges can be met, among these."""
        allowed = {pair for pair in pairs if not self.types or pair.rel in self.types}
        there = self._from(self.begins, allowed, lambda pair: (pair.source, pair.target))
        return self._from(self.ends, there, lambda pair: (pair.target, pair.source))

    def _from(
        self,
        labels: Collection[str],
        pairs: set[EdgeType],
        ends: Callable[[EdgeType], tuple[str, str]],
    ) -> set[EdgeType]:
        """Those of these pairs that can be walked over from these labels."""
        if not labels or not self.is_directed:
            return pairs
        reached, found = {*labels}, set[EdgeType]()
        while new := {pair for pair in pairs - found if ends(pair)[0] in reached}:
            found |= new
            reached.update(ends(pair)[1] for pair in new)
        return found


class Scope(NamedTuple):
    """What a query can meet."""

    labels: frozenset[str] = frozenset()
    """The labels that it names."""
    edges: frozenset[EdgeType] = frozenset()
    """The edges of its patterns; an empty label or type stands for any."""
    walks: frozenset[Walk] = frozenset()

    @property
    def types(self) -> set[str]:
        """The types of edges that it names."""
        named = {edge.rel for edge in self.edges}
        return named.union(*(walk.types for walk in self.walks)) - {""}

    def of(self, pairs: Collection[EdgeType]) -> set[EdgeType]:
        """The pairs of which edges can be met, among these."""
        by_type: dict[str, list[EdgeType]] = defaultdict(list)
        for edge in self.edges:
            by_type[edge.rel].append(edge)
        found = {
            pair
            for pair in pairs
            for edge in (*by_type.get(pair.rel, ()), *by_type.get("", ()))
            if edge.source in ("", pair.source) and edge.target in ("", pair.target)
        }
        return found.union(*(walk.of(pairs) for walk in self.walks))


class _UnknownError(Exception):
    """A query may meet anything."""


def scope_of(found: Sequence[Token]) -> Scope | None:
    """What a query of these tokens can meet; None if that may be everything."""
    try:
        return _Reader(found).read()
    except _UnknownError:
        return None


class _Edge(NamedTuple):
    types: tuple[str, ...]
    leads: str
    """``<``, ``>``, or empty for both directions."""
    is_long: bool
    """Whether further nodes may lie on it."""
    may_be_none: bool
    """Whether its ends may be one node."""


class _Reader:
    """Goes over the tokens of a query once."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._at = 0
        self._scopes: list[dict[str, tuple[str, ...]]] = [{}]
        """The labels that each variable may have, for every bracket that is open."""
        self._labels: set[str] = set()
        self._edges: set[EdgeType] = set()
        self._walks: set[Walk] = set()

    def read(self) -> Scope:
        """:raises _UnknownError: if it may be everything."""
        while self._at < len(self._found):
            token, before = self._token(), self._token(-1)
            if token.value == "(" and self._begins_node():
                self._chain()
                continue
            if before.value == ")" and self._begins_edge():
                raise _UnknownError
            if token.kind == "mark" and token.value in _OPENING:
                self._scopes.append(dict(self._scopes[-1]))
            elif token.kind == "mark" and token.value in _CLOSING:
                self._scopes.pop()
                if not self._scopes:
                    raise _UnknownError
            elif token.keyword == "UNION":
                self._scopes[-1] = dict(self._scopes[-2]) if len(self._scopes) > 1 else {}
            elif token.keyword == "WITH" and before.keyword not in ("STARTS", "ENDS"):
                known = self._scopes[-1]
                self._scopes[-1] = {name: known[name] for name in self._passed_on(known)}
            self._at += 1
        return Scope(frozenset(self._labels), frozenset(self._edges), frozenset(self._walks))

    def _token(self, further: int = 0) -> Token:
        place = self._at + further
        return self._found[place] if 0 <= place < len(self._found) else _END

    def _take(self, value: str) -> bool:
        """Whether the next token is this mark, which is passed then."""
        taken = self._token().kind == "mark" and self._token().value == value
        self._at += taken
        return taken

    def _need(self, value: str) -> None:
        if not self._take(value):
            raise _UnknownError

    def _name(self) -> str:
        """The name that comes next, which is passed; empty if there is none."""
        name = name_of(self._token())
        self._at += bool(name)
        return name

    def _begins_node(self) -> bool:
        """Whether a bracket may hold a node; that of a function's call does not."""
        before, first, second = self._token(-1), self._token(1), self._token(2)
        if before.keyword and before.keyword != "EXISTS" and before.value.lower() in FUNCTIONS:
            return False
        return first.value in (")", ":", "{") or (
            bool(name_of(first)) and second.value in (")", ":", "{")
        )

    def _chain(self) -> None:
        """A node and what its edges lead to."""
        left = self._node()
        edges = 0
        while edge := self._edge():
            if self._token().value != "(":
                raise _UnknownError
            right = self._node()
            self._add(left, edge, right)
            left, edges = right, edges + 1
        if left == _ANY and not edges:
            raise _UnknownError

    def _node(self) -> tuple[str, ...]:
        """The labels that a node may have."""
        self._need("(")
        variable = self._name()
        labels = tuple(self._names()) if self._take(":") else ()
        if self._token().value == "{":
            self._pass_brackets()
        self._need(")")
        self._labels.update(labels)
        known = self._scopes[-1].get(variable) if variable else None
        if labels and known and known != _ANY and {*labels} != {*known}:
            raise _UnknownError  # the engine takes a node that is named twice for either
        if variable and known is None:
            self._scopes[-1][variable] = labels or _ANY
        return labels or known or _ANY

    def _edge(self) -> _Edge | None:
        """The edge that begins here; None if there is none."""
        if not self._begins_edge():
            return None
        is_left = self._take("<")
        self._need("-")
        types: tuple[str, ...] = ()
        rest: Sequence[Token] = ()
        if self._take("["):
            self._name()
            types = tuple(self._names()) if self._take(":") else ()
            begin = self._at
            while self._token().value != "]":
                if self._token() is _END:
                    raise _UnknownError
                self._pass_brackets()
            rest = self._found[begin : self._at]
            self._need("]")
        self._need("-")
        is_right = self._take(">")
        leads = "" if is_left == is_right else "<" if is_left else ">"
        is_long = any(token.value == "*" for token in rest)
        may_be_none = is_long and any(token.value.startswith("0") for token in rest)
        return _Edge(types or _ANY, leads, is_long, may_be_none)

    def _begins_edge(self) -> bool:
        is_left = self._token().value == "<"
        marks = self._token(is_left).value, self._token(is_left + 1).value
        return marks in (("-", "-"), ("-", "["))

    def _names(self) -> Iterable[str]:
        """The names of which each is one choice."""
        while True:
            name = self._name()
            if not name:
                raise _UnknownError
            yield name
            if not self._take("|"):
                if self._token().value in (":", "&"):
                    raise _UnknownError
                return
            self._take(":")

    def _pass_brackets(self) -> None:
        """Passes a token, with brackets what they hold, in which there is no pattern."""
        depth = 0
        while True:
            token = self._token()
            if token is _END or token.keyword == "MATCH":
                raise _UnknownError
            depth += (token.value in _OPENING) - (token.value in _CLOSING)
            self._at += 1
            if depth <= 0:
                return

    def _add(self, left: tuple[str, ...], edge: _Edge, right: tuple[str, ...]) -> None:
        if edge.may_be_none and _ANY in (left, right):
            raise _UnknownError
        if left == right == edge.types == _ANY:
            raise _UnknownError
        if edge.leads == "<":
            left, right = right, left
        if edge.is_long:
            begins, types, ends = (frozenset(each) - {""} for each in (left, edge.types, right))
            self._walks.add(Walk(begins, types, ends, is_directed=bool(edge.leads)))
            return
        for type_, one, other in product(edge.types, left, right):
            self._edges.add(EdgeType(one, type_, other))
            if not edge.leads:
                self._edges.add(EdgeType(other, type_, one))

    def _passed_on(self, known: Iterable[str]) -> set[str]:
        """The variables that a ``WITH`` passes on as they are."""
        passed: set[str] = set()
        item: list[Token] = []
        depth = 0
        for token in (*self._found[self._at + 1 :], _END):
            depth += (token.value in _OPENING) - (token.value in _CLOSING)
            is_end = token is _END or depth < 0 or token.keyword in _ENDING_A_PROJECTION
            if depth <= 0 and (is_end or token.value == ","):
                words = item[1:] if item and item[0].keyword == "DISTINCT" else item
                if len(words) == 1:
                    passed.update(known if words[0].value == "*" else (name_of(words[0]),))
                item = []
                if is_end:
                    break
            else:
                item.append(token)
        return passed & {*known}
