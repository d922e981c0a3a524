"""Writes scans of format 1, as Clew did before."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from clew.graph.model import Coverage, ListingStatus
from clew.graph.snapshot import Snapshot


def write_older(snapshot: Snapshot, folder: Path, **schema: Any) -> Path:
    """Writes a snapshot to a folder in format 1: a file for each label and pair, and the schema in
    the manifest, with these values in place of its own."""
    tables = {f"nodes/{label}": snapshot.nodes(label) for label in snapshot.labels}
    tables |= {f"edges/{'-'.join(pair)}": snapshot.edges(pair) for pair in snapshot.pairs}
    tables["coverage"] = _records(Coverage, snapshot.coverage)
    tables["reads"] = _records(ListingStatus, snapshot.reads)
    files = {}
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, file, compression="zstd")
        files[f"{name}.parquet"] = sha256(file.read_bytes()).hexdigest()
    document = json.loads((snapshot.path / "manifest.json").read_text()) | {
        "version": 1,
        "schema_": json.loads((snapshot.path / "schema.json").read_text()) | schema,
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    return folder


def _records(
    kind: type[Coverage] | type[ListingStatus], records: Sequence[Coverage | ListingStatus]
) -> pa.Table:
    return pa.table(
        {
            name: pa.array([getattr(each, name) for each in records], pa.string())
            for name in kind._fields
        }
    )
