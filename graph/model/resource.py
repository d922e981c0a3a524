"""The base of every node."""

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal
from pydantic.fields import FieldInfo

from .identity import Identity
from .reference import Deciding, PolicyField, Reference, Source, field, wire_reader

T = TypeVar("T")


class MissingReason(StrEnum):
    """Why the target of a reference is not among the resources of a scan."""

    CROSS_ACCOUNT = "CROSS_ACCOUNT"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    UNREADABLE = "UNREADABLE"
    NOT_FOUND = "NOT_FOUND"
    UNKNOWN_OWNER = "UNKNOWN_OWNER"

    @property
    def meaning(self) -> str:
        """What the reason says, as the end of a sentence about the target."""
        return _MEANINGS[self]


_MEANINGS = {
    MissingReason.CROSS_ACCOUNT: "belongs to an account that is not in this scan",
    MissingReason.OUT_OF_SCOPE: "was left out by this scan's own filters",
    MissingReason.UNREADABLE: "could not be read",
    MissingReason.NOT_FOUND: "does not exist",
    MissingReason.UNKNOWN_OWNER: "belongs to none of the scanned accounts",
}


@dataclass(frozen=True, slots=True)
class Location:
    """Where a collector reads; the account may be a subscription, a project or a tenant."""

    account: str
    region: str = "global"
    partition: str = ""


class Resource(BaseModel):
    """A node: one resource of one cloud service, or a missing one that something refers to.

    A field is None while it is unread or unknown, and None is never taken for safe. What was
    read and is not set has its type's empty value: ``""`` or ``[]``.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)

    provider: ClassVar[str]
    """The cloud: aws, azure, gcp or entra."""
    service: ClassVar[str]
    """The service that owns the label, as its SDK calls it: its module's name, with hyphens."""
    label: ClassVar[str]
    """The node label, as Cartography names it where it has the thing."""
    identity: ClassVar[str]
    """Template of the full identity; its placeholders are fields of the model."""
    owner_identity: ClassVar[str] = ""
    """Template that every full identity of the provider has, whatever it is of: it tells the
    account, and what else a name alone lacks."""
    short_names: ClassVar[Mapping[str, str]] = {}
    """Templates of names that stand for full identities other than ``identity`` in the place of
    who uses them, with the templates of these."""
    listing_omits: ClassVar[tuple[str, ...]] = ()
    """Templates of full identities that the listing leaves out though they exist: what refers to
    one is UNREADABLE where it would be NOT_FOUND or UNKNOWN_OWNER."""
    unique_within: ClassVar[Literal["global", "account", "region"]] = "region"
    """How far a key other than the id is unique."""
    global_keys: ClassVar[tuple[str, ...]] = ()
    """Fields that are unique everywhere all the same, e.g. a DNS name."""
    account_label: ClassVar[str] = ""
    """The label of what owns the provider's resources: its accounts, subscriptions, projects or
    tenants."""
    wire_case: ClassVar[Literal["pascal", "camel"]] = "pascal"
    """How the provider spells field names."""
    references: ClassVar[dict[str, Reference]] = {}
    """The fields that refer to other resources."""
    sources: ClassVar[dict[str, Source]] = {}
    """Where each field comes from."""
    own_policy: ClassVar[PolicyField | None] = None
    """The field that holds the policy of the resource itself, if it can have one."""

    id: str
    """The full identity (ARN, ARM id, full resource name)."""
    name: str | None = field("Name.")
    account: str | None = field("Owning account, subscription, project or tenant.", call="-")
    region: str | None = field("Region or location; `global` where there is none.", call="-")
    tags: list[str] | None = field("Tags as `key=value`, sorted.", call="-")
    missing: MissingReason | None = field(
        "Why this target of a reference was not found; null on resources that were.", call="-"
    )

    _readers: ClassVar[list[tuple[str, Callable[[Mapping[str, Any]], Any], Any]]] = []

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Reads the declarations off the fields once, when the model is defined."""
        if "service" not in cls.__dict__:
            cls.service = cls.__module__.rpartition(".")[2].rstrip("_").replace("_", "-")
        cls.references = {}
        cls.sources = {}
        cls.own_policy = None
        cls._readers = []
        spell = to_pascal if cls.wire_case == "pascal" else to_camel
        for name, info in cls.model_fields.items():
            source = _metadata(info, Source) or Source()
            cls.sources[name] = source
            reference = _metadata(info, Reference)
            if reference:
                cls.references[name] = reference
            deciding = _metadata(info, Deciding)
            if deciding and cls.own_policy:
                raise TypeError(f"{cls.__name__} declares two policies of its own")
            if deciding:
                cls.own_policy = PolicyField(name, deciding.service)
            path = source.wire or spell(name)
            empty = None if source.call else _empty_value(info)
            cls._readers.append((name, wire_reader(path), empty))

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource of an API's answer, read at a location.

        A text or list that the answer leaves out is empty; a field that a further call reads
        stays None unless ``known`` or ``raw`` gives it. The owner is taken from the identity where
        it is in there, else from the location.
        """
        values: dict[str, Any] = {}
        for name, read, empty in cls._readers:
            value = read(raw)
            values[name] = empty if value is None else value
        values |= known
        values["account"] = known.get("account") or here.account
        values["region"] = known.get("region") or here.region
        identity = Identity.of(cls.identity)
        if not values["id"]:
            values["id"] = identity.build({"partition": here.partition, **values})
        owner = identity.parse(values["id"] or "") or {}
        for part in ("account", "region"):
            if part not in known and owner.get(part):
                values[part] = owner[part]
        return cls(**values)

    @classmethod
    def readers(cls) -> Iterator[tuple[str, Any, Callable[[Mapping[str, Any]], Any]]]:
        """The fields that an answer tells: their names, their types, and how each is read."""
        for name, read, _ in cls._readers:
            if cls.sources[name].call != "-" and name != "id":
                yield name, cls.model_fields[name].annotation, read

    @classmethod
    def absent(cls, id: str, reason: MissingReason, **known: Any) -> Self:  # noqa: A002
        """The node that stands for a resource which is referred to but was not collected."""
        parts = Identity.of(cls.identity).parse(id) or {}
        values = {name: value for name, value in parts.items() if name in cls.model_fields}
        return cls(**{**values, **known, "id": id, "missing": reason})


def _metadata(info: FieldInfo, kind: type[T]) -> T | None:
    return next((item for item in info.metadata if isinstance(item, kind)), None)


def _empty_value(info: FieldInfo) -> Any:
    for choice in _choices(info.annotation):
        if choice is str:
            return ""
        if get_origin(choice) is list:
            return []
    return None


def _choices(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(
            choice.__origin__ if hasattr(choice, "__metadata__") else choice
            for choice in get_args(annotation)
        )
    return (annotation,)


class UnknownResource(Resource):
    """Something that a reference names and whose kind no collector knows."""

    provider = "any"
    label = "UnknownResource"
    identity = "{id}"


class Internet(Resource):
    """Everyone on the public internet; the one node that exposure starts from."""

    provider = "any"
    service = "internet"
    label = "Internet"
    identity = "{id}"


class ExternalSubject(Resource):
    """Somebody outside whose tokens are trusted: a repository, an organization or any other subject
    of an issuer that nothing in the scan is."""

    provider = "any"
    service = "internet"
    label = "ExternalSubject"
    identity = "https://{issuer}#{subject}"
