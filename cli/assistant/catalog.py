"""What Clew knows, for assistants: lists, one thing explained, and the schema of a scan."""

from typing import TYPE_CHECKING, Any, Literal

from ...errors import UsageError
from ...graph.suggestions import nearest

if TYPE_CHECKING:
    from ...graph.snapshot import Snapshot

Kind = Literal["checks", "queries", "labels", "relationships", "collectors", "techniques"]
_NAMES = {
    "checks": "id",
    "queries": "name",
    "labels": "label",
    "relationships": "type",
    "collectors": "service",
    "techniques": "id",
}
"""What the rows of a kind are called by."""
_IN_SHORT = ("id", "category", "difficulty", "title")


def rows(kind: Kind, snapshot: "Snapshot") -> list[dict[str, Any]]:
    """All of a kind, in short."""
    from .. import listing

    if kind == "checks":
        return listing.check_rows()
    if kind == "queries":
        return listing.query_rows()
    if kind == "collectors":
        return [{**row, "permissions": len(row["permissions"])} for row in listing.collector_rows()]
    if kind == "techniques":
        return [{name: row[name] for name in _IN_SHORT} for row in listing.technique_rows()]
    if kind == "labels":
        return [{**row, "nodes": _nodes(row["label"], snapshot)} for row in listing.label_rows()]
    return _relationships(snapshot)


def explained(kind: Kind, name: str, snapshot: "Snapshot") -> dict[str, Any]:
    """All about one of a kind.

    :raises UsageError: if there is none of the name.
    """
    from .. import listing

    key = _NAMES[kind]
    found = [row for row in rows(kind, snapshot) if row[key] == name]
    if not found:
        known = [row[key] for row in rows(kind, snapshot)]
        raise UsageError(f"There is no '{name}' among the {kind}.", nearest(name, known))
    if kind == "checks":
        from ...checks import checks

        return listing.explained(checks()[name])
    if kind == "queries":
        from ...scans.querying import saved_query

        return saved_query(name).model_dump(mode="json")
    if kind == "collectors":
        services = (row for row in listing.collector_rows() if row["service"] == name)
        return {"collectors": [*services]}
    if kind == "techniques":
        return next(row for row in listing.technique_rows() if row["id"] == name)
    if kind == "labels":
        from ...collectors.registry import models

        model = next(model for model in models() if model.label == name)
        return {**found[0], "properties": listing.property_rows(model)}
    pairs = (pair for pair in snapshot.pairs if pair.rel == name)
    return {
        **found[0],
        "between": [
            {"from": pair.source, "to": pair.target, "edges": snapshot.edge_count(pair)}
            for pair in pairs
        ],
    }


def schema(snapshot: "Snapshot") -> dict[str, Any]:
    """The labels that have nodes, and the relationship types that have edges."""
    return {
        "labels": {label: snapshot.node_count(label) for label in snapshot.labels},
        "relationships": [row for row in _relationships(snapshot) if row["edges"]],
    }


def _relationships(snapshot: "Snapshot") -> list[dict[str, Any]]:
    from ...graph.model import RELATIONSHIPS

    numbers: dict[str, int] = {}
    for pair in snapshot.pairs:
        numbers[pair.rel] = numbers.get(pair.rel, 0) + snapshot.edge_count(pair)
    return [
        {
            "type": type_,
            "meaning": known.meaning,
            "properties": [*known.properties],
            "edges": numbers.get(type_, 0),
        }
        for type_, known in RELATIONSHIPS.items()
    ]


def _nodes(label: str, snapshot: "Snapshot") -> int:
    return snapshot.node_count(label) if label in snapshot.labels else 0
