"""Wildcards as policies write them: ``*`` for any text, ``?`` for exactly one character.

A pattern is compiled from pieces, so that a ``*`` which a policy means literally stays a literal.

In a ``Resource`` a wildcard stays in its segment of the ARN, the text between two colons; only a
``*`` that ends its segment may reach over the colon.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
Two things are not documented: whether a wildcard reaches over colons that are the resource's own
(of an object's key, say), and what one does in the part that names the type of resource.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import zip_longest
from types import MappingProxyType
from typing import TypeVar

from ...logic import Truth

Matcher = Callable[[str], bool]


class Wild(Enum):
    """A wildcard among the pieces of a pattern."""

    ANY = "*"
    """Any text."""
    ONE = "?"
    """Any character."""
    ANY_IN_SEGMENT = "* in a segment"
    """Any text without a colon."""
    ONE_IN_SEGMENT = "? in a segment"
    """Any character but a colon."""
    ANY_IN_RESOURCE = "* in the resource part"
    """Any text; whether a colon may be in it is not documented."""
    ONE_IN_RESOURCE = "? in the resource part"
    """Any character; whether it may be a colon is not documented."""

    @property
    def is_text(self) -> bool:
        """Whether it stands for a text of any length."""
        return self in (Wild.ANY, Wild.ANY_IN_SEGMENT, Wild.ANY_IN_RESOURCE)

    def takes(self, char: str) -> bool:
        """Whether it may stand for a text with this character in it."""
        return char != ":" or self not in (Wild.ANY_IN_SEGMENT, Wild.ONE_IN_SEGMENT)


Piece = str | Wild
_Other = TypeVar("_Other")

ARN_PARTS = 6
"""How many parts an ARN has, with ``arn``; the last may hold further colons."""
_COLONS = ARN_PARTS - 1
"""Before the part that names the resource."""

WILDCARDS = re.compile(r"([*?])")


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text in which every ``*`` and ``?`` is a wildcard."""
    for part in WILDCARDS.split(text):
        if part in ("*", "?"):
            yield Wild(part)
        elif part:
            yield part


def in_segments(parts: Sequence[Piece | _Other]) -> Iterator[Piece | _Other]:
    """The parts of a ``Resource``, whose wildcards stay in their segments of the ARN."""
    colons = 0
    for part, behind in zip_longest(parts, parts[1:]):
        ends_segment = behind is None or (isinstance(behind, str) and behind.startswith(":"))
        if isinstance(part, str):
            colons += part.count(":")
        if not isinstance(part, Wild) or (part is Wild.ANY and ends_segment):
            yield part
        elif part is Wild.ANY:
            yield Wild.ANY_IN_SEGMENT if colons < _COLONS else Wild.ANY_IN_RESOURCE
        else:
            yield Wild.ONE_IN_SEGMENT if colons < _COLONS else Wild.ONE_IN_RESOURCE


@lru_cache(65536)
def compile_pieces(parts: tuple[Piece, ...]) -> Matcher:
    """What tells whether a text as a whole is, or may be, what the pieces describe."""
    wild = [part for part in parts if isinstance(part, Wild)]
    if not wild:
        return "".join(map(str, parts)).__eq__
    if wild == [Wild.ANY] and parts[-1] is Wild.ANY:
        prefix = "".join(part for part in parts if isinstance(part, str))
        return lambda text: text.startswith(prefix)
    expression = re.compile(_expression(parts), re.DOTALL).match
    return lambda text: expression(text) is not None


@lru_cache(65536)
def compile_arn(parts: tuple[Piece, ...]) -> Matcher:
    """What tells whether a text is an ARN whose six parts are each what the pieces describe: no
    wildcard reaches over a colon into the next part."""
    split: list[list[Piece]] = [[]]
    for part in parts:
        if isinstance(part, Wild):
            split[-1].append(part)
            continue
        head, *tail = part.split(":", ARN_PARTS - len(split))
        split[-1].append(head)
        split += [[text] for text in tail]
    if len(split) != ARN_PARTS:
        return lambda _: False
    matchers = [compile_pieces(tuple(filter(None, part))) for part in split]

    def matches(text: str) -> bool:
        found = text.split(":", ARN_PARTS - 1)
        return len(found) == ARN_PARTS and all(
            matcher(part) for matcher, part in zip(matchers, found, strict=True)
        )

    return matches


