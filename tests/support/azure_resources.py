"""Resources of Azure as collectors make them of answers that tell nothing but what a test says."""

from collections.abc import Mapping
from typing import Any

from clew.collectors.azure.base import AzureResource, normalised
from clew.collectors.registry import models
from clew.graph.model import Location

ACCOUNT = "11111111-2222-3333-4444-555555555555"
HERE = Location(ACCOUNT)
MODELS: Mapping[str, Any] = {model.label: model for model in models() if model.provider == "azure"}
GROUP = f"/subscriptions/{ACCOUNT}/resourceGroups/rg/providers"


def of(
    label: str, name: str = "it", known: Mapping[str, Any] | None = None, **properties: Any
) -> Any:
    """A resource as the collector makes it of an answer that tells nothing else."""
    model: type[AzureResource] = MODELS[label]
    namespace, *types = model.arm_type.split("/")
    names = [*["it"] * (len(types) - 1), name]
    id_ = f"{GROUP}/{namespace}" + "".join(f"/{a}/{b}" for a, b in zip(types, names, strict=True))
    raw = {"id": id_, "name": name, "type": model.arm_type, "properties": properties}
    return model.load(normalised(raw), HERE, **(known or {}))
