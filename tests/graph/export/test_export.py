"""What is exported comes back through each format's own readers, whatever resources hold."""

import io
import json
import re
from pathlib import Path
from typing import Any

import networkx
import pydot
import pytest
from clew.graph.export import FORMATS, FolderFormat
from clew.graph.export.flattening import Flattened, as_text, clean, exact, key_of
from clew.graph.schema import Column, EdgeType, Schema
from defusedxml import ElementTree
from hypothesis import given, settings
from support.exporting import SCHEMA, Held, filled, graphs, hostile, role, written


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_graphml_comes_back_through_networkx(held: Held) -> None:
    text = written("graphml", held)
    ElementTree.fromstring(text.encode())
    back = networkx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    flat = Flattened(held)
    renamed = {"size": "size_"}
    assert {
        id_: {name: value for name, value in data.items() if value is not None}
        for id_, data in back.nodes(data=True)
    } == {
        node.id: {
            "label": node.properties.get("name") or node.id,
            "labels": node.label,
            **{renamed.get(name, name): value for name, value in _texts(node.properties).items()},
        }
        for node in flat.nodes()
    }
    assert {
        key: (source, target, {name: value for name, value in data.items() if name != "id"})
        for source, target, key, data in back.edges(keys=True, data=True)
    } == {
        edge.id: (
            edge.source,
            edge.target,
            {"label": edge.type, "type": edge.type, **_texts(edge.properties)},
        )
        for edge in flat.edges()
    }


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_gexf_comes_back_through_networkx(held: Held) -> None:
    text = written("gexf", held)
    back = networkx.read_gexf(io.BytesIO(text.encode()), version="1.3")
    flat = Flattened(held)
    renamed = {"parents": "parents_"}
    assert dict(back.nodes(data=True)) == {
        node.id: {
            "label": node.properties.get("name") or node.id,
            "labels": node.label,
            **{renamed.get(name, name): value for name, value in _texts(node.properties).items()},
        }
        for node in flat.nodes()
    }
    assert {data["id"]: (start, end, data) for start, end, data in back.edges(data=True)} == {
        edge.id: (
            edge.source,
            edge.target,
            {
                "id": edge.id,
                "label": edge.type,
                "rel": edge.type,
                **_texts(edge.properties),
            },
        )
        for edge in flat.edges()
    }


def test_gexf_keeps_parallel_edges_apart_through_a_round_trip_of_networkx() -> None:
    reach = EdgeType("AWSRole", "CAN_REACH", "AWSRole")
    trusts = EdgeType("AWSRole", "TRUSTS", "AWSRole")
    schema = SCHEMA.model_copy(update={"pairs": [reach, trusts]})
    ports = [("a", "b", {"from_port": port}) for port in (22, 80, 443)]
    held = Held(
        {"AWSRole": [role("a"), role("b")]},
        {reach: ports, trusts: [("a", "b", {"via": "trust"})]},
        schema,
    )
    back = networkx.read_gexf(io.BytesIO(written("gexf", held).encode()), version="1.3")
    assert isinstance(back, networkx.MultiDiGraph)
    again = io.BytesIO()
    networkx.write_gexf(back, again, version="1.3")
    twice = networkx.read_gexf(io.BytesIO(again.getvalue()), version="1.3")
    for each in (back, twice):
        found = [(data["label"], data.get("from_port")) for *_, data in each.edges(data=True)]
        assert sorted(found, key=str) == sorted(
            [("CAN_REACH", 22), ("CAN_REACH", 80), ("CAN_REACH", 443), ("TRUSTS", None)], key=str
        )


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_a_property_named_as_the_format_names_its_own_hides_nothing(form: str) -> None:
    names = ("id", "name", "label", "labels", "type", "weight", "start", "end", "viz", "source")
    schema = Schema(
        labels={"AWSRole": dict.fromkeys(names, Column.STRING)},
        relationships={"TRUSTS": dict.fromkeys(names[2:], Column.STRING)},
        pairs=[EdgeType("AWSRole", "TRUSTS", "AWSRole")],
    )
    said = {name: f"my {name}" for name in names}
    held = Held(
        {"AWSRole": [said]},
        {schema.pairs[0]: [("my id", "my id", {name: said[name] for name in names[2:]})]},
        schema,
    )
    text = io.BytesIO(written(form, held).encode())
    reads = {"graphml": networkx.read_graphml, "gexf": networkx.read_gexf}
    back = reads[form](text)
    (node,) = back.nodes(data=True)
    assert node[0] == "my id"
    assert (node[1]["label"], node[1]["labels"]) == ("my name", "AWSRole")
    assert {said[name] for name in names[2:]} <= {*node[1].values()}
    ((_, _, edge),) = back.edges(data=True)
    assert edge["label"] == "TRUSTS"
    assert {said[name] for name in names[2:]} <= {*edge.values()}


