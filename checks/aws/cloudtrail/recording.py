"""Which trails record an event: where they are in force and what their selectors take."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ....graph.logic import all_of
from ....graph.model import MissingReason
from ...neighbours import present, targets

if TYPE_CHECKING:
    import networkx

TRAIL = "AWSCloudTrailTrail"
SHADOW = "AWSCloudTrailShadowTrail"


@dataclass(frozen=True)
class Event:
    """An event as selectors look at it."""

    source: str
    name: str
    read_only: bool
    resource_type: str = ""
    """The type of the resource; empty for a management event."""
    resource_arn: str = ""
    stands_for_all_below: str = ""
    """If set, the event stands for every one that only reads, or only writes, a resource whose ARN
    begins so; a selector that leaves some of them out does not take it."""

    def field(self, name: str) -> str | None:
        """What an advanced selector's field says of the event; None if that is not known."""
        return {
            "eventCategory": "Data" if self.resource_type else "Management",
            "eventSource": self.source,
            "eventName": self.name,
            "readOnly": str(self.read_only).lower(),
            "resources.type": self.resource_type,
            "resources.ARN": self.resource_arn,
        }.get(name)


class TrailsInForce:
    """The trails that record in an account and region, those of other accounts included."""

    def __init__(self, graph: "networkx.MultiDiGraph") -> None:
        self._at: dict[tuple[str, str], list[str]] = defaultdict(list)
        for trail in present(graph, TRAIL):
            self._add(graph.nodes[trail], trail)
        for shadow in present(graph, SHADOW):
            for trail in targets(graph, shadow, "PART_OF", TRAIL):
                self._add(graph.nodes[shadow], trail)

    def _add(self, place: Mapping[str, Any], trail: str) -> None:
        self._at[place["account"], place["region"]].append(trail)

    def at(self, account: str, region: str) -> list[str]:
        """The trails there; one that was not collected is a missing node."""
        return self._at.get((account, region), [])


def records(trail: Mapping[str, Any], event: Event) -> bool | None:
    """Whether a trail delivers an event; None if what decides was not read."""
    if trail["missing"]:
        return None
    return all_of((trail["is_logging"], _selects(trail, event)))


def why_unknown(trail: Mapping[str, Any]) -> str:
    """Why it is not known what a trail records, where :func:`records` gives no answer."""
    if trail["missing"]:
        return f"trail {trail['name']} {MissingReason(trail['missing']).meaning}"
    return f"what trail {trail['name']} records could not be read"


def _selects(trail: Mapping[str, Any], event: Event) -> bool | None:
    classic, advanced = trail["event_selectors"], trail["advanced_event_selectors"]
    if classic is None or advanced is None:
        return None
    selectors = [(each, _takes_classic) for each in json.loads(classic)]
    selectors += [(each, _takes_advanced) for each in json.loads(advanced)]
    if not selectors:  # a trail that was never configured records what manages resources
        return not event.resource_type
    return any(takes(each, event) for each, takes in selectors)


def _takes_classic(selector: Mapping[str, Any], event: Event) -> bool:
    kinds = {"ReadOnly": (True,), "WriteOnly": (False,)}
    if event.read_only not in kinds.get(selector.get("ReadWriteType", "All"), (True, False)):
        return False
    if not event.resource_type:
        excluded = selector.get("ExcludeManagementEventSources", [])
        return bool(selector.get("IncludeManagementEvents", True)) and event.source not in excluded
    return any(
        _covers(value, event.resource_arn)
        for resource in selector.get("DataResources", [])
        if resource.get("Type") == event.resource_type
        for value in resource.get("Values", [])
    )


def _covers(value: str, arn: str) -> bool:
    """Whether a classic selector's value names a resource: itself, a prefix in S3, or a service
    as a whole (``arn:aws:lambda``)."""
    whole_service = len(value.split(":")) == 3 and arn.startswith(f"{value}:")
    prefix = ":s3:::" in value and arn.startswith(value)
    return value == arn or whole_service or prefix


def _takes_advanced(selector: Mapping[str, Any], event: Event) -> bool:
    return all(_fulfils(condition, event) for condition in selector.get("FieldSelectors", []))


def _leaves_some_out(condition: Mapping[str, Any], event: Event) -> bool:
    """Whether a condition excludes some of the events that this one stands for."""
    if not event.stands_for_all_below:
        return False
    excluded = [*condition.get("NotEquals", []), *condition.get("NotStartsWith", [])]
    if condition["Field"] == "eventName":
        return any(name.startswith(_READING) is event.read_only for name in excluded)
    if condition["Field"] == "resources.ARN":
        below = any(arn.startswith(event.stands_for_all_below) for arn in excluded)
        return below or bool(condition.get("NotEndsWith"))
    return False


_READING = ("Get", "Head", "List", "Select")
"""How the names of S3's operations begin that only read."""


def _fulfils(condition: Mapping[str, Any], event: Event) -> bool:
    """Whether a condition holds; one on a field that the event does not show narrows the selector,
    so that not every such event is taken."""
    value = event.field(condition["Field"])
    if value is None or _leaves_some_out(condition, event):
        return False
    wanted = [
        value in condition.get("Equals", []),
        value.startswith(tuple(condition.get("StartsWith", []))),
        value.endswith(tuple(condition.get("EndsWith", []))),
    ]
    unwanted = [
        value in condition.get("NotEquals", []),
        value.startswith(tuple(condition.get("NotStartsWith", []))),
        value.endswith(tuple(condition.get("NotEndsWith", []))),
    ]
    asks = any(condition.get(operator) for operator in ("Equals", "StartsWith", "EndsWith"))
    return (not asks or any(wanted)) and not any(unwanted)
