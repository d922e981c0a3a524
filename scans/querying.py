"""Queries of a scan: which one is meant, the values in its rows, and what they may lack."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.suggestions import nearest

if TYPE_CHECKING:
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot
    from ..queries.library import Query


def saved_query(name: str) -> "Query":
    """The saved query of a name.

    :raises UsageError: if there is none.
    """
    from ..queries.library import library

    known = library()
    if name not in known:
        hint = nearest(name, list(known))
        raise UsageError(f"There is no query '{name}'.", hint, "See: clew query --list")
    return known[name]


def query_gaps(cypher: str, snapshot: "Snapshot") -> "list[Gap]":
    """What the rows of a query may lack: it names edges that Clew derives, and not all that they
    rest on was read."""
    from ..graph.cypher import edges_in
    from ..graph.model.vocabulary import DERIVED

    named = [edge for edge in edges_in(cypher) if edge.rel in DERIVED]
    if not named:
        return []
    from ..graph.derivation import derivations
    from ..graph.gaps import gaps
    from ..graph.scan_coverage import ScanCoverage

    return list(gaps(ScanCoverage(snapshot), derivations(snapshot.schema), named))


def plain(value: Any) -> Any:
    """A value of a row as JSON: a node is its properties with its label."""
    from ..graph.stores.store import Node, Path, Relationship

    if isinstance(value, Node):
        return {"label": value.label, **value.properties}
    if isinstance(value, Relationship):
        return {"type": value.type, **value.properties}
    if isinstance(value, Path):
        return {"nodes": plain(value.nodes), "relationships": plain(value.relationships)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)
