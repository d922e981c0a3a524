"""Paths as drawings."""

from io import StringIO

import pydot
from clew.graph.attack.drawing import write_dot, write_mermaid
from clew.graph.attack.model import AttackGraph
from clew.graph.attack.ranking import ranked
from clew.graph.attack.search import Search, admin
from support.path_graphs import StepByName, path_graph

NASTY = 'a"b\\c<i>#;|d'


def _dot(graph: AttackGraph) -> pydot.Dot:
    stream = StringIO()
    paths = ranked(
        Search(graph, admin(graph)), graph.principals & ~graph.administrators.certain
    ).paths
    write_dot(graph, paths, str.upper, stream)
    (read,) = pydot.graph_from_dot_data(stream.getvalue())  # type: ignore[misc]
    return read


def test_siblings_are_drawn_as_one() -> None:
    crowd = " ".join(f"c{place}" for place in range(5))
    graph = path_graph(
        [StepByName(crowd, "gate", technique="t"), StepByName("gate", "", "boss")], admins="boss"
    )
    read = _dot(graph)
    labels = [node.get("label").strip('"') for node in read.get_nodes() if node.get("label")]
    assert sorted(labels) == [
        "5 AWSRole\\nc0\\nc1\\nc2\\n… 2 more",
        "boss\\nAWSRole",
        "gate\\nAWSRole",
    ]
    drawn = {edge.get("label").strip('"'): edge.get("style") for edge in read.get_edges()}
    assert drawn == {"T": None, "CAN_ESCALATE_TO": "dashed"}


def test_names_mean_nothing_to_the_reader() -> None:
    graph = path_graph([StepByName(NASTY, "boss", technique='"t|')], admins="boss")
    assert len(_dot(graph).get_edges()) == 1
    stream = StringIO()
    paths = ranked(
        Search(graph, admin(graph)), graph.principals & ~graph.administrators.certain
    ).paths
    write_mermaid(graph, paths, str, stream)
    first, start, end, arrow = stream.getvalue().splitlines()
    assert first == "flowchart LR"
    assert start == '  n0["a#34;b#92;c#60;i#62;#35;#59;#124;d<br/>AWSRole"]'
    assert end == '  n1[["boss<br/>AWSRole"]]'
    assert arrow == '  n0 -->|"#34;t#124;"| n1'
