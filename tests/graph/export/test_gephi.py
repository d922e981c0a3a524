"""Gephi itself reads what is written for it: all nodes and edges, with their labels and values."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clew.graph.export import FORMATS, Flattened, TextFormat
from clew.graph.export.flattening import as_text
from clew.graph.traversal import SnapshotReader
from clew.scans.places import open_scan
from support.exporting import hostile
from support.maven_packages import maven_jar

_READER = Path(__file__).parent / "gephi" / "ReadGraph.java"
_TOOLKIT = "org.gephi:gephi-toolkit:0.10.1:jar:all"
_SECONDS = 300
_TYPE = {"gexf": "rel", "graphml": "type"}
"""What an edge's type is called among its values."""
_TAKEN = {
    "gexf": ("end", "kind", "labels", "source", "start", "target", "type", "weight"),
    "graphml": ("color", "label", "labels", "size", "weight", "x", "y"),
}
"""Names of properties that would mean something else."""


@dataclass
class Read:
    """What Gephi has after an import."""

    issues: list[str]
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


@pytest.fixture(scope="module")
def gephi(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Flattened], Read]:
    """Writes a graph in a format and has Gephi read it."""
    java = shutil.which("java")
    if java is None:
        reason = "Java is not installed"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    toolkit = maven_jar(_TOOLKIT)

    def read(form: str, graph: Flattened) -> Read:
        chosen = FORMATS[form]
        assert isinstance(chosen, TextFormat)
        folder = tmp_path_factory.mktemp("gephi")
        with (folder / f"graph.{form}").open("w", encoding="utf-8", newline="") as stream:
            chosen.write(graph, stream)
        done = subprocess.run(
            [
                java,
                "-Djava.awt.headless=true",
                f"-Dnetbeans.user={folder}",
                "-cp",
                str(toolkit),
                str(_READER),
                stream.name,
            ],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return Read(
            [line["issue"] for line in lines if "issue" in line],
            _sorted([line for line in lines if "node" in line]),
            _sorted([line for line in lines if "edge" in line]),
        )

    return read


def expected(form: str, graph: Flattened) -> Read:
    """What Gephi should have."""
    nodes = [
        {
            "node": node.id,
            "label": node.properties.get("name") or node.id,
            "known": {"labels": node.label, **_known(form, node.properties)},
        }
        for node in graph.nodes()
    ]
    edges = [
        {
            "edge": edge.id,
            "source": edge.source,
            "target": edge.target,
            "directed": True,
            "label": edge.type,
            "known": {_TYPE[form]: edge.type, **_known(form, edge.properties)},
        }
        for edge in graph.edges()
    ]
    return Read([], *map(_sorted, (nodes, edges)))


def _known(form: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Values as Gephi has them: a list as text, an empty text as none."""
    return {
        f"{name}_" if name in _TAKEN[form] else name: as_text(value)
        if isinstance(value, list)
        else value
        for name, value in properties.items()
        if value != ""
    }


def _sorted(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(listed, key=lambda each: str(each.get("node") or each["edge"]))


FORMS = pytest.mark.parametrize("form", ["gexf", "graphml"])


@FORMS
def test_gephi_has_the_hostile_values(form: str, gephi: Callable[[str, Flattened], Read]) -> None:
    graph = Flattened(hostile())
    assert gephi(form, graph) == expected(form, graph)


@FORMS
def test_gephi_has_all_of_the_demo(form: str, gephi: Callable[[str, Flattened], Read]) -> None:
    graph = Flattened(SnapshotReader(open_scan("demo")))
    found, wanted = gephi(form, graph), expected(form, graph)
    assert found.issues == []
    assert len(found.nodes) == len(wanted.nodes) > 1000
    assert [each for each in found.nodes if each not in wanted.nodes][:3] == []
    assert len(found.edges) == len(wanted.edges) > 1000
    assert [each for each in found.edges if each not in wanted.edges][:3] == []
