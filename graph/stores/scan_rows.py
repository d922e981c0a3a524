"""The nodes of a small scan with all their properties, for graphs that hold some of them."""

import json
from collections.abc import Mapping
from functools import cached_property
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow.json import ParseOptions, ReadOptions, read_json

from ..schema import Column
from ..snapshot import Snapshot
from ..snapshot.kept_rows import KeptRows
from ..snapshot.layout import TYPES
from .one_table import LABEL
from .store import Node


class ScanRows:
    """The nodes of a snapshot with all their properties, read once if at all."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._by_id: dict[str, dict[str, dict[str, Any]]] = {}

    def node(self, label: str, id_: str) -> Node:
        """A node."""
        if label not in self._by_id:
            self._by_id[label] = {row["id"]: row for row in self._kept.nodes(label)}
        return Node(label, dict(self._by_id[label][id_]))

    def table(self, columns: Mapping[str, Column]) -> pa.Table:
        """All nodes, with their labels and these properties, null where a label has none such."""
        kinds = pa.schema([(name, TYPES[kind]) for name, kind in columns.items()])
        kinds = kinds.append(pa.field(LABEL, pa.string()))
        # Arrow makes arrays of Python's values only after it has imported pandas, if there is one.
        lines = [
            json.dumps({**{name: row.get(name) for name in columns}, LABEL: label})
            for label in self._snapshot.labels
            for row in self._kept.nodes(label)
        ]
        if not lines:
            return kinds.empty_table()
        text = "\n".join(lines).encode()
        return read_json(
            BytesIO(text),
            ReadOptions(use_threads=False, block_size=len(text) + 1),
            ParseOptions(explicit_schema=kinds),
        )

    @cached_property
    def _kept(self) -> KeptRows:
        return KeptRows(self._snapshot)