def test_graphml_has_the_label_that_viewers_show() -> None:
    """Gephi, yEd and Cytoscape show the data whose name is ``label``."""
    rows = [
        dict.fromkeys(SCHEMA.labels["AWSRole"]) | {"id": id_, "name": shown}
        for id_, shown in (("a", "The role"), ("b", None), ("c", ""))
    ]
    trusts = EdgeType("AWSRole", "TRUSTS", "AWSRole")
    held = Held({"AWSRole": rows}, {trusts: [("a", "b", {"via": None})]})
    back = networkx.read_graphml(
        io.BytesIO(written("graphml", held).encode()), force_multigraph=True
    )
    assert dict(back.nodes(data="label")) == {"a": "The role", "b": "b", "c": "c"}
    assert dict(back.nodes(data="labels")) == dict.fromkeys("abc", "AWSRole")
    assert [label for _, _, label in back.edges(data="label")] == ["TRUSTS"]


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_cytoscape_json_comes_back_with_lists_and_joined_ends(held: Held) -> None:
    document = json.loads(written("cytoscape", held))
    nodes = [node["data"] for node in document["elements"]["nodes"]]
    edges = [edge["data"] for edge in document["elements"]["edges"]]
    flat = Flattened(held)
    assert [
        {name: value for name, value in node.items() if name not in ("id", "label")}
        for node in nodes
    ] == [
        {
            {"parent": "parent_"}.get(name, name): exact(value)
            for name, value in node.properties.items()
        }
        for node in flat.nodes()
    ]
    ids = [each["id"] for each in (*nodes, *edges)]
    assert len(ids) == len(set(ids))
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= {
        node["id"] for node in nodes
    }


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_dot_comes_back_through_a_parser(held: Held) -> None:
    (parsed,) = pydot.graph_from_dot_data(written("dot", held))
    nodes = {_unquoted(node.get_name()): node.get_attributes() for node in parsed.get_nodes()}
    nodes.pop("node")
    flat = Flattened(held)
    assert set(nodes) == {node.id for node in flat.nodes()}
    assert sorted(
        (
            _unquoted(edge.get_source()),
            _unquoted(edge.get_destination()),
            _drawn(edge.get_attributes()["label"]),
        )
        for edge in parsed.get_edges()
    ) == sorted((edge.source, edge.target, edge.type) for edge in flat.edges())
    for node in flat.nodes():
        shown = [node.properties.get("name") or node.id, node.label]
        shown += filter(None, [node.properties.get("missing")])
        assert _drawn(nodes[node.id]["label"]) == "\n".join(shown)
        assert ("style" in nodes[node.id]) == ("missing" in node.properties)


def _texts(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: as_text(value) if isinstance(value, list) else value
        for name, value in properties.items()
    }


def _unquoted(text: str) -> str:
    inner = text[1:-1] if text.startswith('"') else text
    return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), inner)


def _drawn(text: str) -> str:
    return _unquoted(text).replace("&amp;", "&")


def test_ids_that_differ_in_a_control_character_stay_two_nodes() -> None:
    assert key_of("a\x00") != key_of("a") == "a"
    assert clean("a\x1b[31mb\r\n") == "a[31mb\n"


def test_a_column_of_two_types_is_text_and_one_without_values_is_left_out() -> None:
    held = Held(
        {
            "AWSRole": [role("r", size=3, ports=[22, 80])],
            "AWSS3Bucket": [{"id": "b", "name": None, "size": "large"}],
        },
        {},
    )
    flat = Flattened(held)
    assert flat.node_columns == {"ports": Column.INTS, "size": Column.STRING}
    assert [node.properties for node in flat.nodes()] == [
        {"size": "3", "ports": [22, 80]},
        {"size": "large"},
    ]


def test_edges_that_say_the_same_keep_their_number_and_ids_do_not_change() -> None:
    edge = ("r", "r", {"via": "trust"})
    held = Held({"AWSRole": [role("r")]}, {EdgeType("AWSRole", "TRUSTS", "AWSRole"): [edge, edge]})
    first, second = Flattened(held).edges()
    assert first.id != second.id
    assert [first, second] == list(Flattened(held).edges())


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_graph_is_a_document_too(form: str, tmp_path: Path) -> None:
    if isinstance(FORMATS[form], FolderFormat):
        assert any(filled(form, Held({}, {}), tmp_path).iterdir())
    else:
        assert written(form, Held({}, {}))


@pytest.mark.parametrize("form", FORMATS)
def test_a_missing_node_keeps_its_reason(form: str, tmp_path: Path) -> None:
    if isinstance(FORMATS[form], FolderFormat):
        files = filled(form, hostile(), tmp_path).rglob("*.*")
        text = "".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    else:
        text = written(form, hostile())
    assert "CROSS_ACCOUNT" in text


def test_a_number_that_a_float_does_not_hold_is_text_where_numbers_are_floats() -> None:
    assert [exact(value) for value in (2**53, 2**53 + 1, -(2**63), True, 0.5, "x")] == [
        *(2**53, "9007199254740993", "-9223372036854775808", True, 0.5, "x")
    ]
    assert exact([1, 2**63 - 1]) == ["1", "9223372036854775807"]
    assert exact([80, 443]) == [80, 443]
