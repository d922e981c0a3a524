"""The tags that policies tell apart: what to set where one is free to."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from .conditions import Comparison, Presence, Quantifier
from .policy import Policy
from .variables import Template, Variable

ANY_VALUE = "x"
"""A value that no policy can mean."""
_TAG_KEYS = "aws:tagkeys"
_WILDCARDS = str.maketrans({"*": None, "?": "x"})

TagValues = Mapping[str, tuple[str, ...]]
"""Values by tag."""


def tag_values(
    policies: Iterable[Policy], kind: str, carried: TagValues, arns: Collection[str] = ()
) -> TagValues:
    """The values of tags that policies compare ``KIND/TAG`` with, where kind is ``PrincipalTag``,
    ``ResourceTag`` or ``RequestTag``; ``carried`` are those that anything has, with which policies
    compare one tag where they ask that it be another. ``arns`` are those of resources, which
    policies may name by a tag (``user/${aws:PrincipalTag/name}``)."""
    found: dict[str, dict[str, None]] = {}
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                for tag, value in _compared(condition, f":{kind.lower()}/", carried):
                    found.setdefault(tag, {})[value] = None
            for pattern in statement.resource_patterns or ():
                for tag, value in _naming(pattern, f":{kind.lower()}/", arns):
                    found.setdefault(tag, {})[value] = None
    return {tag: tuple(values) for tag, values in sorted(found.items())}


def tag_keys(policies: Iterable[Policy]) -> list[str]:
    """The tags that policies ask to be given by their key alone, in ``aws:TagKeys``."""
    found: dict[str, None] = {}
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                if condition.key == _TAG_KEYS:
                    found |= dict.fromkeys(_asked_for(condition))
    return sorted(found)


def _asked_for(condition: Comparison | Presence) -> Iterator[str]:
    """The keys that a condition wants among those that are given; what it only lets be given is
    none of them."""
    if isinstance(condition, Presence):
        yield ANY_VALUE
        return
    wants = Quantifier.ALL if condition.operator.negated else Quantifier.ANY
    if condition.quantifier in (Quantifier.NONE, wants):
        texts = (one for one in condition.expected if isinstance(one, Template) and not one.keys)
        yield from (one.text.translate(_WILDCARDS) for one in texts)


def _compared(
    condition: Comparison | Presence, kind: str, carried: TagValues
) -> Iterator[tuple[str, str]]:
    tag = _tag(condition.name, kind)
    if isinstance(condition, Presence) or condition.operator.negated:
        if tag:
            yield tag, ANY_VALUE
        if isinstance(condition, Presence):
            return
    for expected in condition.expected:
        if not isinstance(expected, Template):
            continue
        variables = [part for part in expected.parts if isinstance(part, Variable)]
        if tag and not variables:
            yield tag, expected.text.translate(_WILDCARDS)
        for variable in variables:
            other = _tag(variable.name, kind)
            own = tag or _last(condition.name)
            theirs = _last(variable.name)
            for name in filter(None, (tag, other)):
                for value in (*carried.get(own, ()), *carried.get(theirs, ())):
                    yield name, value


def _naming(pattern: Template, kind: str, arns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What a tag must be for a pattern with it to name one of these resources."""
    texts = [re.escape(part) if isinstance(part, str) else ".*" for part in pattern.parts]
    for place, part in enumerate(pattern.parts):
        tag = _tag(part.name, kind) if isinstance(part, Variable) else ""
        if tag:
            matched = re.compile("".join((*texts[:place], "(.+)", *texts[place + 1 :])), re.DOTALL)
            yield from ((tag, found[1]) for found in map(matched.fullmatch, arns) if found)


def _tag(key: str, kind: str) -> str:
    """The tag that a condition key of a kind names; empty if it is of another kind."""
    place = key.lower().find(kind)
    return key[place + len(kind) :] if place >= 0 else ""


def _last(key: str) -> str:
    return key.partition("/")[2]
