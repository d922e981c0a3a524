"""What is written for Mermaid is drawn by Mermaid itself, in a browser, as it was meant."""

from collections.abc import Callable
from typing import Any

import pytest
from clew.graph.export import ExportError, mermaid
from clew.graph.export.flattening import Flattened
from clew.graph.schema import EdgeType
from hypothesis import given, settings
from servers.mermaid_page import mermaid_page as mermaid_page
from support.exporting import TRUSTS, Held, graphs, hostile, role, written

Draw = Callable[[str], dict[str, Any]]
"""Draws a text: the nodes' and the edges' words, and how many nodes are dashed."""


def shown(held: Held) -> list[str]:
    """What the nodes are to say: words alone, since a browser folds blanks."""
    return sorted(folded(" ".join(node.lines)) for node in Flattened(held).nodes())


def folded(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())


def test_a_browser_shows_what_resources_are_called(mermaid_page: Draw) -> None:
    held = hostile()
    drawn = mermaid_page(written("mermaid", held))
    assert sorted(map(folded, drawn["nodes"])) == shown(held)
    assert drawn["edges"] == ["TRUSTS"] * len(held.joined[TRUSTS])
    assert drawn["scripts"] == 0
    assert drawn["missing"] == 1


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_any_graph_is_parsed(mermaid_page: Draw, held: Held) -> None:
    drawn = mermaid_page(written("mermaid", held))
    assert len(drawn["nodes"]) == sum(map(len, held.rows.values()))
    assert len(drawn["edges"]) == sum(map(len, held.joined.values()))


def many(edges: int) -> Held:
    reach = EdgeType("AWSRole", "CAN_REACH", "AWSRole")
    schema = Held({}, {}).schema.model_copy(update={"pairs": [reach]})
    ports = [("a", "b", {"from_port": port}) for port in range(edges)]
    return Held({"AWSRole": [role("a"), role("b")]}, {reach: ports}, schema)


def test_as_many_edges_as_mermaid_draws_are_drawn(mermaid_page: Draw) -> None:
    drawn = mermaid_page(written("mermaid", many(mermaid.MOST_EDGES)))
    assert len(drawn["edges"]) == mermaid.MOST_EDGES


def test_more_than_mermaid_draws_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ExportError, match=r"at most 500 edges .* these are 501 and"):
        written("mermaid", many(mermaid.MOST_EDGES + 1))
    large = Held({"AWSRole": [role(f"{number:0400}") for number in range(200)]}, {})
    with pytest.raises(ExportError, match="50,000 characters"):
        written("mermaid", large)
