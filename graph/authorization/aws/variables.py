"""Policy variables: ``${key}``, ``${key, 'default'}``, and what stands for ``*``, ``?`` and ``$``.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import TypeGuard

from ...logic import Truth
from ..claim_patterns import common
from .context import Context, Known, Spellings, is_open
from .patterns import (
    ARN_PARTS,
    Piece,
    Wild,
    compile_arn,
    compile_pieces,
    compile_resource,
    in_segments,
    pieces,
)

_VARIABLE = re.compile(r"\$\{\s*(?:([*?$])|([^\s,'{}][^,'{}]*?)\s*(?:,\s*'([^']*)'\s*)?)\s*\}")


@dataclass(frozen=True)
class Variable:
    """A place that the request's context fills."""

    name: str
    """Of the condition key, as it is written."""
    key: str
    """In lower case."""
    default: str | None


class Form(Enum):
    """How a text is compared with a template."""

    TEXT = "text"
    ANY_CASE = "any case"
    ARN = "ARN"
    RESOURCE = "Resource"
    NOT_RESOURCE = "NotResource"


@dataclass(frozen=True)
class Template:
    """A text of a policy with its wildcards and variables."""

    text: str
    parts: tuple[Piece | Variable, ...]
    form: Form

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys of its variables, in lower case."""
        return frozenset(part.key for part in self.parts if isinstance(part, Variable))

    @cached_property
    def matcher(self) -> Callable[[str], Truth]:
        """What matches a text, for a template without variables."""
        return self._compiled([part for part in self.parts if not isinstance(part, Variable)])

    def is_unfilled(self, context: Context) -> bool:
        """Whether a variable has no value, nor a default."""
        return any(
            isinstance(part, Variable) and part.default is None and context.get(part.key) == ()
            for part in self.parts
        )

    def spells(self, value: str | Spellings, context: Context) -> Truth:
        """Whether a value of the request, however it is written, is what the template
        describes."""
        if isinstance(value, str):
            return self.matches(value, context)
        found = self.matches(value.text, context)
        if found or self.is_unfilled(context):
            return found
        if any(self._may_be(form, context) for form in value.also):
            return None if self.keys else True
        if found is None or any(self._may_be(form, context) for form in value.perhaps):
            return None
        return False

    def _may_be(self, form: str, context: Context) -> bool:
        """Whether a text of a form may be what the template describes."""
        parts = list(self.filled(context))
        if any("*" in part or "?" in part for part in parts if isinstance(part, str)):
            return False  # No form has them.
        pattern = "".join(
            part if isinstance(part, str) else "*" if part.is_text else "?" for part in parts
        )
        if self.form is Form.ANY_CASE:
            return common(pattern.lower(), form.lower()) is not None
        if self.form is not Form.ARN or self.keys:
            return common(pattern, form) is not None
        pairs = zip_longest(*(text.split(":", ARN_PARTS - 1) for text in (pattern, form)))
        return all(None not in pair and common(*pair) is not None for pair in pairs)

    def matches(self, text: str, context: Context) -> Truth:
        """Whether a text is what the template describes.

        A variable without a value matches nothing; whether a ``NotResource`` with one then excepts
        nothing or everything is not documented, nor is what a key of several values stands for.
        What a variable stands for has no wildcards.
        """
        if not self.keys:
            return self.matcher(text)
        if self.is_unfilled(context):
            return None if self.form is Form.NOT_RESOURCE else False
        filled = list(self.filled(context))
        if all(_is_filled(context.get(key)) for key in self.keys):
            return self._compiled(filled)(text)
        return None if self._may_match(filled, text) else False

    def filled(self, context: Context) -> Iterator[Piece]:
        """Its pieces; a variable whose value is not known is any text."""
        for part in self.parts:
            if not isinstance(part, Variable):
                yield part
                continue
            values = context.get(part.key)
            if not _is_filled(values):
                yield Wild.ANY
            elif values:
                yield values[0]
            else:
                yield Wild.ANY if part.default is None else part.default

    def open_keys(self, context: Context) -> frozenset[str]:
        """The keys of its variables whose values are not known, as they are written."""
        return frozenset(
            part.name
            for part in self.parts
            if isinstance(part, Variable) and is_open(context.get(part.key))
        )

    def _may_match(self, parts: list[Piece], text: str) -> bool:
        """Whether a text may be what the template describes; an open variable may hold colons."""
        if self.form is Form.ANY_CASE:
            return self._compiled(parts)(text) is not False
        return compile_pieces(tuple(parts))(text)

    def _compiled(self, parts: list[Piece]) -> Callable[[str], Truth]:
        if self.form is Form.ARN:
            return compile_arn(tuple(parts))
        if self.form is Form.TEXT:
            return compile_pieces(tuple(parts))
        if self.form is not Form.ANY_CASE:
            return compile_resource(tuple(parts))
        folded = compile_pieces(
            tuple(part if isinstance(part, Wild) else part.lower() for part in parts)
        )
        return lambda text: folded(text.lower())


@lru_cache(65536)
def template(
    text: str, *, variables: bool, wildcards: bool = True, form: Form = Form.TEXT
) -> Template:
    """Reads a text of a policy.

    ``variables``: whether the policy's version has them; ``wildcards``: whether ``*`` and ``?`` are
    wildcards.
    """
    parts = tuple(_parts(text, variables, wildcards))
    if form in (Form.RESOURCE, Form.NOT_RESOURCE):
        parts = tuple(in_segments(parts))
    return Template(text, parts, form)


def _is_filled(values: Known) -> TypeGuard[tuple[str, ...]]:
    """Whether it is known what a variable stands for, be it nothing."""
    return isinstance(values, tuple) and not is_open(values) and len(values) < 2


def _parts(text: str, variables: bool, wildcards: bool) -> Iterator[Piece | Variable]:
    end = 0
    for found in _VARIABLE.finditer(text) if variables else ():
        yield from _plain(text[end : found.start()], wildcards)
        escaped, name, default = found.groups()
        yield escaped if escaped else Variable(name, name.lower(), default)
        end = found.end()
    yield from _plain(text[end:], wildcards)


def _plain(text: str, wildcards: bool) -> Iterator[Piece]:
    if wildcards:
        yield from pieces(text)
    elif text:
        yield text
