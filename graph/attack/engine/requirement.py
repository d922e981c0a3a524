"""What a technique asks: of resources, of how they hang together, and of the acting principal.

Templates of identities and values of context keys may hold ``{partition}``, ``{region}`` and
``{account}``: those of the acting principal's account, the region being any one, the same for all
resources of a step. Templates also hold ``{name}``, which the attacker picks, and ``{id}``, which
the cloud picks, so that only a policy that names no id at all can have allowed it beforehand.
Context keys and their values may hold what else the attacker picks: by the technique's own words
(``picks``), or by the provider's (see ``chosen`` of its vocabulary), where what there is to pick
and what it is worth is the provider's to say. It is the same for all requests of a step, and all
of it is tried.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from ...model import RELATIONSHIPS

SELF = "self"
"""The resource that is always there: the acting principal."""


CAN_REACH = "CAN_REACH"


NOTHING = "*"
"""What an action is asked on that takes no resource."""


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


Action = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/*-]+$")]


Label = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]+$")]


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


Value = bool | int | str


Context = tuple[tuple[str, str | tuple[str, ...]], ...]
"""Condition keys that a step fixes, with their values; no value if the key is absent."""


Fixed = Annotated[tuple[tuple[str, str], ...], BeforeValidator(lambda keys: tuple(keys.items()))]
"""Condition keys with their values, a mapping in a file."""


Choice = tuple[tuple[str, str], ...]
"""What an attacker picks, by placeholder."""


_PLACEHOLDER = re.compile(r"\{([^}]*)\}")


_PLACES = frozenset({"partition", "region", "account"})


_PLACEHOLDERS = _PLACES | {"name", "id"}


_PREDICATES = ("is_", "in_", "not_in", "contains", "count_below", "count_at_least")


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
    the first may take on the second. CAN_REACH leads from the Internet, which every cloud has.
    """

    from_: Name = Field(alias="from")
    edge: Text
    to: Name
    tcp: tuple[int, ...] = ()
    """Of CAN_REACH: the ports, of which packets must arrive at one; any protocol and port if there
    are none."""

    @model_validator(mode="after")
    def _is_of_the_vocabulary(self) -> Self:
        if self.edge not in RELATIONSHIPS:
            raise ValueError(f"there is no relationship type '{self.edge}'")
        if self.tcp and self.edge != CAN_REACH:
            raise ValueError(f"only {CAN_REACH} has ports")
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
