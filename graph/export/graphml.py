"""GraphML, which Gephi, yEd and Cytoscape read. It has no lists, so these are JSON text."""

from collections.abc import Mapping
from io import TextIOBase
from typing import Any, TextIO, cast
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ..schema import Column
from .flattening import Flattened, Written, as_text

_TYPES = {Column.BOOL: "boolean", Column.INT64: "long", Column.DOUBLE: "double"}


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes GraphML. Beside its properties a node has ``labels``, an edge its ``type``; ``label``,
    which viewers show, is the node's name (its id, where it has none) and the edge's type."""
    xml = XMLGenerator(cast(TextIOBase, stream), "utf-8", short_empty_elements=True)
    node_keys = _keys("n", ("label", "labels", *graph.node_columns))
    edge_keys = _keys("e", ("label", "type", *graph.edge_columns))
    xml.startDocument()
    xml.startElement("graphml", AttributesImpl({"xmlns": "http://graphml.graphdrawing.org/xmlns"}))
    _declare(xml, "node", node_keys, graph.node_columns)
    _declare(xml, "edge", edge_keys, graph.edge_columns)
    xml.startElement("graph", AttributesImpl({"id": "clew", "edgedefault": "directed"}))
    nodes = edges = 0
    for node in graph.nodes():
        xml.characters("\n")
        xml.startElement("node", AttributesImpl({"id": node.id}))
        shown = node.properties.get("name") or node.id
        _data(xml, {"label": shown, "labels": node.label, **node.properties}, node_keys)
        xml.endElement("node")
        nodes += 1
    for edge in graph.edges():
        xml.characters("\n")
        xml.startElement(
            "edge", AttributesImpl({"id": edge.id, "source": edge.source, "target": edge.target})
        )
        _data(xml, {"label": edge.type, "type": edge.type, **edge.properties}, edge_keys)
        xml.endElement("edge")
        edges += 1
    xml.endElement("graph")
    xml.endElement("graphml")
    xml.endDocument()
    stream.write("\n")
    return Written(nodes, edges)


def _keys(prefix: str, names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"{prefix}{number}" for number, name in enumerate(names)}


def _declare(
    xml: XMLGenerator, what: str, keys: Mapping[str, str], columns: Mapping[str, Column]
) -> None:
    for name, key in keys.items():
        kind = _TYPES.get(columns.get(name, Column.STRING), "string")
        xml.startElement(
            "key", AttributesImpl({"id": key, "for": what, "attr.name": name, "attr.type": kind})
        )
        xml.endElement("key")


def _data(xml: XMLGenerator, properties: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    for name, value in properties.items():
        xml.startElement("data", AttributesImpl({"key": keys[name]}))
        xml.characters(as_text(value))
        xml.endElement("data")
