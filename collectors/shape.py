"""What JSON an API answers, as data: for APIs whose SDK does not look."""

from collections.abc import Iterable, Mapping
from typing import Any

from .failure import AnswerError

Shape = Any
"""A type (``str``, ``bool``, ``int``), a list of a shape (``[str]``), or members by name, of which
``*`` is every one. Members that are not named may be anything, and everything may be null."""


def hold(shape: Shape, value: Any, required: Iterable[str] = ()) -> None:
    """Lets only a value pass that is of a shape and has the members that are required of it.

    :raises AnswerError: for any other.
    """
    if wrong := misfit(shape, value):
        raise AnswerError.malformed(f"In an answer {wrong.lstrip('.')} is of a wrong type")
    for name in required:
        if value.get(name) is None:
            raise AnswerError.malformed(f"In an answer {name} is missing")


def misfit(shape: Shape, value: Any, place: str = "") -> str:
    """The place of the first value that is not of its shape; empty if there is none."""
    if value is None:
        return ""
    if isinstance(shape, Mapping):
        if not isinstance(value, Mapping):
            return place or "it"
        every = dict.fromkeys(value, shape["*"]) if "*" in shape else {}
        named = {**every, **{name: each for name, each in shape.items() if name != "*"}}
        inner = ((each, value.get(name), f"{place}.{name}") for name, each in named.items())
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return place
        inner = ((shape[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    else:
        return "" if type(value) is shape else place
    return next((wrong for each in inner if (wrong := misfit(*each))), "")
