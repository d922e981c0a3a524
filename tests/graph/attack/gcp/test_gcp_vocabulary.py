"""Google Cloud's techniques are about resources and fields that models tell of."""

from clew.collectors.registry import models
from clew.graph.attack.gcp.external import RUNS_CODE
from clew.graph.attack.gcp.vocabulary import techniques
from clew.graph.schema import Schema

MODELS = {model.label: model for model in models()}


def test_what_techniques_ask_of_resources_is_told_by_their_models() -> None:
    unknown = {
        (technique.id, each.existing, field)
        for technique in techniques().techniques.values()
        for each in technique.existing.values()
        for field in (*(where.field for where in each.where), *each.runs_as, "id")
        if each.existing not in MODELS or field not in MODELS[each.existing].model_fields
    }
    assert unknown == set()


def test_what_joins_resources_is_told_by_their_models() -> None:
    known = {(pair.source, pair.rel, pair.target) for pair in Schema.of(models()).pairs}
    for technique in techniques().techniques.values():
        for relation in technique.relations:
            if relation.edge != "CAN_ASSUME":
                ends = (technique.existing[each].existing for each in (relation.from_, relation.to))
                source, target = ends
                assert (source, relation.edge, target) in known, technique.id


def test_what_the_internet_gets_into_is_what_models_tell_of() -> None:
    assert {*MODELS} >= RUNS_CODE
