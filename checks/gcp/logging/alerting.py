"""Whether somebody is notified of events in a project: a metric counts them in its logs, an alert
policy watches the metric, and a notification channel is notified."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ....graph.logic import Truth, all_of, any_of, negation
from ...check import Place, Row, Traversal
from ...neighbours import owned, present, sources, targets
from ..tree import ABOVE, above, unread_above
from .query_language import matches

if TYPE_CHECKING:
    import networkx

_PROJECT, _METRIC, _POLICY = "GCPProject", "GCPLogMetric", "GCPAlertPolicy"
_CHANNEL, _SINK, _BUCKET = "GCPNotificationChannel", "GCPLoggingSink", "GCPLogBucket"
RESTS_ON = (_METRIC, _POLICY, _CHANNEL, _SINK)
"""The labels that must have been listed before nobody can be said to be notified."""


class Sample(NamedTuple):
    """An event, and what Cloud Logging writes of it."""

    says: str
    entry: Mapping[str, Any]


def alerted(samples: Sequence[Sample]) -> Traversal:
    """Whether somebody is notified of each of these events, project by project."""

    def walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
        for project in present(graph, _PROJECT):
            yield _judged(graph, project, samples)

    return Traversal((_PROJECT, *ABOVE, _METRIC, _POLICY, _CHANNEL, _SINK, _BUCKET), walk)


def _judged(graph: "networkx.MultiDiGraph", project: str, samples: Sequence[Sample]) -> Row:
    notified = {metric: _notifies_somebody(graph, metric) for metric in present(graph, _METRIC)}
    sent = {sink: [*targets(graph, sink, "LOGS_TO", _BUCKET)] for sink in _sinks(graph, project)}
    silent, open_, used = [], [], set()
    # What lies above may send events to a log bucket, where a metric counts them.
    unread = [each for each in [unread_above(graph, project)] if each is not None]
    for sample in samples:
        found = {
            metric: all_of((_counts(graph, project, metric, sample, sent), is_notified))
            for metric, is_notified in notified.items()
        }
        used |= {metric for metric, truth in found.items() if truth is not False}
        elsewhere = [*_unread_buckets(graph, sample, sent), *unread]
        truth = any_of((*found.values(), *(None for _ in elsewhere)))
        if truth is None:
            open_ += [metric for metric, each in found.items() if each is None] + elsewhere
        elif truth is False:
            silent.append(sample.says)
    names = ", ".join(sorted({str(graph.nodes[each]["name"] or each) for each in open_}))
    buckets = {each for some in sent.values() for each in some}
    accounts = {graph.nodes[each]["account"] for each in (project, *buckets)} - {None}
    return Row(
        project,
        False if silent else None if open_ else True,
        unread=[f"whether somebody is notified by way of {names} is not known"],
        evidence=sorted(used),
        values={"silent": ", ".join(silent)},
        listing_scope=[Place(each) for each in sorted(accounts)],
    )


def _unread_buckets(
    graph: "networkx.MultiDiGraph", sample: Sample, sent: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """The log buckets that an event is sent to and whose metrics were not read with them."""
    for sink, buckets in sent.items():
        if _arrives(graph, sink, sample) is not False:
            yield from (
                each for each in buckets if graph.nodes[each]["missing"] not in (None, "NOT_FOUND")
            )


def _notifies_somebody(graph: "networkx.MultiDiGraph", metric: str) -> Truth:
    """Whether somebody is notified when a metric counts something."""
    policies = [*sources(graph, metric, "WATCHES", _POLICY)]
    notified = any_of(_notifies(graph, each) for each in policies)
    if notified is not True and _may_be_watched_elsewhere(graph, metric):
        notified = None
    return all_of((negation(graph.nodes[metric]["disabled"]), notified))


def _may_be_watched_elsewhere(graph: "networkx.MultiDiGraph", metric: str) -> bool:
    """Whether a policy of another project names such a metric, which it may see in a scope."""
    name = graph.nodes[metric]["name"]
    return any(
        properties["label"] == _METRIC
        and properties["missing"] == "NOT_FOUND"
        and other.rpartition("/")[2] == name
        for other, properties in graph.nodes(data=True)
    )


def _notifies(graph: "networkx.MultiDiGraph", policy: str) -> Truth:
    channels = [graph.nodes[each] for each in targets(graph, policy, "NOTIFIES", _CHANNEL)]
    reached = (
        False if each["missing"] == "NOT_FOUND" else None if each["missing"] else each["enabled"]
        for each in channels
    )
    return all_of((graph.nodes[policy]["enabled"], any_of(reached)))


def _counts(
    graph: "networkx.MultiDiGraph",
    project: str,
    metric: str,
    sample: Sample,
    sent: Mapping[str, Sequence[str]],
) -> Truth:
    """Whether a metric counts an event of a project."""
    query = graph.nodes[metric]["filter"]
    counted = None if query is None else matches(query, sample.entry)
    buckets = {*targets(graph, metric, "READS_FROM", _BUCKET)}
    if not buckets:
        is_own = graph.nodes[metric]["account"] == graph.nodes[project]["account"]
        return counted if is_own else False
    arrives = (
        _arrives(graph, sink, sample) for sink, each in sent.items() if buckets.intersection(each)
    )
    return all_of((counted, any_of(arrives)))


def _sinks(graph: "networkx.MultiDiGraph", project: str) -> Iterator[str]:
    """The sinks that send what a project logs: its own, and those above it that include it."""
    yield from owned(graph, _SINK, graph.nodes[project]["account"])
    for scope in above(graph, project):
        for sink in sources(graph, scope, "PART_OF", _SINK):
            if graph.nodes[sink]["include_children"] is not False:
                yield sink


def _arrives(graph: "networkx.MultiDiGraph", sink: str, sample: Sample) -> Truth:
    query = graph.nodes[sink]["filter"]
    sent = None if query is None else matches(query, sample.entry)
    return all_of((negation(graph.nodes[sink]["disabled"]), sent))
