"""Cuts recorded answers into pages the way botocore's paginator models describe them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.core.model import OperationModel, Shape

from .catalog import input_members, output_members, paginators

_LAST_ITEM = re.compile(r"([\w.]+)\[-1\]\.(\w+)")
_TOKEN_PAIRS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("Marker", "NextMarker"),
    ("NextMarker", "NextMarker"),
    ("Marker", "Marker"),
    ("marker", "nextMarker"),
    ("PageToken", "NextPageToken"),
    ("pageToken", "nextPageToken"),
    ("ContinuationToken", "ContinuationToken"),
)
_LIMITS = ("MaxResults", "maxResults", "MaxItems", "MaxRecords", "Limit", "limit", "PageSize")
_MORE = ("IsTruncated", "Truncated")
# Where a page ends, this answer names the next record instead of giving an opaque token.
_NEXT_RECORD = {"ListResourceRecordSets": ("Name", "Type", "SetIdentifier")}


class BadToken(Exception):  # noqa: N818 - AWS's own wording for it has no Error suffix either
    """The request carries a page token that this operation never gave out."""


@dataclass(frozen=True)
class PagePlan:
    """Which members carry an operation's page token, its items and its page size."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    results: tuple[str, ...]
    more: str | None
    limit: str | None

    @property
    def roots(self) -> frozenset[str]:
        """The top-level members that hold the items."""
        return frozenset(path.partition(".")[0] for path in self.results)


def _names(value: str | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def page_plan(service: str, operation: OperationModel) -> PagePlan | None:
    """How an operation pages, None when it does not."""
    return _plan(service, operation.name) or _guess(operation)


@cache
def _plan(service: str, operation: str) -> PagePlan | None:
    config = paginators(service).get(operation)
    if config is None:
        return None
    return PagePlan(
        inputs=_names(config["input_token"]),
        # `NextMarker || Contents[-1].Key`: the first is there whenever there are more pages.
        outputs=tuple(name.split(" || ")[0] for name in _names(config["output_token"])),
        results=_names(config["result_key"]),
        more=config.get("more_results"),
        limit=config.get("limit_key"),
    )


def _guess(operation: OperationModel) -> PagePlan | None:
    """Operations without a paginator that still take and give a token for their only list."""
    given, answered = input_members(operation), output_members(operation)
    lists = [name for name, shape in answered.items() if shape.type_name == "list"]
    tokens = next(((i, o) for i, o in _TOKEN_PAIRS if i in given and o in answered), None)
    if tokens is None or len(lists) != 1:
        return None
    return PagePlan(
        inputs=(tokens[0],),
        outputs=(tokens[1],),
        results=(lists[0],),
        more=next((name for name in _MORE if name in answered), None),
        limit=next((name for name in _LIMITS if name in given), None),
    )


def cut_page(
    operation: OperationModel,
    plan: PagePlan,
    answer: Mapping[str, Any],
    params: Mapping[str, Any],
    page_size: int,
) -> dict[str, Any]:
    """The page of an answer that a request asks for, with the token of the next one.

    The items of all result lists count as one sequence, so that a client which reads only
    the first page, or only one of the lists, misses some.
    """
    lists = {path: value for path in plan.results if isinstance(value := _get(answer, path), list)}
    items = [item for found in lists.values() for item in found]
    start = _start(operation, plan, params, items)
    size = min(page_size, int(params.get(plan.limit or "") or page_size))
    end = min(start + size, len(items))
    page = dict(answer)
    offset = 0
    for path, found in lists.items():
        _set(page, path, found[max(start - offset, 0) : max(end - offset, 0)])
        offset += len(found)
    if start > 0:
        # Paginators add up the counts of all pages, so only the first carries them.
        for path in set(plan.results) - lists.keys():
            _drop(page, path)
    _mark_end(operation, plan, page, items, end)
    return page


def _mark_end(
    operation: OperationModel, plan: PagePlan, page: dict[str, Any], items: list[Any], end: int
) -> None:
    more = end < len(items)
    if plan.more and ("." not in plan.more or plan.more.partition(".")[0] in page):
        _set(page, plan.more, more)
    for position, path in enumerate(plan.outputs):
        if _LAST_ITEM.fullmatch(path):
            continue
        _drop(page, path)
        if not more:
            continue
        if fields := _NEXT_RECORD.get(operation.name):
            value = items[end].get(fields[position])
        else:
            value = _token(operation, end, input_members(operation).get(plan.inputs[position]))
        if value is not None:
            _set(page, path, value)


def _start(
    operation: OperationModel, plan: PagePlan, params: Mapping[str, Any], items: list[Any]
) -> int:
    given = [params.get(name) for name in plan.inputs]
    if all(value is None for value in given):
        return 0
    if fields := _NEXT_RECORD.get(operation.name):
        wanted = {f: v for f, v in zip(fields, given, strict=True) if v is not None}
        return _index(items, wanted)
    if last := _LAST_ITEM.fullmatch(plan.outputs[0]):
        return _index(items, {last[2]: given[0]}) + 1
    return _offset(operation.name, given[0])


def _index(items: list[Any], wanted: Mapping[str, Any]) -> int:
    for index, item in enumerate(items):
        if all(item.get(name) == value for name, value in wanted.items()):
            return index
    raise BadToken(f"no record {dict(wanted)}")


def _token(operation: OperationModel, offset: int, shape: Shape | None) -> Any:
    kind, shortest = "string", 0
    if shape is not None:
        kind, shortest = shape.type_name, int(shape.metadata.get("min", 0))
    if kind in ("integer", "long"):
        return offset
    # Clients check the length of what they send back; four bytes of base64 carry three.
    text = f"{operation.name}:{offset}".ljust(shortest * 3 // 4 + 1)
    token = base64.b64encode(text.encode()).decode()
    return {"page": {"S": token}} if kind == "map" else token


def _offset(operation: str, token: Any) -> int:
    if isinstance(token, int):
        return token
    if isinstance(token, Mapping):
        token = token.get("page", {}).get("S", "")
    try:
        name, _, offset = base64.b64decode(str(token), validate=True).decode().partition(":")
        if name == operation:
            return int(offset)
    except ValueError:
        pass
    raise BadToken(f"not a token of {operation}: {token!r}")


def _get(answer: Mapping[str, Any], path: str) -> Any:
    value: Any = answer
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _set(answer: dict[str, Any], path: str, value: Any) -> None:
    """Set a nested member, copying what lies on the way: the recorded answer is shared."""
    *parents, last = path.split(".")
    for name in parents:
        answer[name] = dict(answer.get(name) or {})
        answer = answer[name]
    answer[last] = value


def _drop(answer: dict[str, Any], path: str) -> None:
    parent, _, last = path.rpartition(".")
    if _get(answer, path) is not None:
        kept = {k: v for k, v in (_get(answer, parent) if parent else answer).items() if k != last}
        if parent:
            _set(answer, parent, kept)
        else:
            del answer[last]
