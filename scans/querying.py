"""Queries of a scan: which one is meant, the values in its rows, and what they may lack."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.suggestions import nearest

if TYPE_CHECKING:
    from ..graph.model import Gap
    from ..graph.schema import EdgeType
    from ..graph.snapshot import Snapshot
    from ..queries.library import Query

_KEPT_GAPS = 64
"""For how many kinds of queries it is kept what they may lack."""


def saved_query(name: str) -> "Query":
    """The saved query of a name.

    :raises UsageError: if there is none.
    """
    from ..queries.library import library, query_named

    found = query_named(name)
    if found is None:
        hint = nearest(name, list(library()))
        raise UsageError(f"There is no query '{name}'.", hint, "See: clew query --list")
    return found


def query_gaps(cypher: str, snapshot: "Snapshot") -> "list[Gap]":
    """What the rows of a query may lack: it names labels that were not all listed, or edges that
    Clew derives, and not all that they rest on was read."""
    from ..graph.cypher import edges_in, labels_in
    from ..graph.model.vocabulary import DERIVED

    derived = [edge for edge in edges_in(cypher) if edge.rel in DERIVED]
    known = _derived_gaps(snapshot, derived) if derived else []
    said = {(gap.label, gap.account, gap.region) for gap in known}
    listed = listing_gaps(snapshot, labels_in(cypher) & snapshot.schema.labels.keys())
    return known + [gap for gap in listed if (gap.label, gap.account, gap.region) not in said]


def listing_gaps(snapshot: "Snapshot", labels: "Iterable[str]") -> "list[Gap]":
    """What was not listed of labels."""
    from ..graph.gaps import gaps
    from ..graph.scan_coverage import ScanCoverage

    return gaps(ScanCoverage(snapshot), (), (), labels)


def _derived_gaps(snapshot: "Snapshot", named: "Sequence[EdgeType]") -> "list[Gap]":
    from ..graph.cache import cache_root, code_digest, recalled
    from ..graph.model import Gap

    # To know what edges rest on takes all modules that derive some.
    asked = sha256(repr((snapshot.manifest.digest, code_digest(), sorted(named))).encode())
    file = cache_root() / "gaps" / asked.hexdigest()[:32]
    known = json.loads(recalled(file, lambda: _written_gaps(snapshot, named), _KEPT_GAPS))
    return [Gap.of(each) for each in known]


def _written_gaps(snapshot: "Snapshot", edges: "Iterable[EdgeType]") -> bytes:
    from ..graph.derivation import derivations
    from ..graph.gaps import gaps
    from ..graph.scan_coverage import ScanCoverage

    found = gaps(ScanCoverage(snapshot), derivations(snapshot.schema), edges)
    return json.dumps([gap._asdict() for gap in found]).encode()


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
