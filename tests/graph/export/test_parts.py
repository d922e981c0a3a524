"""Parts of a graph."""

from pathlib import Path

import pytest
from clew.graph.export.parts import Part, around, named
from clew.graph.traversal import Readable, SnapshotReader
from hypothesis import given
from hypothesis import strategies as st
from support.audit import bucket, trail
from support.judging import Estate
from support.small_scans import scan_of

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Readable:
    resources = [
        *(trail(f"t{number}", s3_bucket_name=name) for number, name in enumerate("aab")),
        *map(bucket, NAMES),
    ]
    folder: Path = tmp_path_factory.mktemp("parts")
    return SnapshotReader(scan_of(folder / "scan", Estate(resources)))


def nodes(graph: Readable) -> set[str]:
    return {node["name"] for label in graph.schema.labels for node in graph.nodes(label)}


def edges(graph: Readable) -> list[tuple[str, str]]:
    return sorted(
        (source.rpartition("/")[2], target.rpartition(":")[2])
        for pair in graph.pairs
        for source, target, _ in graph.edges(pair)
    )


def test_a_part_of_everything_is_the_whole(whole: Readable) -> None:
    assert nodes(Part(whole, None, None)) == nodes(whole)
    assert edges(Part(whole, None, None)) == edges(whole)


def test_labels_have_the_edges_among_them_only(whole: Readable) -> None:
    part = Part(whole, ["AWSS3Bucket"], None)
    assert nodes(part) >= {*NAMES}
    assert not {name for name in nodes(part) if name.startswith("t")}
    assert ("t0", "a") not in edges(part)


def test_around_goes_so_many_edges_in_either_direction(whole: Readable) -> None:
    (start,) = named(whole, "t0")
    found = [nodes(Part(whole, None, around(whole, [start], depth))) for depth in range(3)]
    assert found[0] == {"t0"}
    assert {"t0", "a"} <= found[1]
    assert "t1" not in found[1]
    assert {"t0", "a", "t1"} <= found[2]
    assert "b" not in found[1]


@given(st.integers(0, 4), st.sampled_from(["t0", "t2", "a", "c"]))
def test_a_part_has_the_edges_of_the_whole_between_its_nodes(
    whole: Readable, depth: int, name: str
) -> None:
    ids = around(whole, named(whole, name), depth)
    part = Part(whole, None, ids)
    expected = [edge for pair in whole.pairs for edge in whole.edges(pair) if {*edge[:2]} <= ids]
    assert len([edge for pair in part.pairs for edge in part.edges(pair)]) == len(expected)


def test_a_name_that_several_have_names_them_all(whole: Readable) -> None:
    assert named(whole, "nobody") == []
    (id_,) = named(whole, "a")
    assert named(whole, id_) == [id_]
