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
_EXACT = 2**53
"""Up to here a 64-bit float tells every whole number from its neighbours."""
_Types = defaultdict[str, set[Column]]


class FlatNode(NamedTuple):
    """A node; its ``id`` is not among the properties."""

    id: str
    label: str
    properties: dict[str, Any]

    @property
    def lines(self) -> tuple[str, ...]:
        """What a drawing says of it: its name (its id, where it has none), its label and, if it is
        missing, why."""
        said = (self.properties.get("name") or self.id, self.label, self.properties.get("missing"))
        return tuple(filter(None, said))


class FlatEdge(NamedTuple):
    """An edge; its id hashes all that it says."""

    id: str
    source: str
    type: str
    target: str
    properties: dict[str, Any]
    source_label: str
    target_label: str


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
        self.schema = schema = source.schema
        self._nodes = {
            label: _held(columns, source.nodes(label)) for label, columns in schema.labels.items()
        }
        self._edges: dict[str, set[str]] = {rel: set() for rel in schema.relationships}
        for pair in schema.pairs:
            rows = (properties for _, _, properties in source.edges(pair))
            self._edges[pair.rel] |= _held(schema.relationships[pair.rel], rows)
        self.node_columns = _common(schema.labels, self._nodes)
        self.edge_columns = _common(schema.relationships, self._edges)

    def columns_of(self, label: str) -> dict[str, Column]:
        """The columns that any node of a label holds."""
        return {name: self.node_columns[name] for name in sorted(self._nodes[label])}

    def edge_columns_of(self, rel: str) -> dict[str, Column]:
        """The columns that any edge of a type holds."""
        return {name: self.edge_columns[name] for name in sorted(self._edges[rel])}

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
                    clean(pair.source),
                    clean(pair.target),
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


def exact(value: Any) -> Any:
    """A value for readers whose numbers are 64-bit floats: a whole number that these do not tell
    from its neighbours is text, and with it the list that it is in."""
    if isinstance(value, list):
        kept = [exact(item) for item in value]
        return kept if kept == value else [str(item) for item in value]
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return value


def _held(columns: Mapping[str, Column], rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The columns that hold anything in any row."""
    left = {name for name in columns if name != "id"}
    held: set[str] = set()
    for row in rows:
        found = {name for name in left if row[name] is not None}
        held |= found
        left -= found
        if not left:
            break
    return held


def _common(
    declared: Mapping[str, Mapping[str, Column]], held: Mapping[str, set[str]]
) -> dict[str, Column]:
    """One type for each column that holds anything, of those it is declared with."""
    kinds: _Types = defaultdict(set)
    for owner, names in held.items():
        for name in names:
            kinds[name].add(declared[owner][name])
    return {name: _common_type(each) for name, each in sorted(kinds.items())}


def _common_type(kinds: set[Column]) -> Column:
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
