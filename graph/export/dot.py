"""DOT, which Graphviz draws.

Names such as ``style`` and ``size`` are the drawing's own, so what is written is the drawing: of a
node its name, label and id, of an edge its type and the field it comes from. Missing nodes are
dashed and say why they are missing.
"""

from typing import TextIO

from .flattening import Flattened, Written
from .formats import TextFormat


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes a directed graph."""
    stream.write("digraph clew {\n  rankdir=LR;\n  node [shape=box];\n")
    nodes = edges = 0
    for node in graph.nodes():
        attributes = {"label": "\n".join(node.lines), "tooltip": node.id}
        if "missing" in node.properties:
            attributes["style"] = "dashed"
        stream.write(f"  {quoted(node.id)} {_listed(attributes)};\n")
        nodes += 1
    for edge in graph.edges():
        attributes = {"label": edge.type, "tooltip": edge.properties.get("via", edge.type)}
        ends = f"{quoted(edge.source)} -> {quoted(edge.target)}"
        stream.write(f"  {ends} {_listed(attributes)};\n")
        edges += 1
    stream.write("}\n")
    return Written(nodes, edges)


def quoted(text: str) -> str:
    """A string of DOT, in which an ARN's colons and a Windows path mean nothing special."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def shown(text: str) -> str:
    """A string of DOT that is drawn as it is: Graphviz reads entities of HTML in what it draws."""
    return quoted(text.replace("&", "&amp;"))


def _listed(attributes: dict[str, str]) -> str:
    return "[" + ", ".join(f"{name}={shown(text)}" for name, text in attributes.items()) + "]"


FORMAT = TextFormat("dot", write)
