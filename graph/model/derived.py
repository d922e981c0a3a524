"""Edges that no API returns."""

from typing import Any, NamedTuple


class DerivedEdge(NamedTuple):
    """An edge that was worked out from other resources; ``properties`` follow the relationship's
    declaration and name what the edge rests on."""

    source_id: str
    rel: str
    target_id: str
    properties: dict[str, Any]
