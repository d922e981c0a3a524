"""Conditions on role assignments, and within roles: their language, and what they come to.

https://learn.microsoft.com/azure/role-based-access-control/conditions-format

A condition is parsed once. What a request is known to say decides it as far as that goes; what is
not known leaves it open, and an attribute that is known to be absent fulfils nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple, Protocol

from ...logic import Truth, all_of, any_of, negation
from .actions import Action, matches

Attributes = Mapping[str, Sequence[str]]
"""What is known of a request: values by attribute, ``request[…]`` in lower case; no values where
it is known to be absent."""


class ConditionError(ValueError):
    """A text is no condition; the message says where it stops being one."""


class Condition(Protocol):
    """A part of a condition."""

    def holds(self, action: Action, known: Attributes) -> Truth:
        """Whether it holds for an action; None if that hangs on what is not known."""


@dataclass(frozen=True)
class _All:
    parts: tuple[Condition, ...]

    def holds(self, action: Action, known: Attributes) -> Truth:
        return all_of(each.holds(action, known) for each in self.parts)


@dataclass(frozen=True)
class _Any:
    parts: tuple[Condition, ...]

    def holds(self, action: Action, known: Attributes) -> Truth:
        return any_of(each.holds(action, known) for each in self.parts)


@dataclass(frozen=True)
class _Not:
    part: Condition

    def holds(self, action: Action, known: Attributes) -> Truth:
        return negation(self.part.holds(action, known))


@dataclass(frozen=True)
class _Constant:
    value: bool

    def holds(self, action: Action, known: Attributes) -> Truth:  # noqa: ARG002
        return self.value


@dataclass(frozen=True)
class _ActionMatches:
    pattern: str

    def holds(self, action: Action, known: Attributes) -> Truth:  # noqa: ARG002
        return matches(self.pattern, action.name)


@dataclass(frozen=True)
class _SubOperationMatches:
    """Which part of an action is meant, such as listing blobs by reading, is not known."""

    pattern: str

    def holds(self, action: Action, known: Attributes) -> Truth:  # noqa: ARG002
        given = known.get("suboperation")
        return None if given is None else any(matches(self.pattern, one.lower()) for one in given)


@dataclass(frozen=True)
class _Exists:
    attribute: str

    def holds(self, action: Action, known: Attributes) -> Truth:  # noqa: ARG002
        given = known.get(self.attribute)
        return None if given is None else bool(given)


class _Quantifier(NamedTuple):
    """How many values of the attribute, and of the condition, must match."""

    left: Callable[[Iterator[Truth]], Truth]
    right: Callable[[Iterator[Truth]], Truth]


@dataclass(frozen=True)
class _Comparison:
    attribute: str
    quantifier: _Quantifier
    is_negated: bool
    compare: Callable[[str, str], Truth]
    values: tuple[str, ...]
    """Of attributes, where ``other`` is set."""
    other: str = ""

    def holds(self, action: Action, known: Attributes) -> Truth:  # noqa: ARG002
        left = known.get(self.attribute)
        right = known.get(self.other) if self.other else self.values
        if left is None or right is None:
            return None
        if not left:
            return False
        found = self._quantified(self.quantifier, left, right)
        if self.is_negated and self.quantifier is _QUANTIFIERS["foranyofanyvalues"]:
            # Azure's own examples exclude several values by "any differs from any", which, read as
            # it is documented, holds for every value.
            other = self._quantified(_QUANTIFIERS["foranyofallvalues"], left, right)
            return found if found == other else None
        return found

    def _quantified(
        self, quantifier: _Quantifier, left: Sequence[str], right: Sequence[str]
    ) -> Truth:
        return quantifier.left(
            quantifier.right(self._one(one, other) for other in right) for one in left
        )

    def _one(self, one: str, other: str) -> Truth:
        found = self.compare(one, other)
        return negation(found) if self.is_negated else found


@lru_cache(4096)
def parse(text: str) -> Condition:
    """The condition of a text; an empty one always holds.

    :raises ConditionError: if it is none.
    """
    if not text.strip():
        return _Constant(True)
    parser = _Parser(text)
    found = parser.either()
    parser.end()
    return found


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.|'')*')
  | (?P<attribute>@[A-Za-z]+\[)
  | (?P<and>&&|\bAND\b)
  | (?P<or>\|\||\bOR\b)
  | (?P<not>!|\bNOT\b)
  | (?P<sign>[(){},])
  | (?P<word>[A-Za-z0-9_.:+\-/]+)
)""",
    re.VERBOSE | re.IGNORECASE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Parser:
    """Reads a condition from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def either(self) -> Condition:
        """Parts of which one must hold; AND binds closer than OR."""
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else _Any(tuple(parts))

    def end(self) -> None:
        """Makes sure that nothing is left."""
        if self._at < len(self._tokens):
            raise self._error("the end")

    def _both(self) -> Condition:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else _All(tuple(parts))

    def _single(self) -> Condition:
        if self._take("not"):
            return _Not(self._single())
        if self._take("sign", "("):
            found = self.either()
            self._need("sign", ")")
            return found
        if attribute := self._take("attribute"):
            return self._comparison(attribute.text)
        word = self._need("word").text.lower()
        if word in ("true", "false"):
            return _Constant(word == "true")
        if word in ("exists", "notexists"):
            present = _Exists(self._need("attribute").text)
            return present if word == "exists" else _Not(present)
        if word in _MATCHING:
            return _Any(tuple(_MATCHING[word](each.lower()) for each in self._values()))
        self._at -= 1
        raise self._error("an expression")

    def _comparison(self, attribute: str) -> Condition:
        name = self._need("word").text.lower()
        prefix, colon, operator = name.rpartition(":")
        quantifier = _QUANTIFIERS.get(prefix if colon else "foranyofanyvalues")
        is_negated = "not" in operator
        compare = _OPERATORS.get(operator.replace("not", "", 1))
        if quantifier is None or compare is None:
            self._at -= 1
            raise self._error("an operator")
        other = self._take("attribute")
        values = () if other else self._values()
        return _Comparison(
            attribute,
            quantifier,
            is_negated,
            compare,
            values,
            other.text if other else "",
        )

    def _values(self) -> tuple[str, ...]:
        if not self._take("sign", "{"):
            return (self._value(),)
        found = []
        while not self._take("sign", "}"):
            found.append(self._value())
            if not self._take("sign", ","):
                self._need("sign", "}")
                break
        return tuple(found)

    def _value(self) -> str:
        if text := self._take("text"):
            return re.sub(r"\\(.)|''", lambda one: one[1] or "'", text.text[1:-1])
        return self._need("word").text

    def _take(self, kind: str, text: str = "") -> _Token | None:
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == kind and text in ("", token.text):
                self._at += 1
                return token
        return None

    def _need(self, kind: str, text: str = "") -> _Token:
        token = self._take(kind, text)
        if token is None:
            raise self._error(f"'{text}'" if text else _KINDS[kind])
        return token

    def _error(self, wanted: str) -> ConditionError:
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            return ConditionError(f"at {token.start}: '{token.text}' stands for {wanted}")
        return ConditionError(f"it ends before {wanted}")


_MATCHING: Mapping[str, Callable[[str], Condition]] = {
    "actionmatches": _ActionMatches,
    "suboperationmatches": _SubOperationMatches,
}
_KINDS = {"word": "a word", "attribute": "an attribute"}


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ConditionError(f"at {position}: '{text[position : position + 12]}' is no part")
        kind = str(match.lastgroup)
        start, position = match.start(kind), match.end()
        if kind == "attribute":
            position = _closing(text, position)
            yield _Token(kind, text[start + 1 : position].lower(), start)
        else:
            yield _Token(kind, match[kind], start)


def _closing(text: str, position: int) -> int:
    """Behind the bracket that ends an attribute, which may hold brackets itself."""
    depth = 1
    for place in range(position, len(text)):
        depth += {"[": 1, "]": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise ConditionError(f"at {position}: an attribute does not end")


def _same(one: str, other: str) -> Truth:
    return one == other


def _same_ignoring_case(one: str, other: str) -> Truth:
    return one.lower() == other.lower()


def _like(one: str, other: str) -> Truth:
    return fnmatchcase(one, other.replace("[", "[[]"))


def _guid(text: str) -> str:
    return text.lower().replace("-", "").strip("{}")


def _same_guid(one: str, other: str) -> Truth:
    return _guid(one.rpartition("/")[2]) == _guid(other.rpartition("/")[2])


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[str, str], Truth]:
    """Compares numbers; what is none leaves it open."""

    def compared(one: str, other: str) -> Truth:
        try:
            return compare(float(one), float(other))
        except ValueError:
            return None

    return compared


def _in_time(compare: Callable[[float, float], bool]) -> Callable[[str, str], Truth]:
    """Compares moments; what is none leaves it open."""

    def compared(one: str, other: str) -> Truth:
        try:
            first, second = (datetime.fromisoformat(each).timestamp() for each in (one, other))
        except ValueError:
            return None
        return compare(first, second)

    return compared


def _open(one: str, other: str) -> Truth:  # noqa: ARG001
    """What is not compared here stays open."""
    return None


_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "equals": lambda one, other: one == other,
    "lessthan": lambda one, other: one < other,
    "lessthanequals": lambda one, other: one <= other,
    "greaterthan": lambda one, other: one > other,
    "greaterthanequals": lambda one, other: one >= other,
}
_OPERATORS: Mapping[str, Callable[[str, str], Truth]] = {
    "stringequals": _same,
    "stringequalsignorecase": _same_ignoring_case,
    "stringlike": _like,
    "stringlikeignorecase": lambda one, other: _like(one.lower(), other.lower()),
    "stringstartswith": lambda one, other: one.startswith(other),
    "stringstartswithignorecase": lambda one, other: one.lower().startswith(other.lower()),
    "boolequals": _same_ignoring_case,
    "guidequals": _same_guid,
    "ipmatch": _open,
    "ipinrange": _open,
    **{f"numeric{name}": _ordered(each) for name, each in _ORDERS.items()},
    **{f"datetime{name}": _in_time(each) for name, each in _ORDERS.items()},
}
_QUANTIFIERS = {
    "foranyofanyvalues": _Quantifier(any_of, any_of),
    "foranyofallvalues": _Quantifier(any_of, all_of),
    "forallofanyvalues": _Quantifier(all_of, any_of),
    "forallofallvalues": _Quantifier(all_of, all_of),
}
