"""What every Azure model and collector has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import KeyValues, Location, Resource, field, ref
from ..collector import Collector


class AzureResource(Resource):
    """A resource in Azure; its id is its ARM id in lower case, since ARM tells no case apart."""

    provider = "azure"
    owner_identity = "/subscriptions/{account}/{rest}"
    account_label = "AzureSubscription"
    wire_case = "camel"

    tags: KeyValues | None = field("Tags as `key=value`, sorted.", wire="tags")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource of a :func:`normalised` answer; it lies in its own location."""
        return super().load(raw, here, **{"region": raw.get("location"), **known})


class TrackedResource(AzureResource):
    """A resource that lies in a resource group and has a location of its own."""

    subscription: str | None = ref("AzureSubscription", by="id", rel="IN_ACCOUNT")
    resource_group: str | None = field("Resource group.")


class AzureCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.azure.session.AzureApi`."""

    provider: ClassVar[str] = "azure"
    regional: ClassVar[bool] = False
    client: ClassVar[str] = ""
    """The SDK's client, ``package.Class``; none for what is read by path."""


def normalised(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as ARM tells of it, made comparable: ids in lower case wherever they occur, and
    what is in ``properties`` beside the rest. ``subscription`` and ``resourceGroup`` are taken
    from the id."""
    parts = str(raw.get("id") or "").split("/")
    owner = {
        "subscription": "/".join(parts[:3]).lower() if len(parts) > 2 else "",
        "resourceGroup": parts[4] if len(parts) > 4 else "",
    }
    return {**owner, **_normalised(raw)}


def _normalised(value: Any) -> Any:
    if isinstance(value, Mapping):
        flat = {**(value.get("properties") or {}), **value}
        return {
            key: item if key == "tags" else _normalised(item)
            for key, item in flat.items()
            if key != "properties"
        }
    if isinstance(value, list):
        return [_normalised(item) for item in value]
    if isinstance(value, str) and value[:15].lower() == "/subscriptions/":
        return value.lower()
    return value
