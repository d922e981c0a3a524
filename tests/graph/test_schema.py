import json
from enum import StrEnum

import pytest
from clew.collectors.registry import models
from clew.graph.model import (
    RELATIONSHIPS,
    Document,
    Resource,
    Timestamp,
    UnknownResource,
    field,
    ref,
)
from clew.graph.schema import Column, EdgeType, Schema, column_of


class State(StrEnum):
    ON = "on"


class Every(Resource):
    provider = "test"
    label = "Every"
    identity = "{id}"

    text: str | None = field("Text.")
    whole: int | None = field("Whole number.")
    number: float | None = field("Number.")
    truth: bool | None = field("Truth.")
    texts: list[str] | None = field("Texts.")
    numbers: list[int] | None = field("Numbers.")
    moment: Timestamp | None = field("Moment.")
    document: Document | None = field("Document.")
    state: State | None = field("State.")
    one: str | None = ref("Other", by="id", rel="LOGS_TO")
    several: list[str] | None = ref(("Other", "Every"), by="id", rel="TRUSTS")
    members: list[str] | None = ref("Other", by="id", rel="MEMBER_OF", inverse=True)


class Other(Resource):
    provider = "test"
    label = "Other"
    identity = "{id}"


SCHEMA = Schema.of(
    [Every, Other, UnknownResource], derived=[EdgeType("Other", "CAN_REACH", "Every")]
)


def test_columns_have_their_fields_types() -> None:
    columns = SCHEMA.labels["Every"]
    assert list(columns)[:2] == ["id", "provider"]
    assert columns["missing"] == Column.STRING
    assert {name: columns[name].value for name in list(columns)[-12:]} == {
        "text": "STRING",
        "whole": "INT64",
        "number": "DOUBLE",
        "truth": "BOOL",
        "texts": "STRING[]",
        "numbers": "INT64[]",
        "moment": "STRING",
        "document": "STRING",
        "state": "STRING",
        "one": "STRING",
        "several": "STRING[]",
        "members": "STRING[]",
    }


def test_pairs_are_what_references_may_lead_to() -> None:
    assert SCHEMA.pairs == [
        EdgeType("Every", "LOGS_TO", "Other"),
        EdgeType("Every", "TRUSTS", "Every"),
        EdgeType("Every", "TRUSTS", "Other"),
        EdgeType("Every", "TRUSTS", "UnknownResource"),
        EdgeType("Other", "CAN_REACH", "Every"),
        EdgeType("Other", "MEMBER_OF", "Every"),
    ]


def test_every_relationship_type_is_there_with_its_properties() -> None:
    assert SCHEMA.relationships.keys() == RELATIONSHIPS.keys()
    for rel, columns in SCHEMA.relationships.items():
        assert list(columns) == ["via", *RELATIONSHIPS[rel].properties]


def test_the_order_of_models_does_not_matter() -> None:
    derived = [EdgeType("Other", "CAN_REACH", "Every")]
    backwards = Schema.of([UnknownResource, Other, Every], derived)
    assert backwards.model_dump_json() == SCHEMA.model_dump_json()


def test_json_returns_the_same_schema() -> None:
    assert Schema.model_validate(json.loads(SCHEMA.model_dump_json())) == SCHEMA


def test_joining_keeps_pairs_sorted_and_single() -> None:
    new = EdgeType("Other", "TRUSTS", "Other")
    joined = SCHEMA.joining([new, SCHEMA.pairs[0], new])
    assert joined.pairs == sorted([*SCHEMA.pairs, new])
    assert new not in SCHEMA.pairs


@pytest.mark.parametrize("annotation", [dict[str, str] | None, bytes, list[list[str]], str | int])
def test_what_no_engine_can_hold_is_an_error(annotation: object) -> None:
    with pytest.raises((KeyError, ValueError)):
        column_of(annotation)


def test_every_model_of_the_project_fits() -> None:
    schema = Schema.of(models())
    assert {model.label for model in models()} == schema.labels.keys()
    for pair in schema.pairs:
        assert pair.source in schema.labels
        assert pair.target in schema.labels
        assert pair.rel in schema.relationships
    folded = [label.casefold() for label in schema.labels]
    assert len(set(folded)) == len(folded), "labels that differ in case only are one to LadybugDB"
    for label, columns in schema.labels.items():
        assert len({name.casefold() for name in columns}) == len(columns), label
