"""The store that answers Cypher about a scan."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store


def open_store(snapshot: "Snapshot", memory: int | None = None) -> "Store":
    """The embedded database of a scan, whose pages may take so many bytes."""
    from ..graph.stores.ladybug import open_embedded

    return open_embedded(snapshot, memory=memory)
