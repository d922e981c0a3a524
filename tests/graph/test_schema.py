import json
from enum import StrEnum

import networkx
import pytest
from clew.collectors.registry import models
from clew.graph.model import (
    RELATIONSHIPS,
    Document,
    PolicyField,
    Resource,
    Timestamp,
    UnknownResource,
    field,
    ref,
)
from clew.graph.schema import Column, EdgeType, Schema, UndeclaredPoliciesError, column_of
from clew.graph.view import GraphView


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
    document: Document | None = field("Document.", policy="every")
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


def test_a_field_is_declared_to_hold_the_policy_of_its_resource() -> None:
    assert Every.own_policy == PolicyField("document", "every")
    assert Other.own_policy is None
    assert SCHEMA.own_policies == {"Every": PolicyField("document", "every")}
    assert Schema.model_validate_json(SCHEMA.model_dump_json()) == SCHEMA


def test_only_one_field_holds_the_policy_of_a_resource() -> None:
    with pytest.raises(TypeError, match="Two declares two policies"):

        class Two(Resource):
            provider = "test"
            label = "Two"
            identity = "{id}"
            first: Document | None = field("One.", policy="every")
            second: Document | None = field("Another.", policy="every")


def without(schema: Schema, *names: str) -> Schema:
    """What an older Clew wrote, which did not know these fields of a schema yet."""
    document = json.loads(schema.model_dump_json())
    return Schema.model_validate({name: document[name] for name in document if name not in names})


SAID_BY_MODELS = ("calls", "services", "owner_identities", "account_labels", "own_policies")


@pytest.mark.parametrize("name", SAID_BY_MODELS)
def test_what_an_older_schema_does_not_say_of_fields_is_as_the_models_say_it(name: str) -> None:
    current = Schema.of(models())
    found = without(current, name).completed(current)
    assert getattr(found, name) == getattr(current, name)


def test_every_field_that_a_schema_may_lack_is_completed() -> None:
    optional = {name for name, info in Schema.model_fields.items() if not info.is_required()}
    assert optional == {*SAID_BY_MODELS, "newer", "newer_labels"}


def test_a_label_gains_a_policy_after_the_scan() -> None:
    older = SCHEMA.model_copy(
        update={"own_policies": {"Other": PolicyField("as_it_was_called", "other")}}
    )
    current = SCHEMA.model_copy(
        update={"own_policies": {**older.own_policies, "Every": PolicyField("document", "every")}}
    )
    assert older.completed(current).own_policies == current.own_policies
    renamed = SCHEMA.model_copy(update={"own_policies": {"Other": PolicyField("renamed", "other")}})
    assert older.completed(renamed).own_policies == older.own_policies


def test_a_completed_schema_holds_what_was_written_and_knows_what_came_later() -> None:
    older = Schema.of([Other, UnknownResource])
    found = older.completed(SCHEMA)
    assert (found.labels, found.pairs) == (older.labels, older.pairs)
    assert EdgeType("Every", "LOGS_TO", "Other") in found.newer
    assert {*found.newer} == {*SCHEMA.pairs} - {*older.pairs}
    assert "Every" in found.newer_labels
    assert {"newer", "newer_labels"}.isdisjoint(json.loads(found.model_dump_json()))


def test_a_graph_that_does_not_say_where_policies_are_is_refused() -> None:
    for graph in (networkx.MultiDiGraph(), networkx.MultiDiGraph(own_policies=None)):
        with pytest.raises(UndeclaredPoliciesError):
            _ = GraphView(graph).own_policies
