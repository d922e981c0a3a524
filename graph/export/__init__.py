"""The graph in the formats of other tools, streamed through one flattening step."""

from collections.abc import Callable
from typing import TextIO

from ..traversal import Readable
from . import cytoscape, dot, gexf, graphml
from .flattening import Flattened, Written


def export(source: Readable, form: str, stream: TextIO) -> Written:
    """Writes the graph of a snapshot or store in a format of :data:`FORMATS`."""
    return FORMATS[form](Flattened(source), stream)


FORMATS: dict[str, Callable[[Flattened, TextIO], Written]] = {
    "graphml": graphml.write,
    "gexf": gexf.write,
    "cytoscape": cytoscape.write,
    "dot": dot.write,
}

__all__ = ["FORMATS", "Flattened", "Written", "export"]
