"""Graphviz itself draws what is written, with every name as it is."""

import os
import shutil
import subprocess

import pytest
from clew.graph.export.flattening import Flattened
from defusedxml import ElementTree
from support.exporting import TRUSTS, hostile, written

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def dot() -> str:
    found = shutil.which("dot")
    if found is None:
        reason = "Graphviz is not installed: apt-get install graphviz"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


def test_graphviz_shows_what_resources_are_called(dot: str) -> None:
    held = hostile()
    done = subprocess.run(
        [dot, "-Tsvg"], input=written("dot", held).encode(), capture_output=True, check=True
    )
    assert done.stderr == b""
    drawn = ElementTree.fromstring(done.stdout)
    found = {"node": [], "edge": []}
    for group in drawn.iter(f"{SVG}g"):
        if group.get("class") in found:
            texts = ("".join(text.itertext()) for text in group.iter(f"{SVG}text"))
            found[group.get("class")].append(words(" ".join(texts)))
    flat = Flattened(held)
    assert sorted(found["node"]) == sorted(words(" ".join(node.lines)) for node in flat.nodes())
    assert found["edge"] == ["TRUSTS"] * len(held.joined[TRUSTS])


def words(text: str) -> str:
    """A text without what a drawing does with blanks."""
    return " ".join(text.split())
