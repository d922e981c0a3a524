"""Conditions of IAM, written in CEL, decided as far as what they ask for is known.

Of CEL this reads what IAM's conditions are made of: ``||``, ``&&``, ``!``, comparisons, ``in``,
literals, lists, attributes and calls. What is written otherwise is not decided.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from ...logic import Truth, all_of, any_of, negation

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>r?"(?:[^"\\]|\\.)*"|r?'(?:[^'\\]|\\.)*')"""
    r"""|(?P<number>-?\d+(?!\w))|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<sign>\|\||&&|==|!=|<=|>=|[-!<>()\[\].,+?:]))"""
)
_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in")
_DEEPEST = 60


class Begun(NamedTuple):
    """A text of which only the beginning is known."""

    start: str


class _Unknown:
    """A value that is not known."""


UNKNOWN = _Unknown()

Known = Mapping[str, Any]
"""Attributes by their names, such as ``resource.name``; what is not in it is not known. Times are
datetimes; ``tags`` are the pairs of keys and values, by name and by id, or None if unread."""


class Now(NamedTuple):
    """The time of a request that is made once the scan is done."""

    since: datetime


class _Node(NamedTuple):
    kind: str
    parts: tuple[Any, ...]


class _SyntaxError(Exception):
    """The text is not of the part of CEL that is read."""


def holds(condition: str, known: Known) -> Truth:
    """Whether a condition holds; an empty one does. None if that hangs on what is not known, or
    if it is not understood."""
    if not condition.strip():
        return True
    tree = _parsed(condition)
    value = UNKNOWN if tree is None else _value(tree, known)
    return value if isinstance(value, bool) else None


def is_understood(condition: str) -> bool:
    """Whether all of a condition can be read."""
    return not condition.strip() or _parsed(condition) is not None


@cache
def _parsed(text: str) -> _Node | None:
    try:
        return _Parser(text).whole()
    except _SyntaxError:
        return None


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        place, text = 0, text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise _SyntaxError
            self._tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            place = match.end()
        self._place = 0
        self._depth = 0

    def whole(self) -> _Node:
        found = self._either()
        if self._place < len(self._tokens):
            raise _SyntaxError
        return found

    def _sign(self) -> str:
        kind, text = self._peek()
        return text if kind == "sign" or text == "in" else ""

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("", "")

    def _take(self, sign: str) -> bool:
        if self._sign() != sign:
            return False
        self._place += 1
        return True

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise _SyntaxError

    def _either(self) -> _Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _SyntaxError
        found = [self._both()]
        while self._take("||"):
            found.append(self._both())
        self._depth -= 1
        return found[0] if len(found) == 1 else _Node("or", tuple(found))

    def _both(self) -> _Node:
        found = [self._comparison()]
        while self._take("&&"):
            found.append(self._comparison())
        return found[0] if len(found) == 1 else _Node("and", tuple(found))

    def _comparison(self) -> _Node:
        left = self._unary()
        sign = self._sign()
        if sign not in _COMPARISONS:
            return left
        self._place += 1
        return _Node("compare", (sign, left, self._unary()))

    def _unary(self) -> _Node:
        is_turned, is_negated = False, False
        while self._take("!"):
            is_turned, is_negated = not is_turned, True
        found = self._member()
        if is_turned:
            return _turned(found)
        return _turned(_turned(found)) if is_negated else found

    def _member(self) -> _Node:
        found = self._primary()
        while self._take("."):
            kind, name = self._peek()
            if kind != "name":
                raise _SyntaxError
            self._place += 1
            if self._take("("):
                found = _Node("call", (name, found, self._list(")")))
            else:
                found = _Node("of", (found, name))
        return found

    def _primary(self) -> _Node:
        kind, text = self._peek()
        self._place += 1
        match kind:
            case "string":
                return _Node("literal", (_unquoted(text),))
            case "number":
                return _Node("literal", (int(text),))
            case "name" if text in ("true", "false"):
                return _Node("literal", (text == "true",))
            case "name" if self._take("("):
                return _Node("call", (text, None, self._list(")")))
            case "name":
                return _Node("name", (text,))
        if text == "(":
            found = self._either()
            self._need(")")
            return found
        if text == "[":
            return _Node("list", self._list("]"))
        raise _SyntaxError

    def _list(self, end: str) -> tuple[_Node, ...]:
        found: list[_Node] = []
        while not self._take(end):
            if found:
                self._need(",")
            found.append(self._either())
        return tuple(found)


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_OF_MORGAN = {"or": "and", "and": "or"}


def _turned(node: _Node) -> _Node:
    """What holds where something does not, said without negation as far as that can be: of a
    time still to come it matters whether something begins or ends then."""
    if node.kind in _OF_MORGAN:
        return _Node(_OF_MORGAN[node.kind], tuple(map(_turned, node.parts)))
    if node.kind == "compare" and node.parts[0] in _OPPOSITE:
        return _Node("compare", (_OPPOSITE[node.parts[0]], *node.parts[1:]))
    return _Node("not", (node,))


