"""Attack techniques: what a step takes, of whom, and what it gains; one YAML file each, any cloud.

A file of a provider's ``techniques/`` holds one technique; its name is the technique's id. What the
keys mean is written at the models below. ``self`` is the acting principal; every other resource
that a step is about is declared in ``resources``, and all of them must hold together.

Templates of identities and values of context keys may hold ``{partition}``, ``{region}`` and
``{account}``: those of the acting principal's account, the region being any one, the same for all
resources of a step. Templates also hold ``{name}``, which the attacker picks, and ``{id}``, which
the cloud picks, so that only a policy that names no id at all can have allowed it beforehand.
Context keys and their values may hold what else the attacker picks: by the technique's own words
(``picks``), or by the provider's (see ``chosen`` of its vocabulary), where what there is to pick
and what it is worth is the provider's to say. It is the same for all requests of a step, and all
of it is tried.
"""

import json
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from itertools import chain, product
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

from ....content import Content, ContentError, ContentFolder, content
from ...cache import cache_root, code_digest, recalled
from ...model import RELATIONSHIPS

SCHEMA: Literal[1] = 1
"""Version of the files' format."""
SELF = "self"
"""The resource that is always there: the acting principal."""
NOTHING = "*"
"""What an action is asked on that takes no resource."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Action = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/*-]+$")]
Label = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]+$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
Value = bool | int | str
Loaded = TypeVar("Loaded", bound=BaseModel)
Context = tuple[tuple[str, str | tuple[str, ...]], ...]
"""Condition keys that a step fixes, with their values; no value if the key is absent."""
Fixed = Annotated[tuple[tuple[str, str], ...], BeforeValidator(lambda keys: tuple(keys.items()))]
"""Condition keys with their values, a mapping in a file."""
Choice = tuple[tuple[str, str], ...]
"""What an attacker picks, by placeholder."""

_KEPT = 16
"""Of how many packages, and versions of them, the documents stay in the cache."""
_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_PLACES = frozenset({"partition", "region", "account"})
_PLACEHOLDERS = _PLACES | {"name", "id"}
_PREDICATES = ("is_", "in_", "not_in", "contains", "count_below", "count_at_least")
_CHANGES = ("policies", "unbounded", "membership", "version", "tags", "without")
"""The kinds of gain that leave another principal changed, no matter who then acts as it."""


class TechniqueFileError(ContentError):
    """A technique's file is not what it should be; the message names the file and the place."""


