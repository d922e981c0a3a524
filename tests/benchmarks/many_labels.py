"""The demo's scan with made-up labels added to the real ones: what a schema costs that has many."""

from pathlib import Path

from clew.graph.schema import EdgeType
from clew.graph.snapshot import Snapshot
from clew.graph.snapshot.writing import Contents, fill

_NODES = 4
"""How many of each made-up label; the demo has four of a label too."""


def write_with_labels(snapshot: Snapshot, number: int, folder: Path) -> None:
    """Writes a scan with so many labels into a folder: each that is made up has the columns of a
    real one, some nodes, and the edges that these have to real ones."""
    nodes = {label: snapshot.nodes(label).to_pylist() for label in snapshot.labels}
    edges = {pair: snapshot.edges(pair).to_pylist() for pair in snapshot.pairs}
    labels = dict(snapshot.schema.labels)
    real = sorted(label for label in nodes if label not in ("Internet", "UnknownResource"))
    for made in range(number - len(labels)):
        like = real[made % len(real)]
        label = f"{like}Again{made // len(real) or ''}"
        labels[label] = labels[like]
        again = {row["id"]: f"{label}:{row['id']}" for row in nodes[like][:_NODES]}
        nodes[label] = [{**row, "id": again[row["id"]]} for row in nodes[like][:_NODES]]
        for pair in [pair for pair in edges if pair.source == like]:
            rows = [row for row in edges[pair] if row["source"] in again]
            edges[EdgeType(label, pair.rel, pair.target)] = [
                {**row, "source": again[row["source"]]} for row in rows
            ]
    schema = snapshot.schema.model_copy(update={"labels": labels}).joining(edges)
    folder.mkdir(parents=True)
    fill(
        folder,
        Contents(
            schema=schema,
            scope=snapshot.scope,
            started=snapshot.manifest.started,
            finished=snapshot.manifest.finished,
            nodes={
                label: sorted(rows, key=lambda row: str(row["id"])) for label, rows in nodes.items()
            },
            edges={pair: rows for pair, rows in edges.items() if rows},
            coverage=snapshot.coverage,
            reads=snapshot.reads,
        ),
    )
