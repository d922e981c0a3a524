"""What AWS answers, held against what its service model says: before the SDK parses it.

The SDK's parsers are lenient: half a JSON document is an empty answer to them, and a text where a
list belongs is a list of its letters. An answer that says all went well and is not of the model's
shape raises here, so that what it would have answered is unread.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from xml.etree import ElementTree

from ..failure import AnswerError
from .times import moment

T = TypeVar("T")

_JSON = ("json", "rest-json")
_POLICY = "Policy"
"""The one body that is a document of its own: S3's bucket policy."""
_UNPARSABLE = (ValueError, TypeError, LookupError, RecursionError, ElementTree.ParseError)
_LOCATION = "GetBucketLocation"
"""The one operation whose answer is not as the model says: it is a bucket's region itself."""
_CBOR = "smithy-rpc-v2-cbor"
_MAY_BE_EMPTY = frozenset(
    (
        _LOCATION,
        "GetBucketLogging",
        "GetBucketNotificationConfiguration",
        "GetBucketVersioning",
        "GetFunctionConcurrency",
        "ListQueueTags",
        "ListQueues",
    )
)
"""Operations that answer with nothing where nothing is set, by their documentation or by recorded
answers. Of no other that a collector calls is that known, so that an answer without any member is
taken for a broken one."""
_IN_HEAD = ("header", "headers", "statusCode")
"""Where members lie that are not in the body."""


def hold_to_the_model(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Handles the SDK's event ``before-parse``.

    :raises AnswerError: if the answer is not what the operation answers.
    """
    status, body = response_dict["status_code"], response_dict["body"]
    protocol = operation_model.service_model.resolved_protocol
    if status >= 300:
        if protocol in _JSON and body and not isinstance(_lenient(body), dict):
            raise _malformed(operation_model, "its error is no object")
        return
    shape = operation_model.output_shape
    if shape is None or shape.event_stream_name or not isinstance(body, bytes):
        return  # an answer without a body, or one that is read bit by bit
    try:
        problem = next(_problems(operation_model, body), "")
    except _UNPARSABLE as error:
        problem = f"it cannot be parsed: {error}"
    if problem:
        raise _malformed(operation_model, problem)


def _malformed(operation_model: Any, problem: str) -> AnswerError:
    return AnswerError.malformed(f"{operation_model.name} answered what it never does: {problem}")


def _lenient(body: bytes) -> Any:
    """An error's body; what is no JSON at all (a proxy's page) is left to the SDK."""
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _problems(operation_model: Any, body: bytes) -> Iterator[str]:
    """What is wrong with a body."""
    protocol, shape = operation_model.service_model.resolved_protocol, operation_model.output_shape
    payload = shape.serialization.get("payload")
    inside = shape.members[payload] if payload else shape
    if inside.type_name in ("string", "blob"):
        if payload == _POLICY and "Statement" not in {**json.loads(body)}:
            yield "it is no policy"
        return
    expected = _in_body(inside)
    if not payload and not expected:
        return
    if protocol in (*_JSON, _CBOR):
        by_name = protocol != _CBOR
        value = json.loads(body) if by_name else _cbor(body)
        yield from _json(inside, value, "", by_name=by_name)
        has = value.keys()
        spelled = {_spelled_in_json(inside, name) if by_name else name for name in expected}
    else:
        value = _result(shape, ElementTree.fromstring(body))  # noqa: S314
        has = {*map(_tag, value)}
        if _tag(value).lower() == "html":
            yield "it is a web page"
        if operation_model.name != _LOCATION:
            yield from _xml(inside, value, "")
        spelled = {_spelled_in_xml(inside, name) for name in expected}
    if spelled.isdisjoint(has) and operation_model.name not in _MAY_BE_EMPTY:
        yield "it has no member that it should have"


def _once(work_out: Callable[[Any], T]) -> Callable[[Any], T]:
    """Remembers what was worked out of a shape, for as long as there is that shape: an answer has
    thousands of one."""
    known: WeakKeyDictionary[Any, T] = WeakKeyDictionary()

    def of(shape: Any) -> T:
        found = known.get(shape)
        if found is None:
            found = known[shape] = work_out(shape)
        return found

    return of


@_once
def _in_body(shape: Any) -> list[str]:
    """The members of a structure that lie in the body."""
    return [
        name
        for name, member in getattr(shape, "members", {}).items()
        if member.serialization.get("location") not in _IN_HEAD
    ]


def _lacking(shape: Any, has: Mapping[str, Any] | set[str], name_of: Any) -> Iterator[str]:
    """What the model says is always there. That holds of what an answer is about: services do leave
    out some required texts and numbers (Route 53 its marker), and some further in."""
    for name in shape.required_members:
        member = shape.members[name]
        is_about = member.type_name in ("list", "map", "structure")
        in_body = member.serialization.get("location") not in _IN_HEAD
        if is_about and in_body and name_of(name) not in has:
            yield f"{name} is missing"


# JSON and CBOR.


def _cbor(body: bytes) -> Any:
    from botocore.parsers import RpcV2CBORParser

    parser: Any = RpcV2CBORParser()
    stream = parser.get_peekable_stream_from_bytes(body)
    value = parser.parse_data_item(stream)
    if stream.read(1):
        raise ValueError("something follows its end")
    return value


def _json(shape: Any, value: Any, place: str, *, by_name: bool = True) -> Iterator[str]:
    """What is wrong with a value of a JSON document; ``by_name`` if members may be spelled in
    another way than the model's."""
    kind = shape.type_name
    if kind == "structure":
        yield from _json_structure(shape, value, place, by_name)
    elif kind in ("list", "map"):
        yield from _json_items(shape, value, place, by_name)
    elif not _is_scalar(kind, value):
        yield f"{place} is not a {kind}"


