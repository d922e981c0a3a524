"""Parquet is read by DuckDB, and by the embedded database, which loads the tables as they are."""

from pathlib import Path
from typing import Any

import duckdb
import ladybug
import pytest
from clew.graph.export.flattening import Flattened
from hypothesis import given, settings
from support.exporting import Held, filled, graphs, hostile


def rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a file as DuckDB reads them."""
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [each[0] for each in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def check(held: Held, folder: Path) -> None:
    """Holds what DuckDB reads against what was flattened."""
    flat = Flattened(held)
    nodes = [row for file in sorted(folder.glob("nodes/*")) for row in rows(file)]
    assert list(map(known, nodes)) == [{"id": node.id, **node.properties} for node in flat.nodes()]
    found = {row["id"]: row for file in folder.glob("edges/*") for row in rows(file)}
    assert {id_: known(row) for id_, row in found.items()} == {
        edge.id: {
            "id": edge.id,
            "source": edge.source,
            "source_label": edge.source_label,
            "target": edge.target,
            "target_label": edge.target_label,
            **edge.properties,
        }
        for edge in flat.edges()
    }


def test_hostile_values_come_back_through_duckdb(tmp_path: Path) -> None:
    check(hostile(), filled("parquet", hostile(), tmp_path))


@settings(max_examples=20, deadline=None)
@given(graphs())
def test_any_graph_comes_back_through_duckdb(
    tmp_path_factory: pytest.TempPathFactory, held: Held
) -> None:
    check(held, filled("parquet", held, tmp_path_factory.mktemp("parquet")))


def test_a_column_that_holds_nothing_is_left_out(tmp_path: Path) -> None:
    held = Held({"AWSRole": [{**hostile().rows["AWSRole"][0], "share": None}]}, {})
    (row,) = rows(filled("parquet", held, tmp_path) / "nodes" / "AWSRole.parquet")
    assert "share" not in row
    assert "missing" not in row


def test_the_embedded_database_loads_the_tables(tmp_path: Path) -> None:
    held = hostile()
    folder = filled("parquet", held, tmp_path)
    connection = ladybug.Connection(ladybug.Database())
    connection.execute(
        "CREATE NODE TABLE AWSRole (id STRING, missing STRING, name STRING, open BOOL, "
        "parent STRING, ports INT64[], share DOUBLE, size INT64, tags STRING[], PRIMARY KEY (id))"
    )
    connection.execute(f"COPY AWSRole FROM '{folder}/nodes/AWSRole.parquet'")
    connection.execute("CREATE REL TABLE TRUSTS (FROM AWSRole TO AWSRole, id STRING, via STRING)")
    connection.execute(
        f"COPY TRUSTS FROM (LOAD FROM '{folder}/edges/TRUSTS.parquet' "
        "RETURN source, target, id, via)"
    )
    flat = Flattened(held)
    found = connection.execute("MATCH (n:AWSRole) RETURN n.id, n.name, n.tags, n.size")
    assert sorted(map(tuple, found.get_all()), key=str) == sorted(
        ((node.id, *map(node.properties.get, ("name", "tags", "size"))) for node in flat.nodes()),
        key=str,
    )
    found = connection.execute("MATCH (a)-[t:TRUSTS]->(b) RETURN t.id, a.id, b.id, t.via")
    assert sorted(map(tuple, found.get_all())) == sorted(
        (edge.id, edge.source, edge.target, edge.properties.get("via")) for edge in flat.edges()
    )
