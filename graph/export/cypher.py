"""Cypher for Neo4j, one statement a line: ``cypher-shell -f FILE``.

Run again it changes nothing: nodes are found by their id and edges by theirs. Every node has the
label ``Resource`` as well as its own.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from typing import Any, TextIO

from .flattening import FlatEdge, FlatNode, Flattened, Written, apart
from .formats import TextFormat

BASE = "Resource"
"""The label that all nodes have, by which they are found."""
OF_EDGES = ("id",)
"""The property that edges have besides their own."""
PREPARING = (
    f"CREATE CONSTRAINT clew_resource_id IF NOT EXISTS FOR (n:{BASE}) REQUIRE n.id IS UNIQUE;",
    "CALL db.awaitIndexes(300);",
)
"""Makes nodes be found by their ids."""

_ROWS = 200
"""So many nodes or edges are in a statement."""
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
"""Everything that ends a string or a line; control characters are gone by now."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes statements that make the graph."""
    for statement in PREPARING:
        stream.write(f"{statement}\n")
    nodes = edges = 0
    for label, alike in groupby(graph.nodes(), lambda node: node.label):
        for rows in _batches(map(_node, alike)):
            nodes += len(rows)
            stream.write(
                f"UNWIND {literal(rows)} AS row MERGE (n:{BASE} {{id: row.id}}) "
                f"SET n = row, n:{quoted(label)};\n"
            )
    for rel, joined in groupby(graph.edges(), lambda edge: edge.type):
        for rows in _batches(map(_edge, joined)):
            edges += len(rows)
            stream.write(
                f"UNWIND {literal(rows)} AS row "
                f"MATCH (s:{BASE} {{id: row.source}}), (t:{BASE} {{id: row.target}}) "
                f"MERGE (s)-[r:{quoted(rel)} {{id: row.properties.id}}]->(t) "
                "SET r = row.properties;\n"
            )
    return Written(nodes, edges)


def literal(value: Any) -> str:
    """A value as Cypher spells it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value.translate(_ESCAPES)}'"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case Mapping():
            return f"{{{', '.join(f'{quoted(k)}: {literal(v)}' for k, v in value.items())}}}"
        case _:
            return repr(value)


def quoted(name: str) -> str:
    """A label, type or property as Cypher takes it, whatever characters it is of."""
    return f"`{name.replace('`', '``')}`"


def _node(node: FlatNode) -> dict[str, Any]:
    return {"id": node.id, **node.properties}


def _edge(edge: FlatEdge) -> dict[str, Any]:
    own = {apart(name, OF_EDGES): value for name, value in edge.properties.items()}
    return {"source": edge.source, "target": edge.target, "properties": {"id": edge.id, **own}}


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while some := list(islice(rows, _ROWS)):
        yield some


FORMAT = TextFormat("cypher", write)