class Part(BaseModel):
    """Anything in a technique's file: keys that are not declared are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Optional(Part):
    """Something that the step needs, yet whose lack does not prove that it cannot be taken."""

    if_not: Text | None = None
    """What must be so where it is not met, as a condition reads: "the task runs …". Without it the
    step cannot be taken then; with it the step stays possible, under that condition."""

    @property
    def optional(self) -> bool:
        """Whether the step stays possible without it."""
        return self.if_not is not None


class Where(Optional):
    """What a field of an existing resource must say. A field that was not read is a condition.

    One predicate each. A field that holds a document (JSON text) counts as what it holds.
    """

    field: Name
    is_: Value | None = Field(None, alias="is")
    in_: tuple[Value, ...] | None = Field(None, alias="in")
    not_in: tuple[Value, ...] | None = None
    contains: Value | None = None
    """A list that has this member."""
    count_below: int | None = None
    """A list with fewer members."""
    count_at_least: int | None = None
    """A list with as many members or more."""
    quota: bool = False
    """It is a limit of the service that is seldom used up: where the field was not read, the step
    counts as possible all the same, and not as conditional."""

    @model_validator(mode="after")
    def _has_one_predicate(self) -> Self:
        if sum(getattr(self, name) is not None for name in _PREDICATES) != 1:
            raise ValueError("exactly one predicate is needed")
        return self


class OwnRequirement(Part):
    """A permission that a principal of the step needs on itself."""

    action: Action
    context: Fixed = ()
    """Condition keys of the request whose value the step fixes."""


class Existing(Optional):
    """A resource that must exist. Declared as ``self`` it says which principals may act at all.

    What is required of it is asked of each collected one. With ``if_not`` it need not have been
    collected; then, and where its label was not listed whole, the step stays possible and
    conditional, and if a RUNS_AS relation or control of it is what counts, for every identity that
    trusts one of its ``service_principals``. Principals and groups are always taken as listed.
    """

    existing: Label
    where: tuple[Where, ...] = ()
    changed: bool = False
    """The step modifies it: what nobody can modify is left out."""
    elsewhere: bool = False
    """It may lie in another account than the acting principal: where an edge leads to it."""
    trusts: tuple[Text, ...] = ()
    """Its own policy lets one of these service principals act as it; one may be picked."""
    federates: tuple[Text, ...] = ()
    """Its own policy lets those act as it whom one of these identity providers, named as the
    policy names it, vouches for. What it asks of the token is a condition."""
    can: tuple[Action, ...] = ()
    """Its own policies must let it do one of these on some resource, since that is all that the
    step makes it do, or what the step starts with."""
    to_itself: tuple[OwnRequirement, ...] = ()
    """It must be allowed all of these on itself, since it is it that does them then."""
    service_principals: tuple[Text, ...] = ()
    """The services that the identities of such resources trust."""
    runs_as: tuple[str, ...] = ()
    """The fields that lead to the identity which own code on the resource gets, the first that
    leads anywhere; `field/field` passes another resource. Without it all RUNS_AS edges count."""

    def choosing(self, choice: Choice) -> "Existing":
        """The same with what is picked."""
        trusts = tuple(filled(each, dict(choice)) for each in self.trusts)
        return self if trusts == self.trusts else self.model_copy(update={"trusts": trusts})


class Created(Part):
    """A resource that the step creates, or one of which any will do: its name is picked at will."""

    created: Text
    """Template of its identity."""
    principal: Label | None = None
    """The label of the principal that it is, if it is one."""
    tagged_by: Action | None = None
    """The action that it takes to tag it while it is made, by the first action that is asked on it
    (the same if it takes no other). Without it, it is not known whether it can be."""

    @model_validator(mode="after")
    def _has_known_placeholders(self) -> Self:
        _check_placeholders(self.created)
        return self


def _kind(value: Any) -> str | None:
    given = value if isinstance(value, Mapping) else {}
    kinds = [kind for kind in ("existing", "created") if kind in given]
    return kinds[0] if len(kinds) == 1 else None


TechniqueResource = Annotated[
    Annotated[Existing, Tag("existing")] | Annotated[Created, Tag("created")],
    Discriminator(
        _kind,
        custom_error_type="kind_of_resource",
        custom_error_message="a resource has exactly one of `existing` and `created`",
    ),
]


class Relation(Part):
    """That two resources of the step are joined by an edge of the graph.

    A principal has also what its groups have by HAS_POLICY. CAN_ASSUME is asked of the authorizer:
    the first may take on the second.
    """

    from_: Name = Field(alias="from")
    edge: Text
    to: Name

    @model_validator(mode="after")
    def _is_of_the_vocabulary(self) -> Self:
        if self.edge not in RELATIONSHIPS:
            raise ValueError(f"there is no relationship type '{self.edge}'")
        return self


class Requirement(Part):
    """A permission that the acting principal needs on a resource."""

    action: Action
    on: Name | Literal["*"]
    """A resource's name, ``self``, or ``*`` for an action that takes no resource."""
    part: Text | None = None
    """What it is asked on, if not on the resource itself but on a part of it, or on what it names:
    a template of identities. ``{id}`` and other fields stand for what the resource says (of a URI
    what follows its scheme), ``{partition}`` for that of its identity, ``{name}`` for what the
    attacker picks. Of a field that is a list it is asked on each. Where a field is empty, there
    is no such part."""
    any: bool = False
    """Of a field that is a list it is enough on one."""
    context: Mapping[str, str | tuple[str, ...]] = Field(default_factory=dict)
    """Condition keys of the request whose value the step fixes, or the attacker picks."""

    @property
    def chosen(self) -> frozenset[str]:
        """The placeholders in its context for what the attacker picks."""
        return placeholders(
            *self.context, *chain.from_iterable(map(each_of, self.context.values()))
        )


