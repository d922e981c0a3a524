"""Values as plain text on one line, which steers neither a terminal nor a page."""

import json
from collections.abc import Mapping
from typing import Any


def text_of(value: Any) -> str:
    """A value as one line of text that cannot steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        if "label" in value:
            return printable(f"{value.get('name') or value['id']} ({value['label']})")
        if "type" in value:
            return printable(str(value["type"]))
        if "relationships" in value:
            first, *rest = map(text_of, value["nodes"])
            types = map(text_of, value["relationships"])
            return first + "".join(f" -{by}- {to}" for by, to in zip(types, rest, strict=True))
        return printable(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list | tuple):
        return ", ".join(text_of(item) for item in value)
    return printable(str(value))


def printable(text: str) -> str:
    """The text with control characters spelled out, so that a resource's name stays a name."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
