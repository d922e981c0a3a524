"""The store that answers Cypher about a scan."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store
    from ..graph.traversal import Readable


def open_store(snapshot: "Snapshot", memory: int | None = None) -> "Store":
    """The embedded database of a scan, whose pages may take so many bytes."""
    from ..graph.stores.ladybug import open_embedded

    return open_embedded(snapshot, memory=memory)


def open_reader(snapshot: "Snapshot") -> "Readable":
    """What a scan's nodes and edges are read from, label by label."""
    from ..graph.traversal import SnapshotReader

    return SnapshotReader(snapshot)


def ids_in(value: Any) -> set[str]:
    """The identities of all nodes in a value of a query's row."""
    from ..graph.stores.store import Node, Path

    if isinstance(value, Node):
        return {value.id}
    if isinstance(value, Path):
        return {node.id for node in value.nodes}
    if isinstance(value, dict):
        return {id_ for each in value.values() for id_ in ids_in(each)}
    if isinstance(value, list):
        return {id_ for each in value for id_ in ids_in(each)}
    return set()
