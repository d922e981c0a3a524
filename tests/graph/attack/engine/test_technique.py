"""A technique's file says exactly what the schema knows; all else is an error that says where."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from clew.graph.attack.engine import technique_files
from clew.graph.attack.engine.requirement import Created, Existing, Where
from clew.graph.attack.engine.technique import ExternalTechnique, Gain, Technique
from clew.graph.attack.engine.technique_files import TechniqueFileError
from clew.graph.attack.engine.technique_vocabulary import TechniqueVocabulary
from hypothesis import given, settings
from hypothesis import strategies as st

CLOUD = TechniqueVocabulary(
    provider="cloud",
    principals=("CloudUser", "CloudRole"),
    groups=("CloudGroup",),
    account="CloudAccount",
    trust="tokens:Assume",
    federate="tokens:AssumeByToken",
    action=r"[a-z]+:[A-Za-z]+",
    label=r"Cloud[A-Z][A-Za-z]+",
    template=r"id:\{partition\}:",
    service=r"[a-z]+\.cloud",
)
"""A cloud that does not exist: the schema knows none."""

TEXT = """\
id: do-it
schema: 1
provider: cloud
public_ids: [lambda-001]
title: Do it
category: new-passrole
resources:
  self: {existing: CloudUser}
  role: {existing: CloudRole, trusts: [functions.cloud], can: ["logs:Write"], changed: true}
  group: {existing: CloudGroup}
  function:
    existing: CloudFunction
    service_principals: [functions.cloud]
    where:
      - {field: package_type, is: Zip}
      - {field: state, not_in: [""], if_not: it is ready}
  queue: {existing: CloudQueue, if_not: there is a queue}
  layer: {created: "id:{partition}:{region}:{account}:layer:{name}:{id}"}
  maker: {created: "id:{partition}:{account}:role:{name}", principal: CloudRole}
relations:
  - {from: function, edge: RUNS_AS, to: role}
  - {from: self, edge: MEMBER_OF, to: group}
requires:
  - {action: "roles:Pass", on: role, context: {"roles:PassedTo": functions.cloud}}
  - {action: "functions:GetLayer", on: layer}
  - {action: "roles:Create", on: maker}
  - {action: "functions:ListLayers", on: "*"}
assumes: [nobody looks]
gains: {identity: role}
difficulty: 2
steps: |
  Do this.
remediation: |
  Allow it not.
