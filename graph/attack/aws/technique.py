"""Escalation techniques: what a step takes, of whom, and what it yields; one YAML file each.

A file of ``techniques/`` holds one technique; its name is the technique's id. What the keys mean
is written at the models below. ``self`` is the acting principal; every other thing that a step is
about is declared in ``things``, and all of them must hold together for the step to be there.

Templates of ARNs and values of context keys may hold ``{partition}``, ``{region}`` and
``{account}``: those of the acting principal's account, the region being any one, the same for all
things of a step. Templates also hold ``{name}``, which whoever acts picks, and ``{id}``, which AWS
picks, so that only a policy that names no id at all can have allowed it beforehand.
"""

import re
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)

SELF = "self"
"""The thing that is always there: the acting principal."""
NOTHING = "*"
"""What an action is asked on that takes no resource."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Action = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[A-Za-z][A-Za-z0-9]+$")]
Service = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.amazonaws\.com$")]
Label = Annotated[str, StringConstraints(pattern=r"^AWS[A-Z][A-Za-z0-9]+$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
Template = Annotated[str, StringConstraints(pattern=r"^arn:\{partition\}:[a-z0-9-]+:")]
Value = bool | int | str
Loaded = TypeVar("Loaded", bound=BaseModel)

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_PLACEHOLDERS = frozenset({"partition", "region", "account", "name", "id"})
_PREDICATES = ("is_", "in_", "not_in", "contains", "count_below", "count_at_least")


class TechniqueFileError(Exception):
    """A technique's file is not what it should be; the message names the file and the place."""


class Part(BaseModel):
    """Anything in a technique's file: keys that are not declared are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Optional(Part):
    """Something that the step needs, yet whose lack does not prove that it cannot be taken."""

    wish: bool = False
    """Where it is not so the step stays possible, conditional with ``otherwise``."""
    otherwise: Text | None = None
    """What must hold where the wish is not met, as a condition is told: "the task runs …"."""

    @model_validator(mode="after")
    def _says_what_else(self) -> Self:
        if self.wish != (self.otherwise is not None):
            raise ValueError("`wish` and `otherwise` belong together")
        return self


class Where(Optional):
    """What a field of a collected node must say. A field that was not read is a condition.

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

    @model_validator(mode="after")
    def _has_one_predicate(self) -> Self:
        if sum(getattr(self, name) is not None for name in _PREDICATES) != 1:
            raise ValueError("exactly one predicate is needed")
        return self


class Collected(Part):
    """A thing that a scan has read: a node of the graph, in the acting principal's account."""

    where: tuple[Where, ...] = ()
    changed: bool = False
    """The step modifies it: what nobody can modify (service-linked roles, roles of IAM Identity
    Center, policies of AWS) is left out."""


class Principal(Collected):
    """A principal of the account. Declared as ``self`` it says who may act at all."""

    principal: Literal["AWSRole", "AWSUser", "AWSGroup"]
    trusts: tuple[Service, ...] = ()
    """For a role: its trust policy lets one of these services assume it (sts:AssumeRole)."""
    federates: tuple[str, ...] = ()
    """For a role: its trust policy lets one of these identity providers, named as the policy names
    it, assume it (sts:AssumeRoleWithWebIdentity). What it asks of the token is a condition."""
    assumed_by: Name | None = None
    """For a role: another role of the step, whose own policies and this one's trust policy let it
    assume this one. What the step makes that other role do is nothing else."""
    may: tuple[Action, ...] = ()
    """For a role: its own policies must let it do one of these on some resource, since that is all
    that the step makes it do, or what the step starts with."""
    has_member: Literal["self"] | None = None
    """For a group: the acting principal is a member of it."""

    @model_validator(mode="after")
    def _fits_its_label(self) -> Self:
        if self.principal != "AWSRole" and (
            self.trusts or self.federates or self.assumed_by or self.may
        ):
            raise ValueError("only of roles more can be asked")
        if self.principal != "AWSGroup" and self.has_member:
            raise ValueError("only groups have members")
        return self


