"""A technique's file says exactly what the schema knows; all else is an error that says where."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from clew.graph.attack.aws import data, technique
from clew.graph.attack.aws.technique import (
    Created,
    Existing,
    Principal,
    Technique,
    TechniqueFileError,
)
from hypothesis import given
from hypothesis import strategies as st

TEXT = """\
id: do-it
public_ids: [lambda-001]
title: Do it
category: new-passrole
things:
  self: {principal: AWSUser}
  role: {principal: AWSRole, trusts: [lambda.amazonaws.com], changed: true}
  function:
    live: AWSLambda
    carries: role
    runs_for: [lambda.amazonaws.com]
    where:
      - {field: package_type, is: Zip}
      - {field: state, not_in: [""], wish: true, otherwise: it is ready}
  layer: {new: "arn:{partition}:lambda:{region}:{account}:layer:{name}:{id}"}
requires:
  - {action: "iam:PassRole", on: role, context: {"iam:PassedToService": lambda.amazonaws.com}}
  - {action: "lambda:GetLayerVersion", on: layer}
  - {action: "lambda:ListLayers", on: "*"}
assumes: [nobody looks]
yields: {thing: role, as: identity}
difficulty: 2
steps: |
  Do this.
remediation: |
  Allow it not.
references: [https://example.com/why]
"""


def without(line: str) -> str:
    return "".join(each for each in TEXT.splitlines(True) if line not in each)


def parse(text: str) -> Technique:
    return technique.parse("do-it", text)


def test_a_file_says_what_a_step_takes_and_yields() -> None:
    parsed = parse(TEXT)
    assert parsed.permissions == {"iam:PassRole", "lambda:GetLayerVersion", "lambda:ListLayers"}
    assert isinstance(parsed.things["role"], Principal)
    assert isinstance(parsed.things["layer"], Created)
    function = parsed.things["function"]
    assert isinstance(function, Existing)
    assert function.related == ("role",)
    assert [where.is_ for where in function.where] == ["Zip", None]
    assert (parsed.yields.thing, parsed.yields.as_) == ("role", "identity")
    assert parsed.steps == "Do this."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: do-it", "id: do-that", "id: 'do-that' is not the file's name"),
        ("public_ids: [lambda-001]", "public_ids: [lambda-1]", "public_ids.0: "),
        ("category: new-passrole", "category: magic", "category: "),
        ("difficulty: 2", "difficulty: 5", "difficulty: "),
        ("  Do this.", "", "steps: "),
        ("[https://example.com/why]", "[]", "references: "),
        ("principal: AWSRole", "principal: AWSRoel", "things.role.principal.principal: "),
        ("changed: true", "change: true", "things.role.principal.change: Extra inputs"),
        ("changed: true", "live: AWSRole", "things.role: a thing has exactly one of"),
        ("{principal: AWSUser}", "AWSUser", "things.self: a thing has exactly one of"),
        ("{principal: AWSUser}", "{live: AWSUser}", "things.self: it is a principal"),
        ("trusts: [lambda.amazonaws.com], ", "trusts: [lambda], ", "principal.trusts.0: "),
        ("AWSRole, trusts", "AWSUser, trusts", "things.role.principal: "),
        ("principal: AWSUser", "principal: AWSUser, has_member: self", "only groups have members"),
        ("carries: role", "carries: rule", "things.function: there is no thing 'rule'"),
        ("carries: role", "attached_to: role", "only an AWSPolicy is attached or bounds"),
        ("is: Zip", "is: Zip, in: [Zip]", "things.function.live.where.0: "),
        ("is: Zip", "wish: true, otherwise: a", "exactly one predicate is needed"),
        (", otherwise: it is ready", "", "`wish` and `otherwise` belong together"),
        ("wish: true, ", "", "`wish` and `otherwise` belong together"),
        ("layer:{name}:{id}", "layer:{nmae}", "there is no placeholder 'nmae'"),
        ("arn:{partition}:lambda", "arn:aws:lambda", "things.layer.new.new: "),
        ("on: layer", "on: layers", "requires.1: there is no thing 'layers'"),
        ('on: layer}', 'on: "*"}', "things.layer: nothing uses it"),
        ("lambda:ListLayers", "lambda.ListLayers", "requires.2.action: "),
        ("lambda.amazonaws.com}}", '"{here}"}}', "there is no placeholder 'here'"),
        ("thing: role, as", "thing: rule, as", "yields: there is no thing 'rule'"),
        ("as: identity", "as: control", "as control only a live resource can be held"),
        ("as: identity", "as: membership", "as membership only an AWSGroup can be held"),
        ("as: identity", "as: version", "as version only an AWSPolicy can be held"),
        ("as: identity", "as: administrator", "as administrator only a new principal"),
        ("thing: role, as: identity", "thing: layer, as: data", "as data only a live resource"),
        ("thing: role, as: identity", "thing: layer, as: policies", "only a principal can be held"),
        ("as: identity", "as: king", "yields.as: "),
        ("difficulty: 2", "difficulty: 2\ndifficulty: 3", "a key twice"),
        ("things:", "things: [", "techniques/do-it.yaml: while parsing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_file_and_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(TechniqueFileError) as error:
        parse(TEXT.replace(old, new, 1))
    assert str(error.value).startswith("techniques/do-it.yaml: ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    "key", ["id", "public_ids", "title", "category", "yields", "difficulty", "references"]
)
def test_a_missing_key_is_told(key: str) -> None:
    with pytest.raises(TechniqueFileError, match=f"{key}: Field required"):
        parse(without(f"{key}: "))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all mappings with declared keys."""
    if isinstance(value, dict):
        if path[-1:] not in (("things",), ("context",)):
            yield path
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


QUOTED = TEXT.replace(" on: ", ' "on": ')
"""As YAML 1.1 reads it too, to which ``on`` is a truth."""


@given(
    st.sampled_from(sorted(places(yaml.safe_load(QUOTED)), key=str)),
    st.from_regex(r"[a-z]{7,12}", fullmatch=True),
)
def test_an_unknown_key_is_an_error_anywhere(path: tuple[Any, ...], key: str) -> None:
    document = yaml.safe_load(QUOTED)
    inner = document
    for step in path:
        inner = inner[step]
    if key in (*inner, "assumes", "federates", "assumed_by", "contains", "trusted_by", "refers_to"):
        return
    inner[key] = "x"
    with pytest.raises(TechniqueFileError, match=f"{key}: Extra inputs"):
        parse(yaml.safe_dump(document))


def test_on_is_a_key_and_yes_a_word() -> None:
    parsed = parse(TEXT.replace("is: Zip", "is: yes"))
    function = parsed.things["function"]
    assert isinstance(function, Existing)
    assert function.where[0].is_ == "yes"


DATA = """\
decrypts: ["kms:Decrypt"]
labels:
  AWSSecret:
    holds: a secret
    key: kms_key_id
    ways:
      - all: [{action: "secretsmanager:GetSecretValue", on: "{id}"}]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("holds: a secret", "hold: a secret", "labels.AWSSecret.hold: Extra inputs"),
        ("on: \"{id}\"", "on: id", "labels.AWSSecret.ways.0.all.0.on: "),
        ('["kms:Decrypt"]', "[]", "decrypts: "),
        ("AWSSecret:", "Secret:", "labels.Secret"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_table_of_data_is_told(old: str, new: str, said: str) -> None:
    with pytest.raises(TechniqueFileError) as error:
        data.parse(DATA.replace(old, new, 1))
    assert str(error.value).startswith("data.yaml: ")
    assert said in str(error.value)


def test_the_fields_that_a_template_needs_are_told() -> None:
    place = "arn:{partition}:rds-db:{region}:{account}:dbuser:{dbi_resource_id}/{any}"
    table = data.parse(DATA.replace("{id}", place))
    (read,) = table.labels["AWSSecret"].ways[0].all
    assert read.fields == ("region", "account", "dbi_resource_id")
