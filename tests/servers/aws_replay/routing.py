"""From the bytes of a request to the service, the operation and its parameters."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.parsers import RpcV2CBORParser
from botocore.utils import parse_timestamp
from moto.core.model import OperationModel, StructureShape
from moto.core.parse import PROTOCOL_PARSERS, UNDEFINED
from werkzeug.datastructures import Headers, MultiDict

from .catalog import S3_EXPRESS, ServiceInfo, service_model, services_signing_as

CBOR = "smithy-rpc-v2-cbor"
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")
_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request, its path still percent-encoded."""

    method: str
    path: str
    query: MultiDict[str, str]
    headers: Headers
    body: bytes

    @classmethod
    def read(cls, method: str, target: str, headers: Headers, body: bytes) -> WireRequest:
        """Split a request target, which a client behind a proxy sends as a whole URL."""
        target = re.sub(r"^https?://[^/]*", "", target)
        path, _, query = target.partition("?")
        return cls(method, path or "/", _fields(query), headers, body)

    @property
    def values(self) -> MultiDict[str, str]:
        """The query string together with a form body."""
        joined: MultiDict[str, str] = self.query.copy()
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            joined.update(_fields(self.body.decode()))
        return joined


def _fields(text: str) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True)
class Scope:
    """Who signed a request, for which region and service."""

    access_key: str
    region: str
    signing_name: str


def read_scope(request: WireRequest) -> Scope | None:
    """The SigV4 credential scope, from the header or from a presigned URL."""
    text = request.headers.get("Authorization") or (
        f"Credential={request.query.get('X-Amz-Credential', '')}"
    )
    found = _SCOPE.search(text)
    return Scope(found[1], found[2], found[3]) if found else None


@dataclass(frozen=True)
class Target:
    """The operation a request asks for."""

    service: str
    operation: OperationModel
    protocol: str
    labels: dict[str, str]


def find_target(
    request: WireRequest, signing_name: str, recorded: Callable[[str], bool]
) -> Target | None:
    """Choose among the services that share a signing name.

    Some cannot be distinguished on the wire (rds, docdb and neptune are one API): then a
    service the estate has a file for wins, else the one named like the signing name.
    """
    targets = list(_targets(request, services_signing_as(signing_name)))
    if signing_name == S3_EXPRESS:
        # ListBuckets and ListDirectoryBuckets differ in nothing but their signing name.
        targets.sort(key=lambda target: "Director" not in str(target.operation.name))
    return next((t for t in targets if recorded(t.service)), targets[0] if targets else None)


def _targets(request: WireRequest, services: tuple[ServiceInfo, ...]) -> Iterator[Target]:
    target_header = request.headers.get("X-Amz-Target", "")
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        _, _, prefix, _, operation = request.path.split("/")
        yield from _named(operation, CBOR, [s for s in services if s.target_prefix == prefix])
    elif target_header:
        prefix, _, operation = target_header.rpartition(".")
        yield from _named(operation, "json", [s for s in services if s.target_prefix == prefix])
    elif "Action" in (values := request.values):
        same = [s for s in services if s.api_version == values.get("Version")]
        protocol = "ec2" if signing_is_ec2(same) else "query"
        yield from _named(values["Action"], protocol, same)
    else:
        yield from _rest_targets(request, services)


def signing_is_ec2(services: list[ServiceInfo]) -> bool:
    """Whether these services speak the ec2 flavour of the query protocol."""
    return any(service.name == "ec2" for service in services)


def _named(operation: str, protocol: str, services: list[ServiceInfo]) -> Iterator[Target]:
    for service in services:
        model = service_model(service.name)
        if operation in model.operation_names:
            yield Target(service.name, model.operation_model(operation), protocol, {})


@dataclass(frozen=True)
class _Rule:
    """One REST operation: its path pattern and what else it needs to match."""

    operation: OperationModel
    method: str
    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    literals: int
    query: dict[str, str]
    needs_query: frozenset[str]
    needs_headers: frozenset[str]

    def match(self, request: WireRequest) -> tuple[tuple[int, ...], dict[str, str]] | None:
        """How specific a match is, and the path labels; None when there is no match."""
        found = self.pattern.fullmatch(request.path) if request.method == self.method else None
        if found is None or not self._has_needed(request):
            return None
        values = {
            name: unquote(text) for name, text in zip(self.labels, found.groups(), strict=True)
        }
        needed = len(self.query) + len(self.needs_query) + len(self.needs_headers)
        return (self.literals, needed, not self.operation.deprecated), values

    def _has_needed(self, request: WireRequest) -> bool:
        literal = all(
            request.query.get(name) == value if value else name in request.query
            for name, value in self.query.items()
        )
        return (
            literal
            and all(name in request.query for name in self.needs_query)
            and all(name in request.headers for name in self.needs_headers)
        )


@cache
def _rules(service: str) -> tuple[_Rule, ...]:
    model = service_model(service)
    return tuple(_rule(model.operation_model(name)) for name in model.operation_names)


def _rule(operation: OperationModel) -> _Rule:
    trait = operation.http_trait
    path = trait.path.rstrip("/")
    labels: list[str] = []
    pattern, position, literals = "", 0, 0
    greedy_end = False
    for found in _LABEL.finditer(path):
        literal = path[position : found.start()]
        # Some clients do not encode the slashes of an ARN in a last label.
        last = found.end() == len(path)
        greedy_end = last and bool(found[2])
        pattern += re.escape(literal) + ("(.+)" if found[2] else "(.+?)" if last else "([^/]+)")
        labels.append(found[1])
        position, literals = found.end(), literals + len(literal)
    pattern += re.escape(path[position:]) + ("" if greedy_end else "/?")
    shape = operation.input_shape
    structure = shape if isinstance(shape, StructureShape) else None
    return _Rule(
        operation=operation,
        method=trait.method,
        pattern=re.compile(pattern),
        labels=tuple(labels),
        literals=literals + len(path) - position,
        query=trait.query_args,
        needs_query=frozenset(structure.required_query_args if structure else ()),
        needs_headers=frozenset(structure.required_headers if structure else ()),
    )


def _rest_targets(request: WireRequest, services: tuple[ServiceInfo, ...]) -> Iterator[Target]:
    found: list[tuple[tuple[int, ...], Target]] = []
    for service in services:
        protocol = str(service_model(service.name).protocol)
        if not protocol.startswith("rest-"):
            continue
        for rule in _rules(service.name):
            if match := rule.match(request):
                score, labels = match
                found.append((score, Target(service.name, rule.operation, protocol, labels)))
    best = max((score for score, _ in found), default=None)
    yield from (target for score, target in found if score == best)


def read_params(request: WireRequest, target: Target) -> dict[str, Any]:
    """The parameters as the caller gave them to boto3, in plain JSON types."""
    if target.protocol == CBOR:
        cbor = RpcV2CBORParser()
        stream = cbor.get_peekable_stream_from_bytes(request.body)
        parsed = cbor.parse_data_item(stream) if request.body else {}
    else:
        parser = PROTOCOL_PARSERS[target.protocol](
            target.operation, timestamp_parser=parse_timestamp, blob_parser=base64.b64decode
        )
        parsed = parser.parse(
            {
                "body": request.body,
                "headers": request.headers,
                "method": request.method,
                "url_params": target.labels,
                "url_path": request.path,
                "values": request.values,
            }
        )
    # The parsers leave placeholders for members that the request does not have.
    return {
        name: _plain(value)
        for name, value in parsed.items()
        if value is not UNDEFINED and value not in (None, [], {})
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value
