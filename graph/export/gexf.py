"""GEXF 1.3, Gephi's own format. Lists are JSON text, since its readers differ about them.

Edges between the same two nodes stay apart: each has an id, and its relationship type as its
``kind``, by which Gephi tells parallel edges apart.
"""

from collections.abc import Mapping
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from ..schema import Column
from .flattening import Flattened, Written, apart, as_text
from .formats import TextFormat

_TYPES = {Column.BOOL: "boolean", Column.INT64: "long", Column.DOUBLE: "double"}
_OF_READERS = ("parents", "pid", "slices", "spells", "start", "end", "viz", "weight")
_OWN = frozenset((*_OF_READERS, "id", "kind", "label", "labels", "rel", "source", "target", "type"))
"""Names that mean something of their own in the format or to its readers."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes GEXF. A node is labelled with its name (its id, where it has none) and says its label
    as ``labels``, an edge with its type, which it says as ``rel`` too."""
    node_columns = {apart(name, _OWN): kind for name, kind in graph.node_columns.items()}
    edge_columns = {apart(name, _OWN): kind for name, kind in graph.edge_columns.items()}
    node_keys = _keys(("labels", *node_columns))
    edge_keys = _keys(("rel", *edge_columns))
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    stream.write('<gexf xmlns="http://gexf.net/1.3" version="1.3">')
    stream.write('<graph mode="static" defaultedgetype="directed">')
    _declare(stream, "node", node_keys, node_columns)
    _declare(stream, "edge", edge_keys, edge_columns)
    stream.write("<nodes>")
    nodes = edges = 0
    for node in graph.nodes():
        shown = quoteattr(node.properties.get("name") or node.id)
        said = _values({"labels": node.label}, node.properties, node_keys)
        stream.write(f"\n<node id={quoteattr(node.id)} label={shown}>{said}</node>")
        nodes += 1
    stream.write("</nodes><edges>")
    for edge in graph.edges():
        ends = f"source={quoteattr(edge.source)} target={quoteattr(edge.target)}"
        type_ = quoteattr(edge.type)
        said = _values({"rel": edge.type}, edge.properties, edge_keys)
        stream.write(
            f'\n<edge id="{edge.id}" {ends} type="directed" kind={type_} label={type_}>'
            f"{said}</edge>"
        )
        edges += 1
    stream.write("</edges></graph></gexf>\n")
    return Written(nodes, edges)


def _keys(names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(number) for number, name in enumerate(names)}


def _declare(
    stream: TextIO, what: str, keys: Mapping[str, str], columns: Mapping[str, Column]
) -> None:
    stream.write(f'<attributes class="{what}">')
    for name, key in keys.items():
        title = quoteattr(name)
        kind = _TYPES.get(columns.get(name, Column.STRING), "string")
        stream.write(f'<attribute id="{key}" title={title} type="{kind}"/>')
    stream.write("</attributes>")


def _values(own: Mapping[str, str], properties: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    """What an element says: what Clew says of it first, and its properties."""
    said = (*own.items(), *((apart(name, _OWN), value) for name, value in properties.items()))
    values = (
        f'<attvalue for="{keys[name]}" value={quoteattr(as_text(value))}/>' for name, value in said
    )
    return f"<attvalues>{''.join(values)}</attvalues>"


FORMAT = TextFormat("gexf", write)
