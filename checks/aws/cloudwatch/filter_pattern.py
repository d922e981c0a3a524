"""The language of CloudWatch's filter patterns, as far as it speaks of the properties of events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ....graph.logic import all_of, any_of
from .term_pattern import matches_text

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>\(|\)|&&|\|\|)
      | (?P<selector>\$(?:\.[\w@-]+|\.?\['[^']*'\]|\[\d+\])+)
      | (?P<operator>!=|<=|>=|=|<|>|IS\s+NULL\b|IS\s+TRUE\b|IS\s+FALSE\b|NOT\s+EXISTS\b)
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | %(?P<regex>(?:[^%\\]|\\.)*)%
      | (?P<bare>[^\s()&|=!<>"%]+)
    )\s*""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.([\w@-]+)|\.?\['([^']*)'\]|\[(\d+)\]")
_ABSENT = object()


class Token(NamedTuple):
    """One word of a pattern."""

    kind: str
    text: str


class Condition(NamedTuple):
    """A property of the event compared with a value."""

    selector: str
    operator: str
    value: Token | None


class Joined(NamedTuple):
    """Parts joined by ``&&`` or ``||``."""

    mark: str
    parts: tuple["Condition | Joined", ...]


def matches(pattern: str, event: Mapping[str, Any]) -> bool | None:
    """Whether a pattern takes an event; None where that is not known: the pattern is neither one of
    JSON properties nor of terms, or asks a property that the event does not show to be unlike
    something."""
    if not pattern.strip():
        return True
    if not pattern.strip().startswith("{"):
        return matches_text(pattern, event)
    expression = _parse(pattern)
    return None if expression is None else _holds(expression, event)


@cache
def _parse(pattern: str) -> Condition | Joined | None:
    text = pattern.strip()
    if not text.endswith("}"):
        return None
    tokens: list[Token] = []
    text, position = text[1:-1].strip(), 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            return None
        tokens.append(Token(found.lastgroup, found[found.lastgroup]))
        position = found.end()
    try:
        expression = _joined(tokens, "||")
    except (IndexError, ValueError):
        return None
    return None if tokens else expression


def _joined(tokens: list[Token], mark: str) -> Condition | Joined:
    """Takes parts joined by a mark off the front of the tokens; ``&&`` binds tighter."""
    parts = []
    while True:
        parts.append(_joined(tokens, "&&") if mark == "||" else _part(tokens))
        if not tokens or tokens[0] != ("mark", mark):
            return parts[0] if len(parts) == 1 else Joined(mark, tuple(parts))
        tokens.pop(0)


def _part(tokens: list[Token]) -> Condition | Joined:
    first = tokens.pop(0)
    if first == ("mark", "("):
        inner = _joined(tokens, "||")
        if tokens.pop(0) != ("mark", ")"):
            raise ValueError("a bracket is not closed")
        return inner
    operator = tokens.pop(0)
    if first.kind != "selector" or operator.kind != "operator":
        raise ValueError("a condition has no selector or operator")
    name = " ".join(operator.text.split())
    if name[0].isalpha():
        return Condition(first.text, name, None)
    value = tokens.pop(0)
    if value.kind not in ("quoted", "regex", "bare"):
        raise ValueError("a condition has no value")
    return Condition(first.text, name, value)


def _holds(expression: Condition | Joined, event: Mapping[str, Any]) -> bool | None:
    if isinstance(expression, Joined):
        answers = [_holds(part, event) for part in expression.parts]
        return all_of(answers) if expression.mark == "&&" else any_of(answers)
    actual = select(expression.selector, event)
    if expression.value is None:
        return {
            "IS NULL": actual is None,
            "IS TRUE": actual is True,
            "IS FALSE": actual is False,
            "NOT EXISTS": actual is _ABSENT,
        }[expression.operator]
    if actual is _ABSENT:
        return None if expression.operator == "!=" else False
    return _compare(actual, expression.operator, expression.value)


def select(selector: str, event: Mapping[str, Any]) -> Any:
    """The property of an event; a mark of its own if it has none."""
    value: Any = event
    for plain, quoted, index in _STEP.findall(selector):
        if index:
            inside = isinstance(value, list) and int(index) < len(value)
            value = value[int(index)] if inside else _ABSENT
        else:
            value = value.get(plain or quoted, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return value


def _compare(actual: Any, operator: str, wanted: Token) -> bool:
    if operator in ("=", "!="):
        return _equal(actual, wanted) is (operator == "=")
    try:
        left, right = float(actual), float(wanted.text)
    except (TypeError, ValueError):
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
        operator
    ]


def _equal(actual: Any, wanted: Token) -> bool:
    if isinstance(actual, bool):
        return wanted.text == str(actual).lower()
    if isinstance(actual, int | float):
        try:
            return actual == float(wanted.text)
        except ValueError:
            return False
    if not isinstance(actual, str):
        return False
    if wanted.kind == "regex":
        try:
            return re.search(wanted.text, actual) is not None
        except re.error:
            return False
    text = re.sub(r"\\(.)", r"\1", wanted.text) if wanted.kind == "quoted" else wanted.text
    pattern = ".*".join(re.escape(piece) for piece in text.split("*"))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None
