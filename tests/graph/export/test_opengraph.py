"""What is written for BloodHound keeps the rules of its documentation of nodes, edges and
definitions, and is read by another's library for it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from bhopengraph.OpenGraph import OpenGraph
from clew.graph.export import opengraph
from clew.graph.export.flattening import Flattened
from clew.graph.schema import Column, Schema
from jsonschema import Draft202012Validator
from support.exporting import SCHEMA, TRUSTS, Held, filled, hostile, role

PRIMITIVE = {"type": ["string", "number", "boolean"]}
PROPERTIES = {
    "type": "object",
    "propertyNames": {
        "pattern": "^[a-z0-9_]+$",
        "not": {"enum": ["objectid", "lastseen", "reconcile"]},
    },
    "additionalProperties": {
        "anyOf": [
            PRIMITIVE,
            *(
                {"type": "array", "items": {"type": each}}
                for each in ("string", "number", "boolean")
            ),
        ]
    },
}
KIND = {"type": "string", "pattern": "^Clew_[A-Za-z0-9_]+$"}
END = {
    "type": "object",
    "properties": {"match_by": {"const": "id"}, "value": {"type": "string", "minLength": 1}},
    "required": ["match_by", "value"],
    "additionalProperties": False,
}
PAYLOAD = {
    "type": "object",
    "properties": {
        "metadata": {"type": "object", "properties": {"source_kind": {"const": "Clew"}}},
        "graph": {
            "type": "object",
            "properties": {
                "nodes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "id": {"type": "string", "pattern": "^[0-9A-F]{32}$"},
                            "kinds": {"type": "array", "items": KIND, "minItems": 1, "maxItems": 3},
                            "properties": PROPERTIES,
                        },
                        "required": ["id", "kinds"],
                        "additionalProperties": False,
                    },
                },
                "edges": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "kind": KIND,
                            "start": END,
                            "end": END,
                            "properties": PROPERTIES,
                        },
                        "required": ["kind", "start", "end"],
                        "additionalProperties": False,
                    },
                },
            },
            "required": ["nodes", "edges"],
            "additionalProperties": False,
        },
    },
    "required": ["graph"],
    "additionalProperties": False,
}
TEXT = {"type": "string", "minLength": 1}
DEFINITION = {
    "type": "object",
    "properties": {
        "schema": {
            "type": "object",
            "properties": {
                "name": TEXT,
                "display_name": TEXT,
                "version": {"type": "string", "pattern": r"^v\d+\.\d+\.\d+$"},
                "namespace": {"const": "Clew"},
            },
            "required": ["name", "display_name", "version", "namespace"],
        },
        "node_kinds": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "properties": {
                    "name": KIND,
                    "display_name": TEXT,
                    "description": {"type": "string"},
                    "is_display_kind": {"type": "boolean"},
                    "icon": {"type": "string", "pattern": "^[a-z-]+$"},
                    "color": {"type": "string", "pattern": "^#[0-9A-F]{6}$"},
                },
                "required": ["name", "display_name"],
                "additionalProperties": False,
            },
        },
        "relationship_kinds": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "type": "object",
                "properties": {
                    "name": KIND,
                    "description": {"type": "string"},
                    "is_traversable": {"type": "boolean"},
                },
                "required": ["name", "is_traversable"],
                "additionalProperties": False,
            },
        },
        "environments": {"type": "array"},
        "relationship_findings": {"type": "array"},
    },
    "required": ["schema", "node_kinds", "relationship_kinds"],
    "additionalProperties": False,
}


def document(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def test_the_payload_and_the_definition_keep_the_rules(tmp_path: Path) -> None:
    held = hostile()
    folder = filled("opengraph", held, tmp_path)
    payload, extension = document(folder, "payload.json"), document(folder, "extension.json")
    Draft202012Validator(PAYLOAD).validate(payload)
    Draft202012Validator(DEFINITION).validate(extension)
    nodes, edges = payload["graph"]["nodes"], payload["graph"]["edges"]
    ids = [node["id"] for node in nodes]
    assert len(ids) == len(set(ids)) == len(held.rows["AWSRole"])
    assert {edge[end]["value"] for edge in edges for end in ("start", "end")} <= {*ids}
    kinds = {each["name"] for each in extension["node_kinds"]}
    assert {kind for node in nodes for kind in node["kinds"]} <= kinds
    types = {each["name"] for each in extension["relationship_kinds"]}
    assert {edge["kind"] for edge in edges} <= types


def test_the_schemas_of_the_test_refuse_what_breaks_the_rules() -> None:
    node = {"id": "0" * 32, "kinds": ["Clew_A"], "properties": {}}
    payload = Draft202012Validator(PAYLOAD)
    for wrong in (
        {"id": "arn:x"},
        {"kinds": []},
        {"kinds": ["Clew_A"] * 4},
        {"kinds": ["User"]},
        {"properties": {"objectid": "x"}},
        {"properties": {"x": None}},
        {"properties": {"x": {}}},
        {"properties": {"x": ["a", 1]}},
    ):
        assert payload.is_valid({"graph": {"nodes": [node], "edges": []}})
        assert not payload.is_valid({"graph": {"nodes": [node | wrong], "edges": []}})


def test_every_value_comes_back_as_it_was_flattened(tmp_path: Path) -> None:
    held = hostile()
    folder = filled("opengraph", held, tmp_path)
    found = {
        node["properties"]["id"]: node["properties"]
        for node in document(folder, "payload.json")["graph"]["nodes"]
    }
    for node in Flattened(held).nodes():
        properties = found[node.id]
        name = node.properties.get("name") or node.id
        assert (properties["name"], properties["displayname"]) == (name, name)
        for key in ("tags", "parent", "open", "share", "missing"):
            assert properties.get(key) == node.properties.get(key)
    assert {type(each["size"]) for each in found.values() if "size" in each} == {str}


def test_a_library_for_opengraph_reads_it(tmp_path: Path) -> None:
    held = hostile()
    folder = filled("opengraph", held, tmp_path)
    back = OpenGraph()
    assert back.import_from_file(str(folder / "payload.json"))
    assert back.get_node_count() == len(held.rows["AWSRole"])
    assert back.get_edge_count() == len({edge[:2] for edge in held.joined[TRUSTS]})
    assert back.validate_graph() == (True, [])


def test_edges_that_bloodhound_would_take_for_one_keep_what_each_says(tmp_path: Path) -> None:
    edges = [("a", "b", {"via": via}) for via in ("first", "second", "third")]
    held = Held({"AWSRole": [role("a"), role("b")]}, {TRUSTS: edges})
    (edge,) = document(filled("opengraph", held, tmp_path), "payload.json")["graph"]["edges"]
    assert edge["properties"]["via"] == "first"
    assert [json.loads(text)["via"] for text in edge["properties"]["others"]] == ["second", "third"]


def test_what_an_attacker_moves_along_is_traversable_and_nothing_else() -> None:
    extension = opengraph.definition(SCHEMA)
    found = {each["name"]: each["is_traversable"] for each in extension["relationship_kinds"]}
    assert found == {"Clew_CAN_REACH": True, "Clew_TRUSTS": False}


def test_kinds_are_of_the_characters_that_they_may_be_of() -> None:
    schema = Schema(labels={"My-Ünit": {"id": Column.STRING}}, relationships={}, pairs=[])
    extension = opengraph.definition(schema)
    Draft202012Validator(DEFINITION).validate(extension)
    assert [each["name"] for each in extension["node_kinds"]] == ["Clew_My__nit"]


def test_a_service_keeps_its_colour() -> None:
    schema = SCHEMA.model_copy(update={"services": dict.fromkeys(SCHEMA.labels, "one")})
    colours = Counter(each["color"] for each in opengraph.definition(schema)["node_kinds"])
    assert [*colours.values()] == [len(SCHEMA.labels)]


def test_of_such_edges_one_without_conditions_is_shown(tmp_path: Path) -> None:
    columns = {"technique": Column.STRING, "conditions": Column.STRINGS}
    schema = SCHEMA.model_copy(update={"relationships": {"TRUSTS": columns}, "pairs": [TRUSTS]})
    edges = [
        ("a", "b", {"technique": "one", "conditions": ["MFA"]}),
        ("a", "b", {"technique": "two", "conditions": []}),
    ]
    held = Held({"AWSRole": [role("a"), role("b")]}, {TRUSTS: edges}, schema)
    (edge,) = document(filled("opengraph", held, tmp_path), "payload.json")["graph"]["edges"]
    assert (edge["properties"]["technique"], edge["properties"]["conditions"]) == ("two", [])
    assert "MFA" in edge["properties"]["others"][0]
