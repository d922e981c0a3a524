"""Logs that are sent out of the organization, or nowhere."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Row, Severity, Traversal
from ...neighbours import owned, present, sources, targets
from ..tree import ABOVE, above, unread_above

if TYPE_CHECKING:
    import networkx

_SINK, _PROJECT = "GCPLoggingSink", "GCPProject"
_PLACES = (
    "GCPBigQueryDataset",
    "GCPBucket",
    "GCPLogBucket",
    "GCPProject",
    "GCPPubSubTopic",
    "UnknownResource",
)


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for sink in present(graph, _SINK):
        yield from _rows(graph, sink, sink)


def _walk_above(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for project in present(graph, _PROJECT):
        for scope in above(graph, project):
            for sink in sources(graph, scope, "PART_OF", _SINK):
                if graph.nodes[sink]["include_children"] is not False:
                    yield from _rows(graph, project, sink)
        if (unread := unread_above(graph, project)) is not None:
            is_missing = graph.nodes[unread]["missing"] is not None
            yield Row(
                project,
                None,
                undecided_by=unread if is_missing else None,
                unread=() if is_missing else ["what the project lies in could not be read"],
            )


def _rows(graph: "networkx.MultiDiGraph", judged: str, sink: str) -> Iterator[Row]:
    if graph.nodes[sink]["disabled"]:
        return
    for place in targets(graph, sink, "LOGS_TO"):
        there = graph.nodes[place]
        missing = there["missing"]
        own, other = _organization(graph, judged), _owner(graph, place)
        passed = False if missing == "NOT_FOUND" else None
        if missing is None and own is not None and other is not None:
            passed = own == other
        is_unread = passed is None and missing is None
        yield Row(
            judged,
            passed,
            undecided_by=place if passed is None and missing else None,
            unread=["which organization it is in could not be read"] if is_unread else (),
            evidence=sorted({sink, place}),
            values={
                "sink": graph.nodes[sink]["name"],
                "where": there["name"] or place,
                "what": "which does not exist" if missing else "of another organization",
            },
        )


def _owner(graph: "networkx.MultiDiGraph", place: str) -> str | None:
    if graph.nodes[place]["label"] == _PROJECT:
        return _organization(graph, place)
    account = graph.nodes[place]["account"]
    project = next(iter(owned(graph, _PROJECT, account)), None) if account else None
    return None if project is None else _organization(graph, project)


def _organization(graph: "networkx.MultiDiGraph", resource: str) -> str | None:
    """The organization of a project, or of what one has; the project itself if it is in none; None
    if it was not read."""
    if graph.nodes[resource]["label"] == _SINK:
        project = next(iter(owned(graph, _PROJECT, graph.nodes[resource]["account"])), None)
        return None if project is None else _organization(graph, project)
    if unread_above(graph, resource) is not None:
        return None
    *_, last = resource, *above(graph, resource)
    return last


def _check(
    id_: str, label: str, whose: str, walk: Traversal, selected_by: tuple[str, ...] = ()
) -> Check:
    return Check(
        id=id_,
        title=f"Logs {whose} stay in the organization",
        provider="gcp",
        service="logging",
        severity=Severity.HIGH,
        categories=(Category.LOGGING,),
        resource=label,
        what=(
            f"What sinks {whose} send logs to exists, and lies in a project of the same "
            "organization. A destination in a project that was not scanned is MANUAL: scan all of "
            "your projects together. Sinks that are switched off do not count."
        ),
        why=(
            "The owner of the other organization reads the logs, and may delete them; logs that "
            "go to a place which is gone are lost."
        ),
        remediation="gcloud logging sinks update SINK DESTINATION, or delete the sink",
        passes="{sink} sends logs to {where} of the same organization.",
        fails="{sink} sends logs to {where}, {what}.",
        rule=walk,
        pass_requires_listing=selected_by,
        selected_by=selected_by,
        references=("https://docs.cloud.google.com/logging/docs/export/configure_export_v2",),
    )


family = (
    _check(
        "sink_out_of_the_organization",
        _SINK,
        "of the project",
        Traversal((_SINK, _PROJECT, *ABOVE, *_PLACES), _walk),
    ),
    _check(
        "aggregated_sink_out_of_the_organization",
        _PROJECT,
        "that its folders or its organization collect of the project",
        Traversal((_SINK, _PROJECT, *ABOVE, *_PLACES), _walk_above),
        selected_by=(_SINK,),
    ),
)