class Existing(Collected, Optional):
    """A resource that must exist.

    As a ``wish`` it need not have been collected at all: what is required of it is then asked of
    the template of its label's identity. Where its label was not listed whole, the step stays
    possible and conditional, and if ``carries`` or control of it is what counts, for every role
    that trusts a service of ``runs_for``.
    """

    live: Label
    runs_for: tuple[Service, ...] = ()
    """The services that the roles of such resources trust."""
    runs_as: tuple[str, ...] = ()
    """The fields that lead to the identity which own code on the resource gets, the first that
    leads anywhere; `field/field` passes another resource. Without it all RUNS_AS edges count."""
    carries: Name | None = None
    """It runs as this thing, a role."""
    attached_to: Name | None = None
    """For a policy: this thing or ``self`` has it, ``self`` also through a group."""
    bounds: Name | None = None
    """For a policy: it is the permissions boundary of this thing or ``self``."""
    refers_to: Name | None = None
    """It has an edge to this thing."""
    trusted_by: Name | None = None
    """For an identity provider: this thing, a role, trusts it."""

    @property
    def related(self) -> tuple[str, ...]:
        """The other things that it must stand in a relation with."""
        others = (self.carries, self.attached_to, self.bounds, self.refers_to, self.trusted_by)
        return tuple(name for name in others if name)

    @model_validator(mode="after")
    def _fits_its_label(self) -> Self:
        if self.live != "AWSPolicy" and (self.attached_to or self.bounds):
            raise ValueError("only an AWSPolicy is attached or bounds")
        return self


class Created(Part):
    """A resource that the step makes, or one of which any will do: its name is picked at will."""

    new: Template

    @model_validator(mode="after")
    def _has_known_placeholders(self) -> Self:
        _check_placeholders(self.new)
        return self


def _kind(value: Any) -> str | None:
    given = value if isinstance(value, Mapping) else {}
    kinds = [kind for kind in ("principal", "live", "new") if kind in given]
    return kinds[0] if len(kinds) == 1 else None


TechniqueResource = Annotated[
    Annotated[Principal, Tag("principal")]
    | Annotated[Existing, Tag("live")]
    | Annotated[Created, Tag("new")],
    Discriminator(
        _kind,
        custom_error_type="kind_of_thing",
        custom_error_message="a thing has exactly one of `principal`, `live` and `new`",
    ),
]


class Requirement(Part):
    """A permission that the acting principal needs on a thing."""

    action: Action
    on: Name | Literal["*"]
    """A thing's name, ``self``, or ``*`` for an action that takes no resource."""
    context: Mapping[str, str] = Field(default_factory=dict)
    """Keys of the request whose value the step fixes."""

    @model_validator(mode="after")
    def _has_known_placeholders(self) -> Self:
        for value in self.context.values():
            _check_placeholders(value)
        return self


class Gain(Part):
    """What whoever has taken the step holds."""

    thing: Name
    as_: Literal[
        "identity",
        "control",
        "policies",
        "unbounded",
        "membership",
        "version",
        "data",
        "administrator",
    ] = Field(alias="as")
    """- identity: acts as this principal
    - control: runs own code on, or speaks for, this live resource, which runs as its roles
    - policies: acts as this principal with any identity policy added
    - unbounded: acts as this principal without its permissions boundary
    - membership: has this group's policies too
    - version: acts as ``self`` with another version of this policy in force, the best there is
    - data: reads what this resource holds
    - administrator: acts as this new principal, with any policy and without a boundary"""


