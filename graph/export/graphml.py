"""GraphML, which Gephi, yEd and Cytoscape read. It has no lists, so these are JSON text."""

from collections.abc import Mapping
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from ..schema import Column
from .flattening import Flattened, Written, apart, as_text
from .formats import TextFormat

_TYPES = {Column.BOOL: "boolean", Column.INT64: "long", Column.DOUBLE: "double"}
_OF_NODES = ("label", "labels")
_OF_EDGES = ("label", "type")
"""Names that mean something of their own."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes GraphML. To its properties a node adds ``labels``, an edge its ``type``; ``label``,
    which viewers show, is the node's name (its id, where it has none) and the edge's type."""
    node_columns = {apart(name, _OF_NODES): kind for name, kind in graph.node_columns.items()}
    edge_columns = {apart(name, _OF_EDGES): kind for name, kind in graph.edge_columns.items()}
    node_keys = _keys("n", (*_OF_NODES, *node_columns))
    edge_keys = _keys("e", (*_OF_EDGES, *edge_columns))
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    _declare(stream, "node", node_keys, node_columns)
    _declare(stream, "edge", edge_keys, edge_columns)
    stream.write('<graph id="clew" edgedefault="directed">')
    nodes = edges = 0
    for node in graph.nodes():
        shown = node.properties.get("name") or node.id
        data = _data({"label": shown, "labels": node.label}, node.properties, node_keys)
        stream.write(f"\n<node id={quoteattr(node.id)}>{data}</node>")
        nodes += 1
    for edge in graph.edges():
        ends = f"source={quoteattr(edge.source)} target={quoteattr(edge.target)}"
        data = _data({"label": edge.type, "type": edge.type}, edge.properties, edge_keys)
        stream.write(f'\n<edge id="{edge.id}" {ends}>{data}</edge>')
        edges += 1
    stream.write("</graph></graphml>\n")
    return Written(nodes, edges)


def _keys(prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{prefix}{number}" for number, name in enumerate(names)}


def _declare(
    stream: TextIO, what: str, keys: Mapping[str, str], columns: Mapping[str, Column]
) -> None:
    for name, key in keys.items():
        kind = _TYPES.get(columns.get(name, Column.STRING), "string")
        named = quoteattr(name)
        stream.write(f'<key id="{key}" for="{what}" attr.name={named} attr.type="{kind}"/>')


def _data(own: Mapping[str, str], properties: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    """What an element says: the format's own first, and its properties."""
    said = (*own.items(), *((apart(name, own), value) for name, value in properties.items()))
    return "".join(
        f'<data key="{keys[name]}">{escape(as_text(value))}</data>' for name, value in said
    )


FORMAT = TextFormat("graphml", write)
