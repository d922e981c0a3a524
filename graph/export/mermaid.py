"""Mermaid, which GitHub, GitLab and many wikis draw.

What is written is the drawing: of a node its name and label, of an edge its type. Edges from one
node to another are one arrow, since Mermaid would draw some of them over others. Missing nodes are
dashed and say why they are missing.
"""

from collections import Counter, defaultdict
from typing import TextIO

from .flattening import Flattened, Written
from .formats import ExportError, TextFormat

MOST_EDGES = 500
MOST_CHARACTERS = 50_000
"""What Mermaid draws at most, unless the page that shows it says otherwise (``maxEdges`` and
``maxTextSize`` of its configuration)."""

_MISSING = "missing"
_WORD_JOINER = "\u2060"
"""Is not seen."""


def write(graph: Flattened, stream: TextIO) -> Written:
    """Writes a flowchart.

    :raises ExportError: if Mermaid would refuse to draw it.
    """
    lines = ["flowchart LR", f"  classDef {_MISSING} stroke-dasharray: 4"]
    size = sum(map(len, lines)) + len(lines)
    numbers: dict[str, int] = {}
    arrows: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for node in graph.nodes():
        numbers[node.id] = len(numbers)
        text = "<br/>".join(map(escaped, node.lines))
        marked = f":::{_MISSING}" if _MISSING in node.properties else ""
        size = _add(lines, f'  n{numbers[node.id]}["{text}"]{marked}', size)
    for edge in graph.edges():
        arrows[numbers[edge.source], numbers[edge.target]][edge.type] += 1
    for (source, target), types in arrows.items():
        text = "<br/>".join(
            escaped(rel if times == 1 else f"{rel} ({times:,} edges)")
            for rel, times in types.items()
        )
        size = _add(lines, f'  n{source} -->|"{text}"| n{target}', size)
    if len(arrows) > MOST_EDGES or size > MOST_CHARACTERS:
        raise ExportError(
            f"Mermaid draws at most {MOST_EDGES} arrows and {MOST_CHARACTERS:,} characters; these "
            f"are {len(arrows):,} and {size:,}.",
            "Export a part of the graph, or as dot for Graphviz.",
        )
    stream.write("\n".join(lines) + "\n")
    return Written(len(numbers), sum(types.total() for types in arrows.values()))


def escaped(text: str) -> str:
    """A text in which nothing means anything to Mermaid or a browser."""
    # Mermaid breaks the line at these two characters, however they are spelled.
    apart = text.replace("\\n", f"\\{_WORD_JOINER}n")
    return "".join(
        char if char.isalnum() or char in " -_.:/,()…" else f"#{ord(char)};" for char in apart
    )


def _add(lines: list[str], line: str, size: int) -> int:
    """Keeps a line as long as all may still be drawn; the size of the text with it."""
    size += len(line) + 1
    if size <= MOST_CHARACTERS:
        lines.append(line)
    return size


FORMAT = TextFormat("mermaid", write)
