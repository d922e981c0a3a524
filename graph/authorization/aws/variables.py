"""Policy variables: ``${key}``, ``${key, 'default'}``, and what stands for ``*``, ``?`` and ``$``.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

from ...logic import Truth
from .context import Context
from .patterns import Matcher, Piece, Wild, compile_arn, compile_pieces, pieces

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
    def matcher(self) -> Matcher:
        """What matches a text, for a template without variables."""
        return self._compiled([part for part in self.parts if not isinstance(part, Variable)])

    def matches(self, text: str, context: Context) -> Truth:
        """Whether a text is what the template describes. A variable without a value matches
        nothing; what a variable stands for has no wildcards."""
        if not self.keys:
            return self.matcher(text)
        filled: list[Piece] = []
        certain = True
        for part in self.parts:
            if not isinstance(part, Variable):
                filled.append(part)
                continue
            values = context.get(part.key)
            if not isinstance(values, tuple):
                filled.append(Wild.ANY)
                certain = False
            elif len(values) == 1:
                filled.append(values[0])
            elif part.default is not None and not values:
                filled.append(part.default)
            else:
                return False
        if certain:
            return self._compiled(filled)(text)
        return None if self._may_match(filled, text) else False

    def open_keys(self, context: Context) -> frozenset[str]:
        """The keys of its variables whose values are not known, as they are written."""
        return frozenset(
            part.name
            for part in self.parts
            if isinstance(part, Variable) and not isinstance(context.get(part.key), tuple)
        )

    def _may_match(self, parts: list[Piece], text: str) -> bool:
        """Whether a text may be what the template describes; an open variable may hold colons."""
        if self.form is Form.ARN:
            return compile_pieces(tuple(parts))(text)
        return self._compiled(parts)(text)

    def _compiled(self, parts: list[Piece]) -> Matcher:
        if self.form is Form.ARN:
            return compile_arn(tuple(parts))
        if self.form is Form.TEXT:
            return compile_pieces(tuple(parts))
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
    return Template(text, tuple(_parts(text, variables, wildcards)), form)


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
