"""What attack paths are computed from."""

from clew.collectors.registry import models
from clew.graph.attack.coverage import step_labels
from clew.graph.attack.provider import provider_types
from clew.graph.schema import Schema

SCHEMA = Schema.of(models())


def test_an_attack_graph_is_built_from_clouds_that_it_covers() -> None:
    """Nodes of others would have no steps, and so look like safe."""
    providers = {model.label: model.provider for model in models()}
    known = provider_types()
    holders = {
        label
        for each in known.values()
        for label in (*each.vocabulary.principals, *each.vocabulary.groups)
    }
    found = {providers[label] for label in step_labels(SCHEMA) - holders}
    assert found - {"any"} <= set(known)
    assert {providers[label] for label in step_labels(SCHEMA)} >= set(known)


def test_what_a_scan_does_not_know_is_not_asked_for() -> None:
    older = Schema.of(model for model in models() if model.label != "AWSLambda")
    assert step_labels(SCHEMA) - step_labels(older.completed(SCHEMA)) == {"AWSLambda"}
