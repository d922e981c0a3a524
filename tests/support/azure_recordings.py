"""Recorded answers of ARM, which nobody of this project made, through the collectors' own code."""

import asyncio
import gzip
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from clew.collectors.api import Limits
from clew.collectors.azure.answers import hold_to_the_fields
from clew.collectors.azure.base import AzureResource, normalised
from clew.collectors.azure.permissions import permission_of
from clew.collectors.azure.session import AzureApi
from clew.collectors.failure import AnswerError
from clew.collectors.registry import collectors
from clew.collectors.scan import _collect
from clew.graph.model import Location, Resource

FOLDER = Path(os.environ.get("CLEW_TEST_RECORDINGS", "/work/shared/data")) / "azure"
"""Recordings that lie outside the project; what reads them is skipped where there are none."""

Raw = Mapping[str, Any]


def recorded() -> dict[str, dict[str, list[Raw]]]:
    """The resources of each recording, by type in lower case."""
    found: dict[str, dict[str, list[Raw]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted(FOLDER.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                call = json.loads(line)
                body = call["body"] if isinstance(call["body"], dict) else {}
                value = body.get("value")
                for raw in value if isinstance(value, list) else [body]:
                    if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                        kind = str(raw.get("type") or "").lower()
                        found[call["cassette"]][kind].append(raw)
    return found


@dataclass
class RecordedApi(AzureApi):
    """Answers what was recorded, and nothing where nothing was."""

    by_type: Mapping[str, Sequence[Raw]] = field(default_factory=dict, kw_only=True)
    malformed: list[str] = field(default_factory=list, kw_only=True)
    """What was recorded in another form than its fields say."""

    def pages(self, operation: str, **_: Any) -> Iterator[dict[str, Any]]:
        kind = permission_of(self.service, operation).removesuffix("/read").lower()
        return map(normalised, self.by_type.get(kind, ()))

    def resources(self, model: type[AzureResource], **_: Any) -> Iterator[dict[str, Any]]:
        for raw in map(normalised, self.by_type.get(model.arm_type.lower(), ())):
            try:
                hold_to_the_fields(model, raw)
            except AnswerError as error:
                self.malformed.append(f"{model.label}: {error}")
            else:
                yield raw

    def get(self, operation: str, *_: Any) -> Iterator[dict[str, Any]]:
        return map(normalised, self.by_type.get(operation.lower(), ()))

    def parts(self, model: type[AzureResource], whole: AzureResource) -> list[AzureResource]:
        return [
            model.load({**raw, "containedIn": whole.id}, self.here)
            for raw in map(normalised, self.by_type.get(model.arm_type.lower(), ()))
            if raw["id"].startswith(f"{whole.id}/")
        ]

    def described(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return []

    def details(self, *_: Any) -> list[dict[str, Any]]:
        return []

    queried = details
    details_of = details

    def listed(self, *_: Any, **__: Any) -> list[str]:
        return []


def collected(by_type: Mapping[str, Sequence[Raw]], malformed: list[str]) -> list[Resource]:
    """What all collectors make of a recording."""
    ids = (raw["id"] for rows in by_type.values() for raw in rows)
    subscription = next(
        (each.split("/")[2].lower() for each in ids if "/subscriptions/" in each), "s"
    )
    account = SimpleNamespace(id=subscription, tenant="t", azure=None)
    found: list[Resource] = []
    for collector in collectors("azure"):
        if collector.service in _OF_IDENTITY:
            continue
        api = RecordedApi(
            "azure",
            collector.service,
            Location(subscription),
            Limits(1),
            account=account,  # type: ignore[arg-type]
            collector=collector,  # type: ignore[arg-type]
            client=None,
            by_type=by_type,
            malformed=malformed,
        )
        result = asyncio.run(_collect(collector, api))
        crashed = [each for each in result.coverage if each.status != "ok"]
        assert not crashed, crashed
        found += result.resources
    return found


_OF_IDENTITY = ("authorization", "management-groups", "subscriptions")
"""Services whose answers are not among the resources of subscriptions."""


def references(value: Any) -> Iterator[str]:
    """Every id in an answer."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from references(key)
            if key != "tags":
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, str) and value.lower().startswith("/subscriptions/"):
        yield value.lower()


def texts(resources: Iterable[Resource]) -> set[str]:
    """Every text in the fields of resources."""
    found = set()
    for resource in resources:
        for value in vars(resource).values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str):
                    found.add(each.lower())
    return found