references: [https://example.com/why]
"""
EXTERNAL = """\
id: do-it
schema: 1
provider: cloud
title: Do it from outside
category: external
edge: CAN_REACH
difficulty: 4
steps: |
  Do this.
remediation: |
  Allow it not.
references: [https://example.com/why]
"""


def without(line: str) -> str:
    return "".join(each for each in TEXT.splitlines(True) if line not in each)


def parse(text: str) -> Technique:
    parsed = technique_files.parse("do-it", text, CLOUD)
    assert isinstance(parsed, Technique)
    return parsed


def wrong(text: str) -> str:
    """What is wrong with a file."""
    with pytest.raises(TechniqueFileError) as error:
        technique_files.parse("do-it", text, CLOUD)
    assert str(error.value).startswith("techniques/do-it.yaml: ")
    return str(error.value)


def test_a_file_says_what_a_step_takes_and_gains() -> None:
    parsed = parse(TEXT)
    assert parsed.permissions == {
        "roles:Pass",
        "roles:Create",
        "functions:GetLayer",
        "functions:ListLayers",
    }
    assert parsed.gain == Gain("identity", "role")
    assert parsed.holds
    assert parsed.member == "self"
    assert parsed.steps == "Do this."
    assert [(each.from_, each.edge, each.to) for each in parsed.relations] == [
        ("function", "RUNS_AS", "role"),
        ("self", "MEMBER_OF", "group"),
    ]


def test_resources_are_the_actor_or_exist_or_are_created() -> None:
    parsed = parse(TEXT)
    assert parsed.actor == Existing(existing="CloudUser")
    assert list(parsed.existing) == ["role", "group", "function", "queue"]
    assert list(parsed.created) == ["layer", "maker"]
    assert parsed.created["maker"].principal == "CloudRole"
    assert parsed.created["layer"] == Created(
        created="id:{partition}:{region}:{account}:layer:{name}:{id}"
    )


def test_what_has_an_if_not_is_optional() -> None:
    parsed = parse(TEXT)
    function, queue = parsed.existing["function"], parsed.existing["queue"]
    assert (function.optional, queue.optional) == (False, True)
    assert [(where.is_, where.optional) for where in function.where] == [
        ("Zip", False),
        (None, True),
    ]


def test_who_acts_need_not_be_declared() -> None:
    parsed = parse(without("self"))
    assert parsed.actor is None
    assert [each.from_ for each in parsed.relations] == ["function"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: do-it", "id: do-that", "id: 'do-that' is not the file's name"),
        ("schema: 1", "schema: 2", "schema: "),
        ("provider: cloud", "provider: sky", "provider: it lies among those of cloud"),
        ("public_ids: [lambda-001]", "public_ids: [lambda-1]", "public_ids.0: "),
        ("category: new-passrole", "category: magic", "category: "),
        ("difficulty: 2", "difficulty: 5", "difficulty: "),
        ("  Do this.", "", "steps: "),
        ("[https://example.com/why]", "[]", "references: "),
        ("[https://example.com/why]", "[http://example.com]", "references.0: "),
        ("role: {existing: CloudRole", "role: {existing: cloud-role", "role.existing.existing: "),
        ("existing: CloudQueue", "existing: SkyQueue", "queue.existing: SkyQueue is no label of"),
        ("changed: true", "change: true", "resources.role.existing.change: Extra inputs"),
        ("changed: true", "created: x", "resources.role: a resource has exactly one of"),
        ("{existing: CloudUser}", "CloudUser", "resources.self: a resource has exactly one of"),
        ("{existing: CloudUser}", "{existing: CloudQueue}", "self: only a principal acts"),
        ("{existing: CloudUser}", '{created: "id:{partition}:x"}', "self: it exists already"),
        ("trusts: [functions.cloud]", "trusts: [functions]", "role.trusts: 'functions' is no serv"),
        ("principals: [functions.cloud]", "principals: [x]", "function.service_principals: 'x'"),
        ('can: ["logs:Write"]', 'can: ["w"]', "resources.role.existing.can.0: "),
        ('can: ["logs:Write"]', 'can: ["logs:*"]', "resources.role.can: 'logs:*' is no action"),
        ("{existing: CloudQueue,", '{existing: CloudQueue, can: ["a:B"],', "queue.existing: trust"),
        ("{existing: CloudQueue,", "{existing: CloudQueue, federates: [x],", "queue.existing: tr"),
        ("from: function", "from: functions", "relations.0: there is no resource 'functions'"),
        ("to: role}", "to: rule}", "relations.0: there is no resource 'rule'"),
        ("to: role}", "to: layer}", "relations.0: 'layer' does not exist yet"),
        ("edge: RUNS_AS", "edge: RUNS", "relations.0: Value error, there is no relationship type"),
        ("is: Zip", "is: Zip, in: [Zip]", "resources.function.existing.where.0: "),
        ("is: Zip", "if_not: a", "exactly one predicate is needed"),
        ("if_not: it is ready", 'if_not: ""', "resources.function.existing.where.1.if_not: "),
        ("layer:{name}:{id}", "layer:{nmae}", "there is no placeholder 'nmae'"),
        ("id:{partition}:{region}", "id:one:{region}", "layer.created: 'id:one:"),
        ("principal: CloudRole", "principal: CloudQueue", "maker.principal: CloudQueue is no"),
        ("on: layer", "on: layers", "requires.1: there is no resource 'layers'"),
        ("on: layer}", 'on: "*"}', "resources.layer: nothing uses it"),
        ("functions:ListLayers", "List", "requires.3.action: 'List' is no action of cloud"),
        ("functions:ListLayers", "list layers", "requires.3.action: "),
        ("functions.cloud}}", '"{here}"}}', "there is no placeholder 'here'"),
        ("identity: role", "identity: rule", "gains: there is no resource 'rule'"),
        ("{identity: role}", "{identity: role, data: queue}", "gains: "),
        ("{identity: role}", "{}", "gains: "),
        ("identity: role", "king: role", "gains.king"),
        ("identity: role", "identity: queue", "as identity only a principal can be held"),
        ("identity: role", "identity: layer", "as identity only an existing principal can be held"),
        ("identity: role", "policies: queue", "as policies only a principal or a group"),
        ("identity: role", "unbounded: maker", "as unbounded only an existing principal"),
        ("identity: role", "control: role", "as control only a resource can be held"),
        ("identity: role", "control: self", "as control only an existing resource can be held"),
        ("identity: role", "data: layer", "as data only an existing resource can be held"),
        ("identity: role", "data: group", "as data only a resource can be held"),
        ("identity: role", "version: layer", "as version only an existing resource can be held"),
        ("identity: role", "membership: role", "as membership only a group can be held"),
        ("identity: role", "administrator: role", "as administrator only a created principal"),
        ("identity: role", "administrator: layer", "as administrator only a created principal"),
        ("gains: {", "member: role\ngains: {", "member: only membership has one"),
        ("gains: {identity: role}", "gains: {membership: group}\nmember: them", "member: there is"),
        ("gains: {identity: role}", "gains: {membership: group}\nmember: queue", "member: only a"),
        ("gains: {identity: role}", "gains: {membership: group}\nmember: layer", "member: only a"),
        ("gains: {", "holds: false\ngains: {", "holds: as identity it is always held"),
        ("gains: {", "limited_to: [list]\ngains: {", "limited_to.0: 'list' is no action of cloud"),
        ("gains: {identity: role}", "limited_to: ['a:*']\ngains: {data: queue}", "only another"),
        ("gains: {identity: role}", "limited_to: ['a:*']\ngains: {tags: self}", "only another"),
        ("difficulty: 2", "difficulty: 2\ndifficulty: 3", "a key twice"),
        ("resources:", "resources: [", "techniques/do-it.yaml: while parsing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_file_and_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    assert said in wrong(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    "key",
    ["id", "provider", "title", "category", "gains", "difficulty", "references"],
)
def test_a_missing_key_is_an_error(key: str) -> None:
    assert f"{key}: Field required" in wrong(without(f"{key}: "))


@pytest.mark.parametrize("kind", ["policies", "unbounded"])
@pytest.mark.parametrize("name", ["self", "role", "group"])
def test_principals_and_groups_can_be_changed_without_being_held(kind: str, name: str) -> None:
    parsed = parse(TEXT.replace("{identity: role}", f"{{{kind}: {name}}}\nholds: false"))
    assert (parsed.gain, parsed.holds) == (Gain(kind, name), False)  # type: ignore[arg-type]


@pytest.mark.parametrize("member", ["self", "role", "maker"])
def test_a_group_gets_a_principal_as_member(member: str) -> None:
    parsed = parse(TEXT.replace("{identity: role}", f"{{membership: group}}\nmember: {member}"))
    assert (parsed.gain, parsed.member) == (Gain("membership", "group"), member)


def test_an_external_technique_has_keys_of_its_own() -> None:
    parsed = technique_files.parse("do-it", EXTERNAL, CLOUD)
    assert isinstance(parsed, ExternalTechnique)
    assert (parsed.edge, parsed.difficulty, parsed.steps) == ("CAN_REACH", 4, "Do this.")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: do-it", "id: do-that", "id: 'do-that' is not the file's name"),
        ("provider: cloud", "provider: sky", "provider: it lies among those of cloud"),
        ("schema: 1", "schema: 2", "schema: "),
        ("edge: CAN_REACH", "edge: RUNS_AS", "edge: "),
        ("edge: CAN_REACH\n", "", "edge: Field required"),
        ("edge: CAN_REACH", "edge: CAN_REACH\ngains: {identity: self}", "gains: Extra inputs"),
        ("difficulty: 4", "difficulty: 0", "difficulty: "),
        ("category: external", "category: outside", "category: "),
    ],
)
def test_what_is_wrong_with_an_external_technique_is_said(old: str, new: str, said: str) -> None:
    assert old in EXTERNAL
    assert said in wrong(EXTERNAL.replace(old, new, 1))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all mappings with declared keys."""
    if isinstance(value, dict):
        if path[-1:] not in (("resources",), ("context",), ("gains",)):
            yield path
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


QUOTED = TEXT.replace(" on: ", ' "on": ')
"""As YAML 1.1 reads it too, to which ``on`` is a truth."""
KEYS = {
    info.alias or name
    for model in (Technique, Existing, Created, Where)
    for name, info in model.model_fields.items()
}


@settings(deadline=None)
@given(
    st.sampled_from(sorted(places(yaml.safe_load(QUOTED)), key=str)),
    st.from_regex(r"[a-z]{7,12}", fullmatch=True).filter(lambda key: key not in KEYS),
)
def test_an_unknown_key_is_an_error_anywhere(path: tuple[Any, ...], key: str) -> None:
    document = yaml.safe_load(QUOTED)
    inner = document
    for step in path:
        inner = inner[step]
    inner[key] = "x"
    assert f"{key}: Extra inputs" in wrong(yaml.safe_dump(document))


def test_on_is_a_key_and_yes_a_word() -> None:
    parsed = parse(TEXT.replace("is: Zip", "is: yes"))
    assert parsed.existing["function"].where[0].is_ == "yes"


PICKS = "requires:\n", "picks: {service: [functions.cloud, tasks.cloud]}\nrequires:\n"
PASSED = '"roles:PassedTo": functions.cloud', '"roles:PassedTo": "{service}"'


def test_what_is_picked_is_filled_in_where_it_stands() -> None:
    text = TEXT.replace(*PICKS).replace(*PASSED)
    parsed = parse(text.replace("trusts: [functions.cloud]", 'trusts: ["{service}"]'))
    assert parsed.picked == [(("service", "functions.cloud"),), (("service", "tasks.cloud"),)]
    assert parsed.is_choosing
    assert not parsed.chosen
    assert parsed.existing["role"].choosing(parsed.picked[1]).trusts == ("tasks.cloud",)


def test_what_is_picked_is_declared_and_used() -> None:
    assert "picks: nothing uses 'service'" in wrong(TEXT.replace(*PICKS))
    assert "there is no placeholder 'service'" in wrong(TEXT.replace(*PASSED))
    trusts = TEXT.replace("trusts: [functions.cloud]", 'trusts: ["{service}"]')
    assert "trusts: there is no placeholder 'service'" in wrong(trusts)
    lambdas = TEXT.replace(*PASSED).replace("requires:\n", "picks: {service: [x]}\nrequires:\n")
    named = lambdas.replace("trusts: [functions.cloud]", 'trusts: ["{service}"]')
    assert "trusts: 'x' is no service principal of cloud" in wrong(named)