def _json_items(shape: Any, value: Any, place: str, by_name: bool) -> Iterator[str]:
    """What is wrong with a list, or a map; null stands for no item."""
    if shape.type_name == "list":
        if not isinstance(value, list):
            yield f"{place} is not a list"
            return
        inner, items = shape.member, [*enumerate(value)]
    else:
        if not isinstance(value, dict):
            yield f"{place} is not an object"
            return
        inner, items = shape.value, [*value.items()]
    for key, item in items:
        if item is not None:
            yield from _json(inner, item, f"{place}[{key}]", by_name=by_name)


def _json_structure(shape: Any, value: Any, place: str, by_name: bool) -> Iterator[str]:
    if shape.is_document_type:
        return
    if not isinstance(value, dict):
        yield f"{place or 'it'} is not an object"
        return

    def name_of(name: str) -> str:
        return _spelled_in_json(shape, name) if by_name else name

    if not place:
        has = {name for name, item in value.items() if item is not None}
        yield from _lacking(shape, has, name_of)
    for name, member, spelled in _json_members(shape):
        item = value.get(spelled if by_name else name)
        if item is not None:
            yield from _json(member, item, f"{place}.{name}" if place else name, by_name=by_name)


@_once
def _json_members(shape: Any) -> list[tuple[str, Any, str]]:
    """The members of a structure, with their names and what these are spelled in JSON."""
    return [(name, shape.members[name], _spelled_in_json(shape, name)) for name in _in_body(shape)]


def _spelled_in_json(shape: Any, name: str) -> str:
    spelled: str = shape.members[name].serialization.get("name", name)
    return spelled


def _is_scalar(kind: str, value: Any) -> bool:
    if kind in ("string", "character"):
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "long"):
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if kind in ("float", "double"):
        return (isinstance(value, int | float) and not isinstance(value, bool)) or (
            isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity")
        )
    if kind == "timestamp":
        return isinstance(value, datetime) or _is_time(value)
    return isinstance(value, str | bytes)  # a blob


