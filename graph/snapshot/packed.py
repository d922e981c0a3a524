"""A snapshot as one small file, and back: what Clew brings along is packed like this.

It is compressed JSON. The files of a snapshot compress less, since each is compressed alone and
names its columns again.
"""

import json
import lzma
from datetime import datetime
from pathlib import Path
from typing import Any

from ..model import Coverage, ListingStatus, Scope, Status
from ..schema import EdgeType, Schema
from .layout import SCHEMA
from .snapshot import Snapshot
from .tables import Row
from .writing import Contents, fill

_PRESET = 9 | lzma.PRESET_EXTREME


def pack(snapshot: Snapshot, file: Path) -> None:
    """Writes a snapshot to a file, which is replaced."""
    manifest = snapshot.manifest
    document = {
        "schema": json.loads((snapshot.path / SCHEMA).read_bytes()),
        "scope": manifest.scope.model_dump(mode="json"),
        "started": manifest.started.isoformat(),
        "finished": manifest.finished.isoformat(),
        "nodes": {
            label: [_known(row) for row in snapshot.nodes(label).to_pylist()]
            for label in snapshot.labels
        },
        "edges": [
            [*pair, [_known(row) for row in snapshot.edges(pair).to_pylist()]]
            for pair in snapshot.pairs
        ],
        "coverage": snapshot.coverage,
        "reads": snapshot.reads,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    file.write_bytes(lzma.compress(text.encode(), preset=_PRESET))


def unpack(packed: bytes, folder: Path) -> None:
    """Writes the files of a packed snapshot into an empty folder."""
    document: dict[str, Any] = json.loads(lzma.decompress(packed))
    contents = Contents(
        schema=Schema.model_validate(document["schema"]),
        scope=Scope.model_validate(document["scope"]),
        started=datetime.fromisoformat(document["started"]),
        finished=datetime.fromisoformat(document["finished"]),
        nodes=document["nodes"],
        edges={EdgeType(*pair): rows for *pair, rows in document["edges"]},
        coverage=[_record(Coverage, each) for each in document["coverage"]],
        reads=[_record(ListingStatus, each) for each in document["reads"]],
    )
    fill(folder, contents)


def _known(row: Row) -> Row:
    """A row without the columns that are null."""
    return {name: value for name, value in row.items() if value is not None}


def _record(kind: Any, values: list[str]) -> Any:
    record = kind(*values)
    return record._replace(status=Status(record.status))
