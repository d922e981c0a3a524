"""The shape of the graph, read off the models: what snapshots and stores create beforehand."""

import types
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, Field

from .model import RELATIONSHIPS, PolicyField, Resource, UnknownResource


class UndeclaredPoliciesError(ValueError):
    """A graph or schema does not say which fields hold the policies of resources themselves."""

    def __init__(self) -> None:
        super().__init__("it is not said which fields hold the policies of resources themselves")


class Column(StrEnum):
    """The property types that every engine has."""

    STRING = "STRING"
    INT64 = "INT64"
    DOUBLE = "DOUBLE"
    BOOL = "BOOL"
    STRINGS = "STRING[]"
    INTS = "INT64[]"


class EdgeType(NamedTuple):
    """Between which labels edges of a type run."""

    source: str
    rel: str
    target: str


class Schema(BaseModel):
    """Labels with their columns, relationship types with theirs, and what they join."""

    labels: dict[str, dict[str, Column]]
    relationships: dict[str, dict[str, Column]]
    pairs: list[EdgeType]
    calls: dict[str, dict[str, str]] = {}
    """The API call that reads a field, by label and field, where it is not the listing."""
    services: dict[str, str] = {}
    """The service that owns each label, whose calls need not name it."""
    owner_identities: list[str] = []
    """The forms in which full identities, of whatever kind, name their owners."""
    account_labels: dict[str, str] = {}
    """The label of each provider's accounts."""
    own_policies: dict[str, PolicyField] | None = None
    """The fields that hold the policies of resources themselves, by label; None if what wrote
    the schema did not say yet."""
    newer_labels: list[str] = Field([], exclude=True)
    """Labels that there are now, and were not yet when the schema was written."""
    newer: list[EdgeType] = Field([], exclude=True)
    """Pairs that references lead between now, and did not yet when the schema was written."""

    @classmethod
    def of(cls, models: Iterable[type[Resource]], derived: Iterable[EdgeType] = ()) -> "Schema":
        """The schema of these models and of the edges that are derived from them: those whose ends
        have models."""
        all_models = list(models)
        known = {model.label for model in all_models}
        pairs = {edge for edge in derived if {edge.source, edge.target} <= known}
        for model in all_models:
            for reference in model.references.values():
                for other in (*reference.labels, *fallback(reference.labels)):
                    ends = (other, model.label) if reference.inverse else (model.label, other)
                    pairs.add(EdgeType(ends[0], reference.rel, ends[1]))
        return cls(
            labels={
                model.label: {
                    "id": Column.STRING,
                    "provider": Column.STRING,
                    **{
                        name: column_of(info.annotation)
                        for name, info in model.model_fields.items()
                    },
                }
                for model in sorted(all_models, key=lambda model: model.label)
            },
            relationships={
                rel: {"via": Column.STRING}
                | {name: column_of(kind) for name, kind in declared.properties.items()}
                for rel, declared in sorted(RELATIONSHIPS.items())
            },
            pairs=sorted(pairs),
            calls={
                model.label: {
                    name: source.call
                    for name, source in model.sources.items()
                    if source.call and source.call != "-"
                }
                for model in sorted(all_models, key=lambda model: model.label)
            },
            services={
                model.label: model.service
                for model in sorted(all_models, key=lambda model: model.label)
            },
            owner_identities=owner_identities(all_models),
            account_labels={
                model.provider: model.account_label
                for model in sorted(all_models, key=lambda model: model.provider)
                if model.account_label
            },
            own_policies=own_policies(all_models),
        )

    def completed(self, current: "Schema") -> "Schema":
        """This schema, which an older Clew may have written, with what it does not say of its
        fields as the models say it now. What there is in the scan stays what was written."""
        return self.model_copy(
            update={
                "calls": {**current.calls, **self.calls},
                "services": {**current.services, **self.services},
                "owner_identities": sorted({*current.owner_identities, *self.owner_identities}),
                "account_labels": {**current.account_labels, **self.account_labels},
                "own_policies": {**(current.own_policies or {}), **(self.own_policies or {})},
                "newer_labels": sorted({*current.labels} - {*self.labels}),
                "newer": sorted({*current.pairs} - {*self.pairs}),
            }
        )

    def referring(self, label: str) -> tuple[str, ...]:
        """The labels whose references lead to a label."""
        return tuple(sorted({pair.source for pair in self._declared if pair.target == label}))

    def referred(self, label: str, rel: str) -> tuple[str, ...]:
        """The labels that a label's references of a type lead to."""
        ends = (pair.target for pair in self._declared if pair[:2] == (label, rel))
        return tuple(sorted(set(ends)))

    @property
    def _declared(self) -> Iterator[EdgeType]:
        """The pairs of references; an edge that is derived has more to tell than its field."""
        return (pair for pair in self.pairs if set(self.relationships[pair.rel]) == {"via"})

    def joining(self, pairs: Iterable[EdgeType]) -> "Schema":
        """This schema with further pairs, of edges that the models do not foresee."""
        return self.model_copy(update={"pairs": sorted({*self.pairs, *pairs})})


def owner_identities(models: Iterable[type[Resource]]) -> list[str]:
    """The forms in which full identities of these models' providers name their owners."""
    return sorted({model.owner_identity for model in models} - {""})


def declared_policies(
    found: Mapping[str, PolicyField] | None,
) -> Mapping[str, PolicyField]:
    """The fields that hold the policies of resources themselves, by label.

    :raises UndeclaredPoliciesError: if it is not said which; none would mean that nobody is let in.
    """
    if found is None:
        raise UndeclaredPoliciesError
    return found


def own_policies(models: Iterable[type[Resource]]) -> dict[str, PolicyField]:
    """The fields of these models that hold the policies of resources themselves, by label."""
    found = {model.label: model.own_policy for model in models}
    return {label: field for label, field in sorted(found.items()) if field}


def fallback(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The label of a target whose kind none of the possible labels fits."""
    return (UnknownResource.label,) if len(labels) > 1 else ()


def column_of(annotation: Any) -> Column:
    """The column that holds values of a field's type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return column_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        (kind,) = (choice for choice in get_args(annotation) if choice is not type(None))
        return column_of(kind)
    if origin is list:
        return {str: Column.STRINGS, int: Column.INTS}[get_args(annotation)[0]]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return Column.STRING
    return {
        str: Column.STRING,
        bool: Column.BOOL,
        int: Column.INT64,
        float: Column.DOUBLE,
    }[annotation]