GainKind = Literal[
    "identity",
    "control",
    "policies",
    "unbounded",
    "membership",
    "version",
    "tags",
    "without",
    "role",
    "data",
    "owner",
    "administrator",
]


class Gain(NamedTuple):
    """What the attacker holds once the step is taken.

    - identity: acts as this principal
    - control: runs own code on, or speaks for, this resource, which runs as its identities
    - policies: acts as this principal with any policy added; of another principal or group, the
      step only changes it: what it takes to act as it is another step
    - unbounded: the same without its permissions boundary
    - membership: the technique's ``member`` has this group's policies too
    - version: the same with another version of this policy in force, the best there is; of one
      that stands over accounts, for the principals in them
    - tags: the same with the tags that the attacker picks
    - without: the same without this policy, or out of this group, as far as that denied anything;
      of a policy that stands over accounts, for the principals in them; of an account, without
      what stands over it because of where it lies
    - role: acts as this principal with whatever role it likes on this resource and all in it, or,
      if this is a role that it can activate, with that one
    - data: reads what this resource holds
    - owner: acts as whoever owns this account, whom none of its own policies limits
    - administrator: acts as this new principal, with any policy and without a boundary
    """

    kind: GainKind
    resource: str


class Technique(Part):
    """How a principal gains what it has not been given."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    provider: Name
    public_ids: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+-\d{3}$")], ...] = ()
    """Ids of the same permission set in pathfinding.cloud and its labs; they may drift."""
    title: Text
    category: Literal[
        "new-passrole",
        "existing-passrole",
        "self-escalation",
        "principal-access",
        "principal-change",
        "new-principal",
        "resource-policy",
    ]
    resources: Mapping[Name, TechniqueResource] = Field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    """Edges that must lead from one resource to another."""
    picks: Mapping[Name, tuple[Text, ...]] = Field(default_factory=dict)
    """By placeholder in contexts and ``trusts``: of what the attacker picks one, best first."""
    requires: tuple[Requirement, ...] = Field(min_length=1)
    """All of them, each asked of the acting principal."""
    assumes: tuple[Text, ...] = ()
    """What else must hold and no scan can tell: the step is always conditional, naming it."""
    gains: Mapping[GainKind, Name] = Field(min_length=1, max_length=1)
    """What is gained, by kind: see :class:`Gain`."""
    limited_to: tuple[Text, ...] = ()
    """Of an identity or owner: the only actions that the attacker can then do as it, as policies
    name them (``codecommit:Git*``); any if there are none."""
    member: Name = SELF
    """Of membership: the principal that joins the group."""
    holds: bool = True
    """Whether the attacker then acts as the principal that is gained; false if the step only
    changes that principal, so that another step must follow."""
    difficulty: int = Field(ge=1, le=4)
    """1: one call, or some in a row; 2: own code must run; 3: waiting, another party or the network
    has to help; 4: unlikely."""
    steps: Text
    remediation: Text
    references: tuple[Annotated[str, StringConstraints(pattern=r"^https://\S+$")], ...] = Field(
        min_length=1
    )

    @cached_property
    def permissions(self) -> frozenset[str]:
        """The actions that it takes."""
        return frozenset(requirement.action for requirement in self.requires)

    @cached_property
    def chosen(self) -> frozenset[str]:
        """The placeholders for what the attacker picks by the provider's words."""
        return frozenset[str]().union(*(each.chosen for each in self.requires)) - {*self.picks}

    @cached_property
    def picked(self) -> Sequence[Choice]:
        """What the attacker may pick by the technique's own words, best first."""
        return [tuple(zip(self.picks, each, strict=True)) for each in product(*self.picks.values())]

    @cached_property
    def is_choosing(self) -> bool:
        """Whether there is anything to pick."""
        return bool(self.chosen or self.picks)

    @cached_property
    def gain(self) -> Gain:
        """What is gained."""
        ((kind, resource),) = self.gains.items()
        return Gain(kind, resource)

    @cached_property
    def existing(self) -> Mapping[str, Existing]:
        """The resources that must exist besides the acting principal."""
        return {
            name: each
            for name, each in self.resources.items()
            if isinstance(each, Existing) and name != SELF
        }

    @cached_property
    def created(self) -> Mapping[str, Created]:
        """The resources that the step creates."""
        return {name: each for name, each in self.resources.items() if isinstance(each, Created)}

    @cached_property
    def actor(self) -> Existing | None:
        """What is asked of the acting principal besides permissions; None if nothing."""
        found = self.resources.get(SELF)
        return found if isinstance(found, Existing) else None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        problem = next(self._problems(), None)
        if problem:
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        yield from self._misnamed()
        yield from self._mispicked()
        if isinstance(self.resources.get(SELF), Created):
            yield f"resources.{SELF}: it exists already"
        for index, each in enumerate(self.requires):
            if each.part and each.on not in self.existing:
                yield f"requires.{index}.part: '{each.on}' has none that is known"
        for index, relation in enumerate(self.relations):
            for name in (relation.from_, relation.to):
                if isinstance(self.resources.get(name), Created):
                    yield f"relations.{index}: '{name}' does not exist yet"
        if problem := self._misfit():
            yield f"gains: {problem}"
        if self.member != SELF and self.gain.kind != "membership":
            yield "member: only membership has one"
        if not self.holds and self.gain.kind not in _CHANGES:
            yield f"holds: as {self.gain.kind} it is always held"

    def _misnamed(self) -> Iterator[str]:
        """What names a resource that is not there, and what nothing names."""
        named = [(f"requires.{index}", each.on) for index, each in enumerate(self.requires)]
        named += [("gains", self.gain.resource), ("member", self.member)]
        named += [
            (f"relations.{index}", name)
            for index, each in enumerate(self.relations)
            for name in (each.from_, each.to)
        ]
        for place, name in named:
            if name not in {SELF, NOTHING, *self.resources}:
                yield f"{place}: there is no resource '{name}'"
        used = {SELF, *(name for _, name in named)}
        for name, resource in self.resources.items():
            # What exists can be needed without being asked for anything.
            if name not in used and isinstance(resource, Created):
                yield f"resources.{name}: nothing uses it"

    def _mispicked(self) -> Iterator[str]:
        """What is picked and used nowhere, and what is to be picked and is not there."""
        trusted = placeholders(*(text for each in self.existing.values() for text in each.trusts))
        used = trusted.union(*(each.chosen for each in self.requires))
        yield from (f"picks: nothing uses '{name}'" for name in self.picks if name not in used)
        for name in sorted(trusted.difference(self.picks)):
            yield f"trusts: there is no placeholder '{name}'"

    def _misfit(self) -> str | None:
        """Why the resource cannot be held as the technique says, if it cannot."""
        kind, name = self.gain
        resource = self.resources.get(name)
        if self.limited_to and (kind not in ("identity", "owner") or name == SELF):
            return "only another identity or an owner can be limited to some actions"
        if kind == "administrator":
            fits = isinstance(resource, Created) and resource.principal is not None
            return None if fits else f"as {kind} only a created principal can be held"
        if kind in ("control", "data", "membership", "owner", "role", "version", "without"):
            fits = isinstance(resource, Existing) and name != SELF
            return None if fits else f"as {kind} only an existing resource can be held"
        fits = name == SELF or isinstance(resource, Existing)
        return None if fits else f"as {kind} only an existing principal can be held"


