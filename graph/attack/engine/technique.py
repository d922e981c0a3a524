"""Attack techniques: what a step takes, of whom, and what it gains; one YAML file each, any cloud.

A file of a provider's ``techniques/`` holds one technique; its name is the technique's id. What the
keys mean is written at the models here and in ``requirement.py``. ``self`` is the acting principal;
every other resource that a step is about is declared in ``resources``, and all of them must hold
together.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from .requirement import (
    NOTHING,
    SELF,
    Choice,
    Created,
    Existing,
    Name,
    Part,
    Relation,
    Requirement,
    TechniqueResource,
    Text,
    placeholders,
)

SCHEMA: Literal[1] = 1
"""Version of the files' format."""


_CHANGES = ("policies", "unbounded", "membership", "version", "tags", "without", "role")
"""The kinds of gain that leave another principal changed, no matter who then acts as it."""


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
      if this is a role that it can activate, with that one; if it is not held, so do all who can
      activate it
    - data: reads what this resource holds
    - owner: acts as the owner of this account, whom none of its own policies limits
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
