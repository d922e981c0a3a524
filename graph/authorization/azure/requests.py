"""What is known of a request when conditions are decided."""

from collections.abc import Mapping
from typing import Any

from ..model import Given
from .conditions import Attributes

_ROLE_ASSIGNMENT = "microsoft.authorization/roleassignments:"
_OF_ROLE_ASSIGNMENTS = ("roledefinitionid", "principalid", "principaltype")
_IN_LOWER_CASE = (
    ("microsoft.storage/storageaccounts", "blobservices", "containers"),
    ("microsoft.storage/storageaccounts", "queueservices", "queues"),
)
"""Types of resources whose names have no capitals, so that ids tell them as they are."""


def attributes(given: Given) -> Attributes:
    """The attributes that are given: ``@Request[…]`` and the like, or by a name alone what a role
    assignment says that is to be made or deleted."""
    known: dict[str, list[str]] = {}
    for key, value in given.items() if isinstance(given, Mapping) else given:
        values = _texts(value)
        name = key.lower().removeprefix("@")
        if name in _OF_ROLE_ASSIGNMENTS:
            for source in ("request", "resource"):
                known[f"{source}[{_ROLE_ASSIGNMENT}{name}]"] = values
        else:
            known[name] = values
    return known


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def of_resource(id_: str) -> Attributes:
    """What the id of a resource says of it."""
    _, _, path = id_.lower().rpartition("/providers/")
    provider, *segments = path.split("/")
    found: dict[str, list[str]] = {}
    for types in _IN_LOWER_CASE:
        first, *deeper = types
        if f"{provider}/{''.join(segments[:1])}" != first:
            continue
        if segments[2::2][: len(deeper)] == deeper and len(segments) >= 2 * len(types):
            found[f"resource[{'/'.join(types)}:name]"] = [segments[2 * len(types) - 1]]
    return found