class ExternalTechnique(Part):
    """How somebody comes into an account who is not in the scan.

    Who can take it is worked out from resource policies, trust, tokens and exposure, not from
    permissions of a principal that was collected.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    provider: Name
    title: Text
    category: Literal["external"]
    edge: Literal["CAN_ACCESS", "CAN_ASSUME", "CAN_REACH"]
    """The type of the steps."""
    difficulty: int = Field(ge=1, le=4)
    """As of techniques: 1 a call of an API; 3 another party has to help; 4 unlikely."""
    steps: Text
    remediation: Text
    references: tuple[Annotated[str, StringConstraints(pattern=r"^https://\S+$")], ...] = Field(
        min_length=1
    )


def each_of(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The values of a condition key."""
    return (value,) if isinstance(value, str) else value


def placeholders(*texts: str) -> frozenset[str]:
    """Those in some texts for what is picked, not for where the step is taken."""
    return frozenset(_PLACEHOLDER.findall(" ".join(texts))) - _PLACES


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with what stands for its placeholders; others stay open."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _check_placeholders(text: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in _PLACEHOLDERS:
            raise ValueError(f"there is no placeholder '{name}' in '{text}'")


class TechniqueVocabulary(NamedTuple):
    """How a provider's techniques speak: what the schema alone cannot check."""

    provider: str
    principals: tuple[str, ...]
    """Labels of those who act."""
    groups: tuple[str, ...] = ()
    """Labels of what principals are members of."""
    identity: str = ""
    """Label of the principals that resources run as."""
    identity_noun: str = "identity"
    """What such a principal is called."""
    named_by_identity: tuple[tuple[str, str], ...] = ()
    """Labels of which an identity itself says which run as it, with the field that names them all:
    none that was not read does."""
    account: str = ""
    """Label of what administrators administer."""
    controls: tuple[str, ...] = ()
    """Labels of what limits all principals in an account: policies that stand over it, and what it
    lies in."""
    owner: str = "owner"
    """What whoever owns an account is called."""
    trust: str = ""
    """The action by which another principal, or a service, acts as a principal."""
    trust_context: Context = ()
    """Condition keys of such a request by a principal that adds nothing to it."""
    federate: str = ""
    """The same with the token of an identity provider."""
    chosen: tuple[str, ...] = ()
    """Placeholders in context keys and their values for what the attacker picks."""
    action: str = r".+"
    """What every action fully matches."""
    label: str = r".+"
    """What every label fully matches."""
    template: str = r".+"
    """What every template of a created resource begins with."""
    service: str = r".+"
    """What every service principal fully matches."""

    def problems(self, technique: Technique | ExternalTechnique) -> Iterator[str]:
        """What in a technique is not of this provider."""
        if technique.provider != self.provider:
            yield f"provider: it lies among those of {self.provider}"
        if isinstance(technique, Technique):
            yield from self._misspoken(technique)

    def _misspoken(self, technique: Technique) -> Iterator[str]:
        actions = [
            (f"requires.{index}.action", each.action)
            for index, each in enumerate(technique.requires)
        ]
        actions += [
            (f"resources.{name}.can", action)
            for name, each in technique.existing.items()
            for action in each.can
        ]
        actions += [
            (f"resources.{name}.to_itself.{index}.action", own.action)
            for name, each in technique.existing.items()
            for index, own in enumerate(each.to_itself)
        ]
        actions += [
            (f"resources.{name}.tagged_by", each.tagged_by)
            for name, each in technique.created.items()
            if each.tagged_by
        ]
        for index, pattern in enumerate(technique.limited_to):
            actions.append((f"limited_to.{index}", pattern.replace("*", "Any")))
        for index, each in enumerate(technique.requires):
            for name in sorted(each.chosen.difference(self.chosen, technique.picks)):
                yield f"requires.{index}.context: there is no placeholder '{name}'"
        for place, action in actions:
            if not re.fullmatch(self.action, action):
                yield f"{place}: '{action}' is no action of {self.provider}"
        for name, resource in technique.resources.items():
            for choice in technique.picked:
                chosen = resource.choosing(choice) if isinstance(resource, Existing) else resource
                found = self._misfits(chosen)
                yield from (f"resources.{name}.{problem}" for problem in found)
        if technique.actor and technique.actor.existing not in self.principals:
            yield f"resources.{SELF}: only a principal acts"
        member = technique.resources.get(technique.member)
        if technique.member != SELF and _label(member) not in self.principals:
            yield "member: only a principal joins a group"
        yield from self._misgains(technique)

    def _misfits(self, resource: Existing | Created) -> Iterator[str]:
        if isinstance(resource, Existing):
            yield from self._misfits_of_existing(resource)
            return
        if not re.match(self.template, resource.created):
            yield f"created: '{resource.created}' is no identity of {self.provider}"
        if resource.principal not in (None, *self.principals):
            yield f"principal: {resource.principal} is no principal"

    def _misfits_of_existing(self, resource: Existing) -> Iterator[str]:
        if not re.fullmatch(self.label, resource.existing):
            yield f"existing: {resource.existing} is no label of {self.provider}"
        for key in ("trusts", "service_principals"):
            for service in getattr(resource, key):
                if not re.fullmatch(self.service, service):
                    yield f"{key}: '{service}' is no service principal of {self.provider}"
        asks = resource.trusts or resource.federates or resource.can or resource.to_itself
        if asks and resource.existing not in self.principals:
            yield "existing: trust and permissions are asked only of principals"

    def _misgains(self, technique: Technique) -> Iterator[str]:
        kind, name = technique.gain
        label = _label(technique.resources.get(name))
        if name == SELF or kind in ("administrator", "role", "version", "without"):
            return
        if kind == "owner" and label != self.account:
            yield f"gains: as {kind} only an account can be held"
        if kind == "membership" and label not in self.groups:
            yield f"gains: as {kind} only a group can be held"
        if kind == "identity" and label not in self.principals:
            yield f"gains: as {kind} only a principal can be held"
        if kind in ("policies", "unbounded") and label not in (*self.principals, *self.groups):
            yield f"gains: as {kind} only a principal or a group can be held"
        if kind == "tags" and label not in self.principals:
            yield f"gains: as {kind} only a principal can be held"
        if kind in ("control", "data") and label in (*self.principals, *self.groups):
            yield f"gains: as {kind} only a resource can be held"


