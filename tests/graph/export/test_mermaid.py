"""What is written for Mermaid is drawn by Mermaid itself, in a browser, as it was meant."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from clew.graph.export import ExportError, mermaid
from clew.graph.export.flattening import Flattened
from hypothesis import given, settings
from servers.mermaid_page import mermaid_page as mermaid_page
from support.exporting import TRUSTS, Held, graphs, hostile, role, written

Draw = Callable[[str], dict[str, Any]]
"""Draws a text: the nodes' and the edges' words, and how many nodes are dashed."""


def shown(held: Held) -> list[str]:
    """What the nodes are to say: words alone, since a browser folds blanks."""
    return sorted(folded(" ".join(node.lines)) for node in Flattened(held).nodes())


def arrows(held: Held) -> list[str]:
    """What the arrows are to say: the edges from one node to another, in one."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for edge in Flattened(held).edges():
        found[edge.source, edge.target][edge.type] += 1
    return sorted(
        " ".join(rel if times == 1 else f"{rel} ({times} edges)" for rel, times in types.items())
        for types in found.values()
    )


def folded(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())


def test_a_browser_shows_what_resources_are_called(mermaid_page: Draw) -> None:
    held = hostile()
    drawn = mermaid_page(written("mermaid", held))
    assert sorted(map(folded, drawn["nodes"])) == shown(held)
    assert sorted(map(folded, drawn["edges"])) == arrows(held)
    assert drawn["scripts"] == 0
    assert drawn["missing"] == 1


@settings(max_examples=15, deadline=None)
@given(graphs())
def test_any_graph_is_parsed(mermaid_page: Draw, held: Held) -> None:
    drawn = mermaid_page(written("mermaid", held))
    assert len(drawn["nodes"]) == sum(map(len, held.rows.values()))
    assert sorted(map(folded, drawn["edges"])) == arrows(held)


def many(arrows: int) -> Held:
    roles = [role(f"{number}") for number in range(arrows + 1)]
    return Held(
        {"AWSRole": roles}, {TRUSTS: [("0", each["id"], {"via": None}) for each in roles[1:]]}
    )


def test_as_many_arrows_as_mermaid_draws_are_drawn(mermaid_page: Draw) -> None:
    drawn = mermaid_page(written("mermaid", many(mermaid.MOST_EDGES)))
    assert len(drawn["edges"]) == mermaid.MOST_EDGES


def test_edges_from_one_node_to_another_are_one_arrow() -> None:
    edges = [("a", "a", {"via": via}) for via in ("x", "y")]
    text = written("mermaid", Held({"AWSRole": [role("a")]}, {TRUSTS: edges}))
    assert text.splitlines()[3:] == ['  n0 -->|"TRUSTS (2 edges)"| n0']


def test_more_than_mermaid_draws_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ExportError, match=r"at most 500 arrows .* these are 501 and"):
        written("mermaid", many(mermaid.MOST_EDGES + 1))
    large = Held({"AWSRole": [role(f"{number:0400}") for number in range(200)]}, {})
    with pytest.raises(ExportError, match="50,000 characters"):
        written("mermaid", large)
