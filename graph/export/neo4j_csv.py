"""CSV for ``neo4j-admin database import full``, with the script that runs it and the statements to
run after it: the fastest way into a Neo4j of one's own.

https://neo4j.com/docs/operations-manual/current/import/
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from ..schema import Column
from .cypher import BASE, OF_EDGES, PREPARING, literal, quoted
from .flattening import Flattened, Written, apart, as_text
from .formats import FolderFormat

SCRIPT = "import.sh"
SCHEMA = "schema.cypher"

_TYPES = {
    Column.STRING: "string",
    Column.INT64: "long",
    Column.DOUBLE: "double",
    Column.BOOL: "boolean",
    Column.STRINGS: "string[]",
    Column.INTS: "long[]",
}
_BETWEEN = "\x1f"
"""Between the items of a list: a control character, which no value has by now."""
_NOT_HELD: dict[str, list[Any]] = {"empty_lists": [], "blank_lists": [""]}
"""Lists that the importer would take for no value, by the column that says which properties are."""
_SCRIPT = """\
#!/bin/sh
# Imports these files into a database of a Neo4j that is stopped:
#   ./import.sh [DATABASE [OPTION ...]]      such as ./import.sh neo4j --overwrite-destination
# Then start Neo4j and run:
#   cypher-shell -d DATABASE -f schema.cypher
set -eu
cd "$(dirname "$0")"
database=${1:-neo4j}
[ $# -eq 0 ] || shift
exec neo4j-admin database import full "$database" "$@" \\
  --id-type=string --multiline-fields=true --array-delimiter=U+001F"""


class _File:
    """A file of nodes or relationships: the importer's own columns, then the properties."""

    def __init__(self, stream: TextIO, own: str, columns: Mapping[str, Column]) -> None:
        self._stream = stream
        self._names = (*columns, *_NOT_HELD)
        self.repaired: dict[str, set[str]] = {column: set() for column in _NOT_HELD}
        """The properties that were written as one of the lists that the importer does not hold."""
        header = [f"{name}:{_TYPES[kind]}" for name, kind in columns.items()]
        stream.write(",".join([own, *header, *(f"{name}:string[]" for name in _NOT_HELD)]) + "\n")

    def write(self, own: Iterable[str], properties: Mapping[str, Any]) -> None:
        """Writes a row."""
        values = dict(properties)
        for column, unheld in _NOT_HELD.items():
            if names := [name for name, value in properties.items() if value == unheld]:
                values[column] = names
                self.repaired[column] |= {*names}
        cells = [*map(_cell, own), *(_cell(values.get(name)) for name in self._names)]
        self._stream.write(",".join(cells) + "\n")


def write(graph: Flattened, folder: Path) -> Written:
    """Writes ``nodes/LABEL.csv`` and ``relationships/TYPE.csv``, of what there is any, with
    ``import.sh`` and ``schema.cypher``."""
    options: list[str] = []
    statements = [*PREPARING]
    nodes = _write_nodes(graph, folder, options, statements)
    edges = _write_edges(graph, folder, options, statements)
    (folder / SCHEMA).write_text("\n".join(statements) + "\n", encoding="utf-8")
    script = folder / SCRIPT
    script.write_text(" \\\n  ".join((_SCRIPT, *options)) + "\n", encoding="utf-8")
    script.chmod(script.stat().st_mode | 0o100)
    return Written(nodes, edges)


def _write_nodes(graph: Flattened, folder: Path, options: list[str], statements: list[str]) -> int:
    """Writes the nodes; adds to the importer's options, and to what is to be run after it."""
    number = 0
    taken = ("id", *_NOT_HELD)
    (folder / "nodes").mkdir()
    for label, alike in groupby(graph.nodes(), lambda node: node.label):
        columns = _renamed(graph.columns_of(label), taken)
        options.append(f"--nodes={BASE}=nodes/{label}.csv")
        with _opened(folder / "nodes" / f"{label}.csv") as stream:
            file = _File(stream, f"id:ID({BASE}),:LABEL", columns)
            for node in alike:
                file.write((node.id, node.label), _renamed(node.properties, taken))
                number += 1
        statements += _repairs(file, f"(x:{quoted(label)})")
    return number


def _write_edges(graph: Flattened, folder: Path, options: list[str], statements: list[str]) -> int:
    """The same of the edges."""
    number = 0
    taken = (*OF_EDGES, *_NOT_HELD)
    (folder / "relationships").mkdir()
    files: dict[str, _File] = {}
    with ExitStack() as stack:
        for edge in graph.edges():
            if edge.type not in files:
                columns = _renamed(graph.edge_columns_of(edge.type), taken)
                stream = stack.enter_context(_opened(folder / "relationships" / f"{edge.type}.csv"))
                own = f"id:string,:START_ID({BASE}),:END_ID({BASE}),:TYPE"
                files[edge.type] = _File(stream, own, columns)
                options.append(f"--relationships=relationships/{edge.type}.csv")
            ends = (edge.id, edge.source, edge.target, edge.type)
            files[edge.type].write(ends, _renamed(edge.properties, taken))
            number += 1
    for rel, file in files.items():
        statements += _repairs(file, f"()-[x:{quoted(rel)}]->()")
    return number


def _repairs(file: _File, pattern: str) -> list[str]:
    """The statements that give elements the lists that the importer does not hold."""
    found = [
        f"MATCH {pattern} WHERE {literal(name)} IN x.{column} "
        f"SET x.{quoted(name)} = {literal(_NOT_HELD[column])};"
        for column, names in file.repaired.items()
        for name in sorted(names)
    ]
    if found:
        found.append(f"MATCH {pattern} REMOVE {', '.join(f'x.{each}' for each in _NOT_HELD)};")
    return found


def _renamed(properties: Mapping[str, Any], taken: tuple[str, ...]) -> dict[str, Any]:
    return {apart(name, taken): value for name, value in properties.items()}


def _opened(file: Path) -> TextIO:
    return file.open("w", encoding="utf-8", newline="")


def _cell(value: Any) -> str:
    """A value as a field: no value is an empty one, an empty text is quoted."""
    if value is None:
        return ""
    text = _BETWEEN.join(map(str, value)) if isinstance(value, list) else as_text(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


FORMAT = FolderFormat("neo4j-csv", write)
