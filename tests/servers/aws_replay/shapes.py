"""Recorded JSON into the values a serializer expects, checked against the output shape."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from moto.core.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from .catalog import output_members
from .estate import EstateError

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (str, int, float),
}
_ZEROES: dict[str, Any] = {
    "string": "",
    "boolean": False,
    "timestamp": 0,
    "list": [],
    "map": {},
    "blob": "",
}


def typed_answer(operation: OperationModel, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Check an answer and turn its values into what AWS sends; a bad one is an EstateError."""
    members = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    shape = operation.output_shape
    if shape is None:
        if members:
            raise EstateError(f"{operation.name} answers nothing, not {sorted(members)}")
        return {}
    return dict(_typed(shape, members, operation.name))


def _typed(shape: Any, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path)
    if isinstance(shape, ListShape):
        items = _expect(value, (list,), path)
        return [_typed(shape.member, item, f"{path}[{i}]") for i, item in enumerate(items)]
    if isinstance(shape, MapShape):
        pairs = _expect(value, (dict,), path).items()
        return {name: _typed(shape.value, item, f"{path}.{name}") for name, item in pairs}
    if shape.type_name == "blob":
        return _blob(_expect(value, (str,), path))
    if shape.type_name == "string":
        return _string(shape, value, path)
    return _expect(value, _SCALARS.get(shape.type_name, (object,)), path)


def _structure(shape: StructureShape, value: Any, path: str) -> Any:
    if shape.is_document_type:
        return value
    known = shape.members
    unknown = _expect(value, (dict,), path).keys() - known.keys()
    if unknown:
        raise EstateError(f"{path} has no member {', '.join(sorted(unknown))}")
    return {
        name: _typed(known[name], item, f"{path}.{name}")
        for name, item in value.items()
        if item is not None
    }


def _string(shape: Shape, value: Any, path: str) -> str:
    """Policies and the like may be recorded as objects, which AWS sends as JSON text."""
    text = json.dumps(value) if isinstance(value, dict | list) else _expect(value, (str,), path)
    if shape.name == "policyDocumentType":
        # IAM sends its policies percent-encoded and botocore decodes them.
        return quote(unquote(text), safe="")
    return str(text)


def _blob(text: str) -> bytes:
    """The AWS CLI prints blobs in base64; anything else is taken as the text itself."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def _expect(value: Any, kinds: tuple[type, ...], path: str) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and int in kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise EstateError(f"{path} should be {names}, not {value!r}")
    return value


def empty_answer(operation: OperationModel, result_roots: frozenset[str]) -> dict[str, Any]:
    """What AWS answers when there is nothing: empty lists and the members it always sends, which
    is the only one if there is but one."""
    required = frozenset(getattr(operation.output_shape, "required_members", ()))
    members = {
        name: shape
        for name, shape in output_members(operation).items()
        if "location" not in shape.serialization
    }
    return {
        name: _zero(shape)
        for name, shape in members.items()
        if shape.type_name == "list" or name in required | result_roots or len(members) == 1
    }


def always_sent(
    operation: OperationModel, result_roots: frozenset[str], *, in_xml: bool
) -> dict[str, Any]:
    """The lists that AWS sends though nothing is in them: what the operation lists, and in XML all
    that have an element of their own."""
    required = frozenset(getattr(operation.output_shape, "required_members", ()))
    return {
        name: []
        for name, shape in output_members(operation).items()
        if shape.type_name == "list"
        and shape.serialization.keys().isdisjoint({"location", "flattened"})
        and (in_xml or name in required | result_roots)
    }


def _zero(shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        return {name: _zero(shape.members[name]) for name in shape.required_members}
    return _ZEROES.get(shape.type_name, 0)
