"""GraphML, which Gephi, yEd and Cytoscape read. It has no lists, so these are JSON text."""

from collections.abc import Mapping
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

from ..schema import Column
from .flattening import Flattened, Written, apart, as_text
from .formats import TextFormat

_TYPES = {Column.BOOL: "boolean", Column.INT64: "long", Column.DOUBLE: "double"}
_DRAWN = ("color", "r", "g", "b", "x", "y", "z", "xpos", "ypos", "zpos", "size", "weight")
"""Names of what Gephi draws by: it takes their values for that, and not as data."""
_NODES_OWN = frozenset(("label", "labels", "nodelabel", *_DRAWN))
_EDGES_OWN = frozenset(("label", "type", "edgelabel", *_DRAWN))
"""Names that mean something of their own in the format or to its readers."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes GraphML. To its properties a node adds ``labels``, an edge its ``type``; ``label``,
    which viewers show, is the node's name (its id, where it has none) and the edge's type."""
    node_columns = {apart(name, _NODES_OWN): kind for name, kind in graph.node_columns.items()}
    edge_columns = {apart(name, _EDGES_OWN): kind for name, kind in graph.edge_columns.items()}
    node_keys = _keys("n", ("label", "labels", *node_columns))
    edge_keys = _keys("e", ("label", "type", *edge_columns))
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
    _declare(stream, "node", node_keys, node_columns)
    _declare(stream, "edge", edge_keys, edge_columns)
    stream.write('<graph id="clew" edgedefault="directed">')
    nodes = edges = 0
    for node in graph.nodes():
        shown = node.properties.get("name") or node.id
        own = {"label": shown, "labels": node.label}
        data = _data(own, node.properties, node_keys, _NODES_OWN)
        stream.write(f"\n<node id={quoteattr(node.id)}>{data}</node>")
        nodes += 1
    for edge in graph.edges():
        ends = f"source={quoteattr(edge.source)} target={quoteattr(edge.target)}"
        own = {"label": edge.type, "type": edge.type}
        data = _data(own, edge.properties, edge_keys, _EDGES_OWN)
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


def _data(
    own: Mapping[str, str],
    properties: Mapping[str, Any],
    keys: Mapping[str, str],
    taken: frozenset[str],
) -> str:
    """What an element says: the format's own first, and its properties."""
    said = (*own.items(), *((apart(name, taken), value) for name, value in properties.items()))
    return "".join(
        f'<data key="{keys[name]}">{escape(as_text(value))}</data>' for name, value in said
    )


FORMAT = TextFormat("graphml", write)
