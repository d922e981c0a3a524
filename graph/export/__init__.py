"""The graph in the formats of other tools, streamed through one flattening step.

A format is a module that says what it is as ``FORMAT``.
"""

from . import cypher, cytoscape, dot, gexf, graphml, mermaid, neo4j_csv, opengraph, parquet
from .flattening import Flattened, Written
from .formats import ExportError, FolderFormat, Format, TextFormat

_MODULES = (graphml, gexf, cytoscape, dot, mermaid, opengraph, neo4j_csv, parquet, cypher)

FORMATS: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in _MODULES}

__all__ = [
    "FORMATS",
    "ExportError",
    "Flattened",
    "FolderFormat",
    "Format",
    "TextFormat",
    "Written",
]