class Technique(Part):
    """A way to gain what one has not been given."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    public_ids: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+-\d{3}$")], ...]
    """Ids of the same permission set in pathfinding.cloud and its labs; they may drift."""
    title: Text
    category: Literal[
        "new-passrole",
        "existing-passrole",
        "self-escalation",
        "principal-access",
        "new-principal",
        "resource-policy",
    ]
    things: Mapping[Name, TechniqueResource] = Field(default_factory=dict)
    requires: tuple[Requirement, ...] = Field(min_length=1)
    """All of them, each asked of the acting principal."""
    assumes: tuple[Text, ...] = ()
    """What else must hold and no scan can tell: the step is always conditional, naming it."""
    yields: Gain
    difficulty: int = Field(ge=1, le=4)
    """1: one call, or some in a row; 2: own code must run; 3: waiting, another party or the network
    has to help; 4: unlikely."""
    steps: Text
    remediation: Text
    references: tuple[Annotated[str, StringConstraints(pattern=r"^https://\S+$")], ...] = Field(
        min_length=1
    )

    @property
    def permissions(self) -> frozenset[str]:
        """The actions that it takes."""
        return frozenset(requirement.action for requirement in self.requires)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        problem = next(self._problems(), None)
        if problem:
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        named = [(f"requires.{index}", each.on) for index, each in enumerate(self.requires)]
        named += [("yields", self.yields.thing)]
        named += [
            (f"things.{name}", other)
            for name, thing in self.things.items()
            for other in _related(thing)
        ]
        for place, name in named:
            if name not in {SELF, NOTHING, *self.things}:
                yield f"{place}: there is no thing '{name}'"
        used = {SELF, *(name for _, name in named)}
        for name, thing in self.things.items():
            if name not in used and not _related(thing) and not isinstance(thing, Existing):
                yield f"things.{name}: nothing uses it"
        if not isinstance(self.things.get(SELF), Principal | None):
            yield f"things.{SELF}: it is a principal"
        if problem := self._misfit(self.things.get(self.yields.thing)):
            yield f"yields: {problem}"

    def _misfit(self, thing: Principal | Existing | Created | None) -> str | None:
        """Why this thing, or ``self``, cannot be held as the technique says, if it cannot."""
        match self.yields.as_:
            case "identity" | "policies" | "unbounded":
                fits = thing is None or isinstance(thing, Principal)
                wanted = "a principal"
            case "membership":
                fits = isinstance(thing, Principal) and thing.principal == "AWSGroup"
                wanted = "an AWSGroup"
            case "version":
                fits = isinstance(thing, Existing) and thing.live == "AWSPolicy"
                wanted = "an AWSPolicy"
            case "control" | "data":
                fits, wanted = isinstance(thing, Existing), "a live resource"
            case "administrator":
                fits, wanted = isinstance(thing, Created), "a new principal"
        return None if fits else f"as {self.yields.as_} only {wanted} can be held"


def _related(thing: Principal | Existing | Created) -> tuple[str, ...]:
    if isinstance(thing, Existing):
        return thing.related
    if isinstance(thing, Principal) and thing.assumed_by:
        return (thing.assumed_by,)
    return ()


def _check_placeholders(text: str) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in _PLACEHOLDERS:
            raise ValueError(f"there is no placeholder '{name}' in '{text}'")


@cache
def techniques() -> Mapping[str, Technique]:
    """All techniques, by id.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    folder = files(__package__) / "techniques"
    found = sorted(
        (
            parse(file.name.removesuffix(".yaml"), file.read_text("utf-8"))
            for file in folder.iterdir()
            if file.name.endswith(".yaml")
        ),
        key=lambda technique: technique.id,
    )
    return MappingProxyType({technique.id: technique for technique in found})


def parse(id_: str, text: str) -> Technique:
    """The technique in the text of the file ``ID.yaml``.

    :raises TechniqueFileError: if it is not one, or has another id.
    """
    file = f"techniques/{id_}.yaml"
    technique = loaded(Technique, file, text)
    if technique.id != id_:
        raise TechniqueFileError(f"{file}: id: '{technique.id}' is not the file's name")
    return technique


def loaded(model: type[Loaded], file: str, text: str) -> Loaded:
    """What the text of a YAML file declares.

    :raises TechniqueFileError: if that is not what the model asks for.
    """
    try:
        return model.model_validate(yaml.load(text, _Loader))  # noqa: S506
    except yaml.YAMLError as error:
        raise TechniqueFileError(f"{file}: {error}") from error
    except ValidationError as error:
        raise TechniqueFileError(f"{file}: {_told(error)}") from error


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


def _told(error: ValidationError) -> str:
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"])))
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    )