def _label(resource: Existing | Created | None) -> str:
    """The label of a resource, as far as the declaration says it."""
    if isinstance(resource, Existing):
        return resource.existing
    return (resource.principal or "") if resource else ""


class TechniqueSet(NamedTuple):
    """A provider's techniques, by id."""

    techniques: Mapping[str, Technique]
    external: Mapping[str, ExternalTechnique]


def techniques(package: str, vocabulary: TechniqueVocabulary) -> TechniqueSet:
    """All techniques in the folder ``techniques`` of a provider's package, and those of own
    content for this provider.

    :raises TechniqueFileError: if a file is not what it should be, or two have the same id.
    """
    return _techniques(package, vocabulary, content())


@cache
def _techniques(package: str, vocabulary: TechniqueVocabulary, used: Content) -> TechniqueSet:
    built_in = _documents(package)
    found = [declared(id_, each, vocabulary) for id_, each in built_in.items()]
    known = dict.fromkeys(built_in, "Clew")
    for folder in used.of("techniques"):
        for file in sorted((folder.path / vocabulary.provider).rglob("*.yaml")):
            if file.stem in known:
                raise TechniqueFileError(
                    f"{file}: {known[file.stem]} has a technique '{file.stem}' already; choose "
                    "another id."
                )
            known[file.stem] = str(file)
            found.append(_own(file, vocabulary))
    return TechniqueSet(
        MappingProxyType({each.id: each for each in found if isinstance(each, Technique)}),
        MappingProxyType({each.id: each for each in found if isinstance(each, ExternalTechnique)}),
    )


