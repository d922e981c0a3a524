"""How a model declares where its fields come from and what they point to, one line each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field


def _timestamp(value: object) -> object:
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value


def _jsonable(value: object) -> object:
    if isinstance(value, datetime | date):
        return _timestamp(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _document(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_jsonable)


def _key_values(value: object) -> object:
    if isinstance(value, Mapping):
        return sorted(f"{key}={text}" for key, text in value.items())
    return value


Timestamp = Annotated[str, BeforeValidator(_timestamp)]
"""A moment, RFC 3339 in UTC, so that text order is time order in every engine."""

Document = Annotated[str, BeforeValidator(_document)]
"""A nested document (a policy, a configuration) as canonical JSON text; empty if there is none."""

KeyValues = Annotated[list[str], BeforeValidator(_key_values)]
"""A map of texts, such as tags or labels, as sorted ``key=value``."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value lies in the API's answer.

    ``wire`` is a dotted path (``VpcConfig.SubnetIds``, ``SecurityGroups[].GroupId``); None takes
    the field's own name in the provider's case. ``call`` names the further API call that reads
    the field; without one the field comes with the listing itself.
    """

    wire: str | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names other resources: which labels, by which of their keys, as which edge.

    An ``inverse`` edge leads from the named resource to the one that has the field.
    """

    labels: tuple[str, ...]
    by: tuple[str, ...]
    rel: str
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Deciding:
    """A field that holds the policy of the resource itself, and whose actions that decides."""

    service: str


class PolicyField(NamedTuple):
    """Which field of a label holds the policy of the resource itself."""

    name: str
    service: str
    """Prefix of the actions that it decides."""


def field(
    description: str, *, wire: str | None = None, call: str | None = None, policy: str | None = None
) -> Any:
    """A documented property of a resource. Its value is None until it has been read.

    The ``policy`` of the resource itself is declared with the prefix of the actions it decides.
    """
    declared = (Deciding(policy),) if policy else ()
    return _declared(description, Source(wire, call), *declared)


def ref(
    labels: str | tuple[str, ...],
    *,
    by: str | tuple[str, ...],
    rel: str,
    inverse: bool = False,
    wire: str | None = None,
    call: str | None = None,
) -> Any:
    """A property that refers to resources of other labels, found ``by`` the first key that fits.

    The value is text or a list of texts. Empty means that there is nothing to refer to; None
    means that it was not read, and links to a missing target that says so. An ``inverse`` edge
    leads from the other resource to this one (a group lists its members, which are MEMBER_OF it);
    where the other tells of the same edge itself, there is one edge.
    """
    reference = Reference(
        (labels,) if isinstance(labels, str) else labels,
        (by,) if isinstance(by, str) else by,
        rel,
        inverse,
    )
    arrow = "←" if inverse else "→"
    description = f"{rel} {arrow} {' or '.join(reference.labels)}, by {' or '.join(reference.by)}."
    return _declared(description, Source(wire, call), reference)


def _declared(description: str, *metadata: object) -> Any:
    info: Any = Field(default=None, description=description)
    info.metadata.extend(metadata)
    return info


_STEP = re.compile(r"([^.\[\]]+)(\[\])?")


class WireError(ValueError):
    """An answer has something else on a path than the path says."""

    def __init__(self, path: str) -> None:
        super().__init__(f"An answer is not as {path} says")


def wire_reader(path: str) -> Callable[[Mapping[str, Any]], Any]:
    """A function that reads a dotted path (``A.B[].C``) from an answer; None where it is absent.

    It raises WireError where something else lies on the way, which is not "absent".
    """
    steps = [(match[1], bool(match[2])) for match in _STEP.finditer(path)]

    def read(value: Any, depth: int = 0) -> Any:
        for index in range(depth, len(steps)):
            name, each = steps[index]
            if not isinstance(value, Mapping):
                raise WireError(path)
            value = value.get(name)
            if value is None:
                return None
            if each and not isinstance(value, list):
                raise WireError(path)
            if each and index + 1 < len(steps):
                found = [read(item, index + 1) for item in value]
                return [item for item in found if item is not None]
        return value

    if len(steps) == 1 and not steps[0][1]:
        name = steps[0][0]
        return lambda raw: raw.get(name)
    return read
