"""CloudWatch's filter patterns of terms, which are looked for in the text of an event.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ....graph.logic import all_of, any_of, negation

_TERM = re.compile(
    r"""\s*(?P<sign>[?-]?)(?:
        "(?P<quoted>(?:[^"\\]|\\.)*)"
      | %(?P<regex>(?:[^%\\]|\\.)*)%
      | (?P<bare>\w+)
    )(?:\s+|$)""",
    re.VERBOSE,
)


class _Term(NamedTuple):
    sign: str
    """``?`` if one of several is enough, ``-`` if it must not be there."""
    kind: str
    text: str


def matches_text(pattern: str, event: Mapping[str, Any]) -> bool | None:
    """Whether a pattern takes an event as CloudTrail writes it, without blanks; None where that is
    not known: the pattern is no list of terms, or AWS's documents do not say what it means."""
    terms = _parse(pattern.strip())
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    signs = {term.sign for term in terms}
    if not terms or ("?" in signs and len(signs) > 1):
        return None
    found = [_is_in(term, text) for term in terms]
    if "?" in signs:
        return any_of(found)
    return all_of(
        negation(one) if term.sign == "-" else one for term, one in zip(terms, found, strict=True)
    )


def _parse(pattern: str) -> list[_Term]:
    """The terms; none if the pattern has anything else."""
    terms: list[_Term] = []
    position = 0
    while position < len(pattern):
        found = _TERM.match(pattern, position)
        if found is None or found.lastgroup is None:
            return []
        terms.append(_Term(found["sign"], found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return terms


def _is_in(term: _Term, text: str) -> bool | None:
    if term.kind == "regex":
        try:
            return re.search(term.text, text) is not None
        except re.error:
            return None
    wanted = re.sub(r"\\(.)", r"\1", term.text)
    if wanted not in text:
        # In which order an event has its properties is not documented.
        return None if "," in wanted else False
    whole = rf"(?<!\w){re.escape(wanted)}(?!\w)"
    # Whether a part of a word counts is not documented.
    return True if re.search(whole, text) or not wanted.strip() else None
