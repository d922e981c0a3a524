"""Answers that are not as their cloud gave them: cut short, empty, without their list, or with
values of another type."""

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any
from xml.etree import ElementTree


def half(body: bytes) -> bytes:
    """The first half."""
    return body[: len(body) // 2]


def empty(_: bytes) -> bytes:
    """Nothing at all."""
    return b""


def without_members(body: bytes) -> bytes:
    """A document of the right kind with nothing in it."""
    document = _json(body)
    if document is not None:
        return b"{}"
    root = _xml(body)
    if root is None:
        return b"\xa0"  # CBOR
    for child in list(root):
        root.remove(child)
    return ElementTree.tostring(root)


def no_object(body: bytes) -> bytes:
    """A list where there should be an object."""
    return b"[]" if _json(body) is not None else b"<html><body>Sign in</body></html>"


def wrongly_typed(seed: int) -> Callable[[bytes], bytes]:
    """One value, or list of values, of another type; ``seed`` says which."""

    def change(body: bytes) -> bytes:
        random = Random(seed)
        document = _json(body)
        if document is not None:
            places = [*_places(document)]
            if not places:
                return b"[]"
            holder, key = random.choice(places)
            holder[key] = random.choice(_OTHERS[type(holder[key])])
            return json.dumps(document).encode()
        root = _xml(body)
        if root is None:
            return b"\x80"  # CBOR's empty list
        nodes = [node for node in root.iter() if len(node)]
        random.choice(nodes or [root]).text = "text"
        return ElementTree.tostring(root)

    return change


_OTHERS: Mapping[type, tuple[Any, ...]] = {
    list: ("", {}, "text", 7),
    dict: ("", [], "text", 7),
    str: ([], {}, ["text"]),
    bool: ([], {}, "yes"),
    int: ([], {}, "text"),
    float: ([], {}, "text"),
}


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where the values of a document lie, other than null: their holder and their key."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        if item is not None:
            yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def _json(body: bytes) -> Any:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _xml(body: bytes) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):
        return None
