"""What Azure answers, held against what its API says: every answer is JSON of a known form, and
what the SDK has a model of is as the model says.

The SDK is lenient: an answer without its list is an empty list to it, and members of another type
than its models say are handed on as they are.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..failure import AnswerError
from ..fields import misread
from ..shape import misfit
from .base import AzureResource

_AS_TEXT = (str, bytes, date, datetime, time, timedelta, Enum)
"""Types whose values are text in JSON."""


def hold_to_the_form(answer: object) -> None:
    """Lets only an answer pass that is a resource, a page of a list, or rows of a query.

    :raises AnswerError: for any other.
    """
    if not isinstance(answer, Mapping):
        raise AnswerError.malformed("An answer is not a JSON object")
    if "value" not in answer and "data" not in answer:
        if not isinstance(answer.get("id"), str):
            raise AnswerError.malformed("An answer is neither a resource nor a list")
        return
    name, link_name = ("value", "nextLink") if "value" in answer else ("data", "$skipToken")
    value, link = answer[name], answer.get(link_name)
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise AnswerError.malformed("What an answer lists is not a list of objects")
    if link is not None and not isinstance(link, str):
        raise AnswerError.malformed("The link to an answer's next page is not text")


@contextmanager
def held() -> Iterator[None]:
    """Lets what the SDK cannot make a model of end as a malformed answer.

    :raises AnswerError: where its models, or what is read of them, stumble over a value.
    """
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise AnswerError.malformed(f"The SDK cannot read an answer: {error}") from error


def hold_to_the_model(model: type, raw: Mapping[str, Any]) -> None:
    """Lets only a resource pass whose members have the types that the SDK's model of it says.

    :raises AnswerError: for any other.
    """
    if place := _wrong(model, raw, ""):
        raise AnswerError.malformed(f"{raw.get('id', 'A resource')}: {place} is of a wrong type")


def hold_to_the_fields(model: type[AzureResource], raw: Mapping[str, Any]) -> None:
    """Lets only a resource pass that has an id, and in which each field of Clew's own model finds
    a value of its type.

    This is for what no model of the SDK is at hand of.

    :raises AnswerError: for any other.
    """
    wrong = misfit({**_EVERY, **model.shape}, raw) or next(misread(model, raw), "")
    if wrong:
        place = wrong.lstrip(".")
        raise AnswerError.malformed(f"{raw.get('id', 'A resource')}: {place} is of a wrong type")
    if not raw.get("id"):
        raise AnswerError.malformed(f"A resource of type {model.arm_type} has no id")


_EVERY = {
    "id": str,
    "location": str,
    "identity": {
        "type": str,
        "principalId": str,
        "tenantId": str,
        "userAssignedIdentities": {},
    },
    "properties": {},
}
"""What every resource looks like."""


def _wrong(kind: Any, value: Any, place: str) -> str:
    """The place of the first value that is not of its type; empty if there is none."""
    if value is None or kind is Any:
        return ""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        choices = [each for each in get_args(kind) if each is not type(None)]
        wrong = [_wrong(each, value, place) for each in choices]
        return "" if "" in wrong else wrong[0]
    if origin in (list, dict):
        if not isinstance(value, origin):
            return place
        inner = get_args(kind)[-1]
        items = enumerate(value) if origin is list else value.items()
        return next(
            filter(None, (_wrong(inner, each, f"{place}[{key}]") for key, each in items)), ""
        )
    if _members(kind):
        if not isinstance(value, Mapping):
            return place
        members = _members(_subtype(kind, value))
        known = ((name, members[name], item) for name, item in value.items() if name in members)
        return next(
            filter(None, (_wrong(each, item, f"{place}.{n}") for n, each, item in known)), ""
        )
    return "" if isinstance(value, _json_type(kind)) and _is_honest(kind, value) else place


def _subtype(kind: Any, value: Mapping[str, Any]) -> Any:
    """The model that a value is of, where it says itself which of several."""
    return type(kind._deserialize(value, [])) if getattr(kind, "__mapping__", None) else kind


def _json_type(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, _AS_TEXT):
        return str
    return int | float if kind is float else kind if isinstance(kind, type) else object


def _is_honest(kind: Any, value: Any) -> bool:
    """Whether a number is no truth value, which Python counts among the numbers."""
    return kind is bool or kind not in (int, float) or not isinstance(value, bool)


@cache
def _members(kind: Any) -> Mapping[str, Any]:
    """The types of a model's members by their names in JSON; nothing if it is no model."""
    if not getattr(kind, "_is_model", False):
        return {}
    kind({})  # the SDK works out a model's fields when the first of it is made
    scope = {"_models": sys.modules[kind.__module__.rpartition(".")[0]]}
    hints = get_type_hints(kind, localns=scope)
    return {
        field._rest_name: hints[name]
        for name, field in kind._attr_to_rest_field.items()
        if name in hints
    }