def _unquoted(text: str) -> str:
    if text.startswith("r"):
        return text[2:-1]
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _value(node: _Node, known: Known) -> Any:
    parts = node.parts
    match node.kind:
        case "literal":
            return parts[0]
        case "list":
            return [_value(each, known) for each in parts]
        case "or":
            return _open(any_of(_truth(each, known) for each in parts))
        case "and":
            return _open(all_of(_truth(each, known) for each in parts))
        case "not":
            return _open(negation(_truth(parts[0], known)))
        case "compare":
            return _open(_compared(parts[0], *(_value(each, known) for each in parts[1:])))
        case "call":
            return _called(parts[0], parts[1], parts[2], known)
    return known.get(_path(node), UNKNOWN)


def _truth(node: _Node, known: Known) -> Truth:
    value = _value(node, known)
    return value if isinstance(value, bool) else None


def _open(truth: Truth) -> Any:
    return UNKNOWN if truth is None else truth


def _path(node: _Node) -> str:
    if node.kind == "name":
        return str(node.parts[0])
    if node.kind == "of":
        return f"{_path(node.parts[0])}.{node.parts[1]}"
    return ""


def _compared(sign: str, left: Any, right: Any) -> Truth:
    if sign == "in":
        if not isinstance(right, list):
            return None
        return any_of(_compared("==", left, each) for each in right)
    if isinstance(right, Now):
        turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        return _compared(turned.get(sign, sign), right, left)
    if isinstance(left, Now):
        return _at(left, sign, right)
    if sign in ("==", "!="):
        equal = _equal(left, right)
        return equal if sign == "==" else negation(equal)
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(sign, left < right, left > right)
    if isinstance(left, int) and isinstance(right, int):
        return _ordered(sign, left < right, left > right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _ordered(sign, left < right, left > right)
    return None


def _ordered(sign: str, is_smaller: bool, is_larger: bool) -> Truth:
    return {"<": is_smaller, ">": is_larger, "<=": not is_larger, ">=": not is_smaller}.get(sign)


def _at(now: Now, sign: str, time: Any) -> Truth:
    """What has ended holds no more; what is still to begin, or to end, is as it is at the time of
    the scan, but for a beginning to come, which is only a matter of time."""
    if not isinstance(time, datetime) or sign in ("==", "!="):
        return None
    if sign in ("<", "<="):
        return now.since < time
    return True if now.since >= time else None


def _equal(left: Any, right: Any) -> Truth:
    if isinstance(left, Begun) and isinstance(right, str):
        return None if right.startswith(left.start) else False
    if isinstance(right, Begun):
        return _equal(right, left) if isinstance(left, str) else None
    if isinstance(left, (str, int, datetime)) and type(left) is type(right):
        return bool(left == right)
    return None


def _called(name: str, owner: _Node | None, given: Sequence[_Node], known: Known) -> Any:
    values = [_value(each, known) for each in given]
    if owner is None:
        return _timestamp(values) if name == "timestamp" else UNKNOWN
    if _path(owner) == "resource" and name in _TAGS:
        return _open(_tagged(name, values, known.get("tags")))
    if _path(owner) == "api" and name == "getAttribute" and values:
        return known.get(values[0], UNKNOWN) if isinstance(values[0], str) else UNKNOWN
    asked = _value(owner, known)
    if name == "hasOnly" and len(values) == 1 and isinstance(asked, (list, tuple)):
        only = values[0]
        return (
            set(asked) <= set(only) if isinstance(only, list) and UNKNOWN not in only else UNKNOWN
        )
    if len(values) == 1 and isinstance(values[0], str):
        return _open(_of_text(name, asked, values[0]))
    return UNKNOWN


def _of_text(name: str, asked: Any, text: str) -> Truth:
    if isinstance(asked, Begun):
        if name == "startsWith":
            begins = asked.start.startswith(text)
            return True if begins else None if text.startswith(asked.start) else False
        return True if name == "contains" and text in asked.start else None
    if not isinstance(asked, str):
        return None
    match name:
        case "startsWith":
            return asked.startswith(text)
        case "endsWith":
            return asked.endswith(text)
        case "contains":
            return text in asked
    return None


def _timestamp(values: Sequence[Any]) -> Any:
    if len(values) != 1 or not isinstance(values[0], str):
        return UNKNOWN
    try:
        found = datetime.fromisoformat(values[0])
    except ValueError:
        return UNKNOWN
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_TAGS = {"matchTag": 2, "matchTagId": 2, "hasTagKey": 1, "hasTagKeyId": 1}


def _tagged(name: str, values: Sequence[Any], tags: Any) -> Truth:
    if tags is None or len(values) != _TAGS[name] or not all(isinstance(v, str) for v in values):
        return None
    return any(tuple(values) == pair[: len(values)] for pair in tags)
