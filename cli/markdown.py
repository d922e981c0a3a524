"""Text of others in Markdown, in which it can mean nothing but itself."""

import re

from .output import printable

_ENTITIES = re.compile(r"[&<>@]|:(?=//)|(?<=www)\.")
_MARKS = re.compile(r"([\\`*_\[\]|~#!])")


def plain(text: str) -> str:
    """The text as Markdown shows it: nothing of it is markup, a link or a mention."""
    escaped = _MARKS.sub(r"\\\1", printable(text))
    return _ENTITIES.sub(lambda match: f"&#{ord(match[0])};", escaped)
