"""The step that all formats share: typed scalars and lists out, whatever a resource holds.

What was not read is left out, control characters are removed, a column has one type over all
labels, and every edge has an id that is the same each time.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from ..schema import Column
from ..traversal import Readable

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LISTS = (Column.STRINGS, Column.INTS)
_Types = defaultdict[str, set[Column]]


class FlatNode(NamedTuple):
    """A node; its ``id`` is not among the properties."""

    id: str
    label: str
    properties: dict[str, Any]


class FlatEdge(NamedTuple):
    """An edge; its id hashes all that it says."""

    id: str
    source: str
    type: str
    target: str
    properties: dict[str, Any]


class Written(NamedTuple):
    """How much was written."""

    nodes: int
    edges: int


class Flattened:
    """A snapshot or store, node by node and edge by edge.

    A first pass finds the columns that hold anything, and one type for each.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source
        schema = source.schema
        nodes: _Types = defaultdict(set)
        for label, columns in schema.labels.items():
            _note(nodes, columns, source.nodes(label))
        edges: _Types = defaultdict(set)
        for pair in schema.pairs:
            held = (properties for _, _, properties in source.edges(pair))
            _note(edges, schema.relationships[pair.rel], held)
        self.node_columns = {name: _common(kinds) for name, kinds in sorted(nodes.items())}
        self.edge_columns = {name: _common(kinds) for name, kinds in sorted(edges.items())}

    def nodes(self) -> Iterator[FlatNode]:
        """Every node, by label and id."""
        for label in sorted(self._source.schema.labels):
            for properties in self._source.nodes(label):
                kept = {name: value for name, value in properties.items() if name != "id"}
                yield FlatNode(
                    key_of(properties["id"]), clean(label), _flat(kept, self.node_columns)
                )

    def edges(self) -> Iterator[FlatEdge]:
        """Every edge, by the labels it joins. Two that say the same differ in their ids."""
        for pair in self._source.schema.pairs:
            before, repeated = "", 0
            for source, target, properties in self._source.edges(pair):
                said = json.dumps([source, pair.rel, target, properties], sort_keys=True)
                repeated = repeated + 1 if said == before else 0
                before = said
                yield FlatEdge(
                    sha256(f"{said}{repeated or ''}".encode()).hexdigest()[:20],
                    key_of(source),
                    pair.rel,
                    key_of(target),
                    _flat(properties, self.edge_columns),
                )


def clean(text: str) -> str:
    """The text without what XML, and a terminal, cannot take."""
    return _UNPRINTABLE.sub("", text)


def key_of(id_: str) -> str:
    """A node's id in the export: its own, with a hash where two could become the same."""
    kept = clean(id_)
    return kept if kept == id_ else f"{kept}#{sha256(repr(id_).encode()).hexdigest()[:8]}"


def apart(name: str, own: Container[str]) -> str:
    """A property's name, kept apart from those that mean something of their own in a format."""
    return f"{name}_" if name in own else name


def as_text(value: Any) -> str:
    """A value for formats that have no lists: a list is JSON text."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _note(types: _Types, columns: Mapping[str, Column], rows: Iterable[Mapping[str, Any]]) -> None:
    left = {name for name in columns if name != "id"}
    for row in rows:
        found = {name for name in left if row[name] is not None}
        for name in found:
            types[name].add(columns[name])
        left -= found
        if not left:
            return


def _common(kinds: set[Column]) -> Column:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {Column.INT64, Column.DOUBLE}:
        return Column.DOUBLE
    return Column.STRINGS if kinds <= set(_LISTS) else Column.STRING


def _flat(properties: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
    return {
        name: _typed(value, columns[name])
        for name, value in properties.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }


def _typed(value: Any, kind: Column) -> Any:
    match kind:
        case Column.STRING:
            return clean(as_text(value))
        case Column.STRINGS:
            return [clean(str(item)) for item in value if item is not None]
        case Column.INTS:
            return [item for item in value if item is not None]
        case Column.DOUBLE:
            return float(value)
        case _:
            return value
