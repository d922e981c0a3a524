"""Answers and errors in the wire form of each AWS protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from botocore.serialize import RpcV2CBORSerializer
from moto.core.model import ServiceModel, StructureShape
from moto.core.serialize import SerializationContext, get_serializer_class

from .catalog import output_members, service_model
from .routing import CBOR, Target

REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_JSON = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}
# With nothing to list, this service leaves the list out.
_OMITTED_WHEN_EMPTY = {"ListQueues": "QueueUrls"}
# The error that boto3 knows by one name in its model and by another in `Error.Code`.
_QUERY_CODES = {"QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue"}
_FORBIDDEN = ("AccessDenied", "Unauthorized", "Forbidden")


@dataclass(frozen=True)
class ErrorAnswer:
    """An error as boto3 shows it: code, message and, when it matters, the HTTP status."""

    code: str
    message: str = ""
    status: int | None = None

    @classmethod
    def read(cls, recorded: Mapping[str, Any]) -> ErrorAnswer:
        """From an estate's `error` object."""
        return cls(recorded["code"], recorded.get("message", ""), recorded.get("status"))


@dataclass(frozen=True)
class Reply:
    """A finished HTTP response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer_reply(target: Target, answer: Mapping[str, Any]) -> Reply:
    """Serialize an answer whose values already fit the operation's output shape."""
    omitted = _OMITTED_WHEN_EMPTY.get(str(target.operation.name))
    answer = {name: value for name, value in answer.items() if value or name != omitted}
    if target.protocol == CBOR:
        return Reply(200, _cbor(target.operation.output_shape, answer), _cbor_headers())
    serializer = get_serializer_class(target.service, target.protocol)(
        target.operation, SerializationContext(REQUEST_ID)
    )
    reply = serializer.serialize(answer)
    body = reply["body"] or b""
    headers = {"x-amzn-RequestId": REQUEST_ID, **reply["headers"]}
    if target.protocol == "json":
        headers["Content-Type"] = _JSON["json"]
    for name, shape in output_members(target.operation).items():
        if name in answer and shape.serialization.get("name") == "Content-Type":
            headers["Content-Type"] = answer[name]
    return Reply(reply["status_code"], body if isinstance(body, bytes) else body.encode(), headers)


def error_reply(error: ErrorAnswer, protocol: str, service: str | None = None) -> Reply:
    """Serialize an error in the protocol of the request."""
    model = service_model(service) if service else None
    shape = _error_shape(model, error.code)
    status = error.status or _status(shape, error.code)
    headers = {"x-amzn-RequestId": REQUEST_ID}
    name = shape.name if shape else error.code
    if model is not None and model.is_query_compatible:
        # These services once spoke the query protocol and still answer its error codes.
        code = _QUERY_CODES.get(name, error.code)
        name = next((n for n, query in _QUERY_CODES.items() if query == code), name)
        headers["x-amzn-query-error"] = f"{code};{'Sender' if status < 500 else 'Receiver'}"
    if protocol == CBOR:
        body = _cbor(None, {"__type": name, "message": error.message})
        return Reply(status, body, headers | _cbor_headers())
    if protocol in _JSON:
        headers["Content-Type"] = _JSON[protocol]
        if protocol == "rest-json":
            headers["x-amzn-errortype"] = name
        text = json.dumps({"__type": name, "message": error.message})
        return Reply(status, text.encode(), headers)
    headers["Content-Type"] = "text/xml"
    return Reply(status, _xml_error(error, protocol, service).encode(), headers)


def _error_shape(model: ServiceModel | None, code: str) -> StructureShape | None:
    for shape in model.error_shapes if model else ():
        if isinstance(shape, StructureShape) and code in (shape.name, shape.error_code):
            return shape
    return None


def _status(shape: StructureShape | None, code: str) -> int:
    if code.isdigit():
        return int(code)
    modelled = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
    if modelled:
        return int(modelled)
    if any(word in code for word in _FORBIDDEN):
        return 403
    return 404 if code.startswith("NoSuch") else 400


def _xml_error(error: ErrorAnswer, protocol: str, service: str | None) -> str:
    core = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    if protocol == "ec2":
        return (
            f"<Response><Errors><Error>{core}</Error></Errors>"
            f"<RequestID>{REQUEST_ID}</RequestID></Response>"
        )
    if service == "s3":
        return f"<Error>{core}<RequestId>{REQUEST_ID}</RequestId></Error>"
    return (
        f"<ErrorResponse><Error><Type>Sender</Type>{core}</Error>"
        f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )


def _cbor_headers() -> dict[str, str]:
    return {
        "smithy-protocol": "rpc-v2-cbor",
        "Content-Type": "application/cbor",
        "x-amzn-RequestId": REQUEST_ID,
    }


def _cbor(shape: Any, value: Mapping[str, Any]) -> bytes:
    """botocore's request encoder serves for answers too: both follow a shape."""
    writer: Any = RpcV2CBORSerializer()
    out = bytearray()
    if shape is not None:
        writer._serialize_data_item(out, value, shape)
        return bytes(out)
    out.append(0xA0 + len(value))
    for name, text in value.items():
        writer._serialize_type_string(out, name, None, None)
        writer._serialize_type_string(out, text, None, None)
    return bytes(out)