def _is_time(value: Any) -> bool:
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return False
    if not isinstance(value, int | float | str):
        return False
    try:
        return bool(moment(value))
    except (ValueError, OverflowError, OSError, RuntimeError):
        return False


# XML.


def _result(shape: Any, root: ElementTree.Element) -> ElementTree.Element:
    """The element that holds an answer's members."""
    wrapper = shape.serialization.get("resultWrapper")
    if not wrapper:
        return root
    found = next((child for child in root if _tag(child) == wrapper), None)
    if found is None:
        raise LookupError(f"there is no {wrapper}")
    return found


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _xml(shape: Any, node: ElementTree.Element, place: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        yield from _xml_structure(shape, node, place)
    elif kind == "list":
        yield from _xml_list(shape, node, place)
    elif kind == "map":
        if shape.serialization.get("flattened"):
            yield from _xml_entry(shape, node, place)
        elif _has_text(node):
            yield f"{place} is not a map"
        else:
            for number, entry in enumerate(node):
                yield from _xml_entry(shape, entry, f"{place}[{number}]")
    elif len(node) or not _is_text_of(kind, node.text or ""):
        yield f"{place} is not a {kind}"


def _xml_structure(shape: Any, node: ElementTree.Element, place: str) -> Iterator[str]:
    if _has_text(node):
        yield f"{place or 'it'} is not a structure"
        return
    children: dict[str, list[ElementTree.Element]] = {}
    for child in node:
        children.setdefault(_tag(child), []).append(child)

    if not place:
        yield from _lacking(shape, children, lambda name: _spelled_in_xml(shape, name))
    for name, member, spelled in _xml_members(shape):
        found = children.get(spelled)
        if not found:
            continue
        inner = f"{place}.{name}" if place else name
        flattened = member.serialization.get("flattened")
        if len(found) > 1 and not flattened:
            yield f"{inner} is there more than once"
            continue
        item = member.member if flattened and member.type_name == "list" else member
        for child in found:
            yield from _xml(item, child, inner)


@_once
def _xml_members(shape: Any) -> list[tuple[str, Any, str]]:
    """The members of a structure, with their names and what these are spelled in XML."""
    return [(name, shape.members[name], _spelled_in_xml(shape, name)) for name in _in_body(shape)]


def _spelled_in_xml(shape: Any, name: str) -> str:
    member = shape.members[name]
    if member.type_name == "list" and member.serialization.get("flattened"):
        inner: str | None = member.member.serialization.get("name")
        if inner:
            return inner
    spelled: str = member.serialization.get("name", name)
    return spelled


def _xml_list(shape: Any, node: ElementTree.Element, place: str) -> Iterator[str]:
    if _has_text(node):
        yield f"{place} is not a list"
        return
    for number, item in enumerate(node):
        yield from _xml(shape.member, item, f"{place}[{number}]")


def _xml_entry(shape: Any, entry: ElementTree.Element, place: str) -> Iterator[str]:
    names = {
        shape.key.serialization.get("name") or "key": shape.key,
        shape.value.serialization.get("name") or "value": shape.value,
    }
    if sorted(map(_tag, entry)) != sorted(names):
        yield f"{place} is not a pair"
        return
    for child in entry:
        yield from _xml(names[_tag(child)], child, f"{place}.{_tag(child)}")


def _has_text(node: ElementTree.Element) -> bool:
    """Whether there is text where only elements belong."""
    return bool((node.text or "").strip() or any((child.tail or "").strip() for child in node))


def _is_text_of(kind: str, text: str) -> bool:
    if kind == "boolean":
        return text in ("true", "false")
    if kind in ("string", "character", "blob"):
        return True
    if kind == "timestamp":
        return _is_time(text)
    try:
        int(text) if kind in ("integer", "long") else float(text)
    except ValueError:
        return False
    return True