def _own(file: Path, vocabulary: TechniqueVocabulary) -> Technique:
    """The technique in a file of own content."""
    try:
        document = read_yaml(str(file), file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise TechniqueFileError(f"{file}: {error}") from None
    technique = declared(file.stem, document, vocabulary, str(file))
    if isinstance(technique, ExternalTechnique):
        raise TechniqueFileError(
            f"{file}: category: who comes in from outside is worked out by Clew, so own content "
            "has no techniques of the category external"
        )
    return technique


def check_clouds(folder: ContentFolder, providers: Collection[str]) -> None:
    """Lets only a folder of own techniques pass in which each file is below one of these clouds.

    :raises TechniqueFileError: if one is anywhere else, where nothing would read it.
    """
    for file in folder.files(".yaml"):
        cloud = file.relative_to(folder.path).parts[0]
        if cloud not in providers:
            raise TechniqueFileError(
                f"{file} is in no folder of a cloud that attack paths cover: "
                f"{', '.join(sorted(providers))}"
            )


def parse(id_: str, text: str, vocabulary: TechniqueVocabulary) -> Technique | ExternalTechnique:
    """The technique in the text of the file ``ID.yaml``.

    :raises TechniqueFileError: if it is not one, or has another id.
    """
    return declared(id_, read_yaml(_file(id_), text), vocabulary)


def declared(
    id_: str, document: Any, vocabulary: TechniqueVocabulary, file: str = ""
) -> Technique | ExternalTechnique:
    """The technique that the document of the file ``ID.yaml`` declares; ``file`` is what errors
    call it.

    :raises TechniqueFileError: if it is none, or has another id.
    """
    file = file or _file(id_)
    is_external = isinstance(document, Mapping) and document.get("category") == "external"
    model: type[Technique] | type[ExternalTechnique] = (
        ExternalTechnique if is_external else Technique
    )
    technique = validated(model, file, document)
    if problem := next(vocabulary.problems(technique), None):
        raise TechniqueFileError(f"{file}: {problem}")
    if technique.id != id_:
        raise TechniqueFileError(f"{file}: id: '{technique.id}' is not the file's name")
    return technique


def _file(id_: str) -> str:
    return f"techniques/{id_}.yaml"


def _documents(package: str) -> dict[str, Any]:
    """What the files in the folder ``techniques`` of a package hold, by id."""
    texts = {
        id_: file.read_text("utf-8")
        for file in sorted((files(package) / "techniques").iterdir(), key=lambda file: file.name)
        if (id_ := file.name.removesuffix(".yaml")) != file.name
    }
    found = kept_documents({_file(id_): text for id_, text in texts.items()})
    return {id_: found[_file(id_)] for id_ in texts}


def kept_documents(texts: Mapping[str, str]) -> dict[str, Any]:
    """What YAML files hold, by name. It is kept in the cache as long as they and this code are the
    same, since to read YAML takes long.

    :raises TechniqueFileError: if one is not YAML.
    """

    def read() -> bytes:
        return json.dumps({file: read_yaml(file, text) for file, text in texts.items()}).encode()

    digest = sha256("\0".join((code_digest(), *chain(*texts.items()))).encode()).hexdigest()
    file = cache_root() / "techniques" / digest[:32]
    found: dict[str, Any] = json.loads(recalled(file, read, _KEPT))
    return found


def read_yaml(file: str, text: str) -> Any:
    """What the text of a YAML file holds.

    :raises TechniqueFileError: if it is not YAML.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise TechniqueFileError(f"{file}: {error}") from error


def validated(model: type[Loaded], file: str, document: Any) -> Loaded:
    """What a file's document declares.

    :raises TechniqueFileError: if that is not what the model asks for.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise TechniqueFileError(f"{file}: {_listed(error)}") from error


_BOOL = "tag:yaml.org,2002:bool"


if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, if built in


class _Loader(_SafeLoader):
    """YAML 1.2 as far as we need it: only true and false are booleans, so that ``on`` is a key, and
    no key may be given twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        built = super().construct_mapping(node, deep)
        if len(built) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key twice", node.start_mark)
        return built


_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), ["t", "f"])


def _listed(error: ValidationError) -> str:
    problems: Sequence[Any] = error.errors(
        include_url=False, include_input=False, include_context=False
    )
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"]))) for one in problems
    )
