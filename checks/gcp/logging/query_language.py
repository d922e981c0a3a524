"""Cloud Logging's query language: whether a filter matches a log entry.

Every answer has three values: what is not documented, or not read here (functions other than
``log_id``, comparisons of size), leaves it open. Texts are compared in any case, regular
expressions as they stand. ``OR`` binds more tightly than ``AND``, and two terms side by side are
both asked for.
https://docs.cloud.google.com/logging/docs/view/logging-query-language
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ....graph.logic import Truth, all_of, any_of, negation

_TOKEN = re.compile(
    r"""\s+|--[^\n]*|(?P<op>=~|!~|!=|>=|<=|[=<>:()])|(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?P<word>[^\s=!<>:()"',]+(?:"(?:\\.|[^"\\])*"[^\s=!<>:()"',]*)*)|(?P<other>.)""",
    flags=re.DOTALL,
)
_COMPARING = ("=~", "!~", "!=", ">=", "<=", "=", "<", ">", ":")
_LOG_NAME = "logName"


class _Token(NamedTuple):
    text: str
    is_quoted: bool = False


class _NotReadError(Exception):
    """A filter is written otherwise than is read here."""


def matches(query: str, entry: Mapping[str, Any]) -> Truth:
    """Whether a filter takes a log entry; an empty one takes all. None if that is not known."""
    try:
        tokens = _tokens(query)
        return _Reader(tokens, entry).whole() if tokens else True
    except (_NotReadError, re.error, RecursionError):
        return None


@cache
def _tokens(query: str) -> tuple[_Token, ...]:
    found = []
    for each in _TOKEN.finditer(query):
        if each["other"]:
            raise _NotReadError
        if each["quoted"]:
            found.append(_Token(re.sub(r"\\(.)", r"\1", each["quoted"][1:-1]), is_quoted=True))
        elif each["op"] or each["word"]:
            found.append(_Token(each["op"] or each["word"]))
    return tuple(found)


class _Reader:
    """Reads a filter from left to right, and decides it for one entry."""

    def __init__(self, tokens: tuple[_Token, ...], entry: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._entry = entry
        self._at = 0

    def whole(self) -> Truth:
        found = self._conjunction()
        if self._at < len(self._tokens):
            raise _NotReadError
        return found

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise _NotReadError
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, *texts: str) -> bool:
        token = self._peek()
        if token and not token.is_quoted and token.text in texts:
            self._at += 1
            return True
        return False

    def _conjunction(self) -> Truth:
        parts = [self._disjunction()]
        while (token := self._peek()) and not (token.text == ")" and not token.is_quoted):
            self._takes("AND")
            parts.append(self._disjunction())
        return all_of(parts)

    def _disjunction(self) -> Truth:
        parts = [self._term()]
        while self._takes("OR"):
            parts.append(self._term())
        return any_of(parts)

    def _term(self) -> Truth:
        if self._takes("NOT", "-"):
            return negation(self._term())
        if self._takes("("):
            found = self._conjunction()
            if not self._takes(")"):
                raise _NotReadError
            return found
        token = self._next()
        if not token.is_quoted and token.text.startswith("-"):
            self._at -= 1
            self._tokens = (
                *self._tokens[: self._at],
                _Token(token.text[1:]),
                *self._tokens[self._at + 1 :],
            )
            return negation(self._term())
        following = self._peek()
        if following and not following.is_quoted:
            if following.text in _COMPARING:
                self._at += 1
                return self._values(token, following.text)
            if following.text == "(":
                return self._call(token.text)
        if not token.is_quoted and token.text in ("AND", "OR", "NOT", ")", *_COMPARING):
            raise _NotReadError
        return any(token.text.lower() in each.lower() for each in _texts(self._entry))

    def _call(self, name: str) -> Truth:
        self._takes("(")
        asked = self._next()
        if name != "log_id" or not self._takes(")"):
            raise _NotReadError
        log = str(self._entry.get(_LOG_NAME, "")).rpartition("/logs/")[2]
        return log.replace("%2F", "/") == asked.text

    def _values(self, field: _Token, operator: str) -> Truth:
        """A comparison with a value, or with several in parentheses."""
        if not self._takes("("):
            return self._compared(field, operator, self._next())
        found = self._some_values(field, operator)
        if not self._takes(")"):
            raise _NotReadError
        return found

    def _some_values(self, field: _Token, operator: str) -> Truth:
        every = [[self._value(field, operator)]]
        while (token := self._peek()) and not (token.text == ")" and not token.is_quoted):
            if self._takes("OR"):
                every[-1].append(self._value(field, operator))
            else:
                self._takes("AND")
                every.append([self._value(field, operator)])
        return all_of(any_of(each) for each in every)

    def _value(self, field: _Token, operator: str) -> Truth:
        if self._takes("NOT"):
            return negation(self._compared(field, operator, self._next()))
        return self._compared(field, operator, self._next())

    def _compared(self, field: _Token, operator: str, value: _Token) -> Truth:
        found = [*_at(self._entry, _path(field.text))]
        asked = value.text
        if operator == ":":
            if asked == "*" and not value.is_quoted:
                return bool(found)
            return any(asked.lower() in each.lower() for one in found for each in _texts(one))
        texts = [_text(each) for each in found if not isinstance(each, Mapping)]
        if operator == "=":
            return any(each.lower() == asked.lower() for each in texts)
        if operator == "=~":
            return any(re.search(asked, each) is not None for each in texts)
        if operator in ("!=", "!~") and texts:
            opposite = {"!=": "=", "!~": "=~"}[operator]
            return negation(self._compared(field, opposite, value))
        return None


def _path(text: str) -> tuple[str, ...]:
    parts = re.findall(r'"((?:\\.|[^"\\])*)"|([^."]+)', text)
    return tuple(quoted or plain for quoted, plain in parts)


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What stands at a path; of a list, at that of each of its items."""
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _texts(value: Any) -> Iterator[str]:
    """All values in something, as texts."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    else:
        yield _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