@lru_cache(65536)
def compile_resource(parts: tuple[Piece, ...]) -> Callable[[str], Truth]:
    """What tells whether a resource is what the pieces of a ``Resource`` describe; None where AWS
    does not document it."""
    narrow = tuple(_NARROWED.get(part, part) for part in parts)
    may, surely = compile_pieces(parts), compile_pieces(narrow)
    if has_wild_type(parts):
        return lambda text: may(text) and ((surely(text) and not _has_type(text)) or None)
    return may if narrow == parts else lambda text: surely(text) or (None if may(text) else False)


def has_wild_type(parts: Iterable[Piece]) -> bool:
    """Whether a wildcard stands in the part of an ARN that names the type of resource (``u*/ada``),
    unless it stands for resources of all types (``*``, ``*/*``)."""
    text = "".join(part if isinstance(part, str) else _SHOWN[part.is_text] for part in parts)
    *_, resource = text.split(":", _COLONS)
    if text.count(":") < _COLONS or not resource.strip(f"{_SHOWN[True]}/:"):
        return False
    return not {*_SHOWN}.isdisjoint(re.split("[/:]", resource, maxsplit=1)[0])


_SHOWN = "\0\1"
"""What stands for a wildcard of one character, and of any number, in the text of a pattern."""
_TYPE = re.compile("[^/:]+[/:]")
_WITHOUT_TYPES = frozenset(
    (
        "aws-marketplace",
        "codecommit",
        "codepipeline",
        "execute-api",
        "neptune-db",
        "servicequotas",
        "sns",
        "sqs",
        "ssm-sap",
        "wafv2",
    )
)
"""Services whose resources' ARNs name no type before the first ``/`` or ``:``."""


def _has_type(resource: str) -> bool:
    """Whether the resource part of an ARN begins with a type."""
    parts = resource.split(":", _COLONS)
    if len(parts) < ARN_PARTS or parts[2] in _WITHOUT_TYPES:
        return False
    is_bucket = parts[2] == "s3" and not parts[4]
    return not is_bucket and _TYPE.match(parts[-1]) is not None


@lru_cache(65536)
def glob(text: str) -> Matcher:
    """The matcher of a text in which every ``*`` and ``?`` is a wildcard."""
    return compile_pieces(tuple(pieces(text)))


_NARROWED: Mapping[Piece, Piece] = MappingProxyType(
    {Wild.ANY_IN_RESOURCE: Wild.ANY_IN_SEGMENT, Wild.ONE_IN_RESOURCE: Wild.ONE_IN_SEGMENT}
)
_CHARACTERS: Mapping[Wild, str] = MappingProxyType(
    {Wild.ONE: ".", Wild.ONE_IN_RESOURCE: ".", Wild.ONE_IN_SEGMENT: "[^:]"}
)


def _expression(parts: tuple[Piece, ...]) -> str:
    """Every stretch between two wildcards is looked for once, at its first place (an atomic group),
    within its segment or, with all that follows in segments, anywhere: matching never tries all
    combinations, however a pattern is written. What is found first also ends first, so that
    nothing is missed."""
    blocks = [[""]]
    for part in parts:
        if isinstance(part, str):
            blocks[-1][-1] += re.escape(part)
        elif part is Wild.ANY_IN_SEGMENT:
            blocks[-1].append("")
        elif part.is_text:
            blocks.append([""])
        else:
            blocks[-1][-1] += _CHARACTERS[part]
    *before, last = blocks
    found = [_in_block(block) for block in before]
    *inner, end = last
    ending = f"{_in_block(inner)}[^:]*{end}" if inner else end
    return "".join((*found[:1], *(f"(?>.*?{block})" for block in found[1:] if block))) + (
        f"{'.*' * bool(before)}{ending}" + r"\Z"
    )


def _in_block(stretches: Sequence[str]) -> str:
    """Stretches that are apart only within segments."""
    first, *others = stretches
    return first + "".join(f"(?>[^:]*?{stretch})" for stretch in others if stretch)
