"""Holds an answer to the fields of Clew's own model, for APIs whose SDK does not look."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from ..graph.model import Document, KeyValues, Resource, WireError


def misread(model: type[Resource], raw: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a model in whose place an answer has something of another type."""
    for name, kind, read in model.readers():
        try:
            value = read(raw)
        except WireError:
            yield name
            continue
        if value is not None and not _is_read_as(kind, value):
            yield name


def _is_read_as(kind: Any, value: Any) -> bool:
    """Whether a field of a type can be read from a value as it is."""
    choices = get_args(kind)
    if Document in choices:
        return True
    if KeyValues in choices:
        return isinstance(value, Mapping) and all(
            isinstance(text, str | None) for text in value.values()
        )
    (wanted,) = (each for each in choices if each is not type(None))
    plain = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
    if get_origin(plain) is list:
        inner = get_args(plain)[0]
        return isinstance(value, list) and all(type(item) is inner for item in value)
    return isinstance(value, int | float) if plain is float else type(value) is plain
