"""Every model, check and collector keeps the conventions that the rest rests on."""

import re
from pathlib import Path

import clew.checks
import pytest
from clew.checks import Check, Cypher, checks
from clew.checks.access_rule import AccessRule
from clew.collectors.collector import Collector
from clew.collectors.registry import collectors, models, providers
from clew.graph.derivation import absence_rests_on, derivations
from clew.graph.model import RELATIONSHIPS, Identity, Resource
from clew.graph.schema import Schema, column_of

MODELS = models()
LABELS = {model.label for model in MODELS}
CHECKS = [check.resolved(Schema.of(MODELS)) for check in checks().values()]
DERIVATIONS = derivations(Schema.of(MODELS))
COLLECTORS = [each for provider in providers() for each in collectors(provider)]
PREFIXES = {"aws": "AWS", "azure": "Azure", "gcp": ("GCP", "GKE"), "entra": ("Entra", "Intune")}
NEVER_LISTED = {"Internet", "UnknownResource"}
IN_STRINGS_AND_COMMENTS = re.compile(r"'(?:[^'\\]|\\.)*'|//[^\n]*")
PORTABLE_RULE = re.compile(
    r"\b(labels|type|datetime|timestamp|apoc|gds|shortestPath|elementId)\s*[(.]|\bCALL\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.label)
def test_model(model: type[Resource]) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", model.label)
    if model.provider in PREFIXES:
        assert model.label.startswith(PREFIXES[model.provider]), "begin the label with its cloud"
    assert model.__doc__, "say in its docstring what it is, and which call lists it"
    assert model.__doc__.strip().endswith(".")
    fields = model.model_fields
    identity = Identity.of(model.identity)
    parts = {name: "/a/" if name == "path" else f"{name}-1" for name in identity.fields}
    assert identity.parse(identity.build(parts) or "") == parts
    for name, info in fields.items():
        assert info.description or name == "id", f"say in field(…) or ref(…) what {name} is"
        assert column_of(info.annotation)
    for name, reference in model.references.items():
        unknown = set(reference.labels) - LABELS
        assert not unknown, f"{name} refers to {unknown}: give each a model (docs/development.md)"
        assert reference.rel in RELATIONSHIPS, f"add {reference.rel} to graph/model/vocabulary.py"
        keys = {
            key for other in MODELS if other.label in reference.labels for key in other.model_fields
        }
        assert set(reference.by) <= keys, f"{name}: `by` names fields of what it refers to"


def test_labels_are_unique() -> None:
    assert len(LABELS) == len(MODELS)
    owners = [model for each in COLLECTORS for model in each.models()]
    assert len(owners) == len(set(owners))


def test_relationship_types_are_all_in_use_or_derived() -> None:
    schema = Schema.of(MODELS)
    assert {pair.rel for pair in schema.pairs} <= set(RELATIONSHIPS)
    for name, relationship in RELATIONSHIPS.items():
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name)
        assert relationship.meaning


@pytest.mark.parametrize(
    "collector", COLLECTORS, ids=lambda each: f"{each.provider}.{each.service}"
)
def test_collector(collector: type[Collector]) -> None:
    assert collector.__doc__
    assert collector.permissions, "name the actions that its calls need"
    assert list(collector.permissions) == sorted(set(collector.permissions)), "sort permissions"
    assert collector.loaders(), "mark a method of it with @lists(Model)"
    for loader in collector.loaders():
        assert loader.__doc__
    for model in collector.models():
        assert model.provider == collector.provider


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_check(check: Check) -> None:
    for text in (check.title, check.what, check.why, check.remediation, check.passes, check.fails):
        assert text.strip()
    assert not check.title.endswith(".")
    for text in (check.what, check.why, check.passes, check.fails):
        assert text.strip()[-1] in ".!?", text
    assert all(reference.startswith("https://") for reference in check.references)
    assert check.provider in providers()
    behind = absence_rests_on(DERIVATIONS, check.rule.edges)
    resting = {*check.pass_requires_listing, *check.fail_requires_listing}
    assert {check.resource, *resting} <= LABELS, "it names a label that no model has"
    assert not resting & behind, "what derived edges rest on need not be named"
    resting |= behind
    if isinstance(check.rule, AccessRule):
        resting |= check.rule.authorizer.reads  # it says itself where what forbids is unread
    if isinstance(check.rule, Cypher):
        text = IN_STRINGS_AND_COMMENTS.sub("''", check.rule.text)
        assert not PORTABLE_RULE.search(text), "write what both engines take (docs/development.md)"
        assert set(re.findall(r"\$(\w+)", text)) == set(check.rule.parameters)
        assert not re.search(r"\*\s*(\d*\s*\.\.\s*)?\]", text), "an unbounded path"
        named = set(re.findall(r"(?<=[:|])\s*(\w+)", text)) - set(RELATIONSHIPS)
        assert named <= LABELS, named - LABELS
        assert "passed" in text
        assert "resource" in text
    else:
        assert set(check.rule.labels) <= LABELS
    unaccounted = check.labels - NEVER_LISTED - _seen_from({check.resource, *resting})
    assert not unaccounted, (
        f"a verdict hangs on {unaccounted}, which may not have been listed: name it in "
        "pass_requires_listing or fail_requires_listing"
    )


def _seen_from(labels: set[str]) -> set[str]:
    """The labels whose absence shows by itself where these were listed: what a reference leads to
    is then a missing node, and what the same call lists is there or failed with it."""
    seen: set[str] = set()
    while labels - seen:
        seen |= labels
        labels = seen | {
            target
            for model in MODELS
            for reference in model.references.values()
            for target in reference.labels
            if model.label in seen
        }
        for collector in COLLECTORS:
            for loader in collector.loaders():
                together = {model.label for model in loader.models}  # type: ignore[attr-defined]
                labels |= together if together & seen else set()
    return seen


def test_every_check_lies_in_a_file_of_its_name_or_of_its_family() -> None:
    root = Path(clew.checks.__file__).parent
    for check in CHECKS:
        (folder,) = {root / check.provider}
        texts = [path for path in folder.rglob("*.py") if path.stem == check.id]
        families = [
            path
            for path in folder.rglob("*.py")
            if re.search(r"^family\b", path.read_text("utf-8"), re.MULTILINE)
        ]
        assert texts or families, f"name the file {check.id}.py, or put it into a family"
