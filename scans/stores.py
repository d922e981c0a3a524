"""The store that answers Cypher about a scan."""

from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store
    from ..graph.stores.stored_snapshot import StoredSnapshot


def is_loaded(snapshot: "Snapshot") -> "TypeGuard[StoredSnapshot]":
    """Whether a scan is one that was loaded into a server, and is read from there."""
    if not hasattr(snapshot, "connect"):
        return False  # nothing of the server's driver is imported for others
    from ..graph.stores.stored_snapshot import StoredSnapshot

    return isinstance(snapshot, StoredSnapshot)


def open_store(snapshot: "Snapshot", memory: int | None = None) -> "Store":
    """The database of a scan: the server that it was loaded into, or else the embedded one, whose
    pages may take so many bytes."""
    if is_loaded(snapshot):
        return snapshot.connect()
    from ..graph.stores.ladybug import open_embedded

    return open_embedded(snapshot, memory=memory)


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
