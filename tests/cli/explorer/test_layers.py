"""Large drawings are placed in layers: nothing overlaps, nothing is lost, and it is quick."""

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from clew.cli.explorer.server import ExplorerServer
from cli.explorer.conftest import Seen

SPACE = {"nodesep": 22, "ranksep": 46, "marginx": 12, "marginy": 12}
PLACE = """([nodes, edges, space]) => import("/layers.js").then(({ layered }) => {
  const placed = layered(nodes, edges, space);
  const of = ({ id, x, y, width, height }) => ({ id, x, y, width, height });
  return { ...placed, nodes: placed.nodes.map(of) };
})"""


def placed(page: Any, nodes: list[Any], edges: list[Any]) -> Any:
    return page.evaluate(PLACE, [nodes, edges, SPACE])


def test_nodes_of_a_large_graph_do_not_overlap_and_follow_one_another(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    page = watched(server.address.partition("/?")[0]).page
    page.goto(server.address, wait_until="commit")
    chance = random.Random(1)
    nodes = [
        {"id": f"n{number}", "width": chance.randrange(110, 300), "height": 46}
        for number in range(300)
    ]
    ends = [sorted(chance.sample(range(300), 2)) for _ in range(900)]
    edges = [{"source": f"n{one}", "target": f"n{other}"} for one, other in ends]
    found = placed(page, nodes, edges)
    at = {node["id"]: node for node in found["nodes"]}
    assert len(at) == 300
    assert len(found["edges"]) == 900
    assert all(at[edge["source"]]["x"] < at[edge["target"]]["x"] for edge in edges)
    columns: dict[float, list[Any]] = {}
    for node in at.values():
        assert node["width"] / 2 <= node["x"] <= found["width"] - node["width"] / 2
        assert node["height"] / 2 <= node["y"] <= found["height"] - node["height"] / 2
        columns.setdefault(node["x"], []).append(node)
    for column in columns.values():
        ordered = sorted(column, key=lambda node: node["y"])
        for above, below in pairwise(ordered):
            assert above["y"] + 46 + SPACE["nodesep"] <= below["y"] + 0.001


def test_circles_and_loops_are_drawn_too(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    page = watched(server.address.partition("/?")[0]).page
    page.goto(server.address, wait_until="commit")
    nodes = [{"id": name, "width": 110, "height": 46} for name in "abcd"]
    edges = [{"source": one, "target": other} for one, other in ("ab", "bc", "ca", "dd")]
    found = placed(page, nodes, edges)
    assert sorted(node["id"] for node in found["nodes"]) == [*"abcd"]
    assert [len(edge["points"]) for edge in found["edges"]] == [2, 2, 2, 2]
