"""Whom alarms notify of an event: from the trail that records it to who receives the alarm."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ....graph.logic import all_of, any_of
from ....graph.model import MissingReason
from ...check import Place, Referred, Row, Traversal
from ...neighbours import owned, present, sources, targets
from ..cloudtrail.recording import SHADOW, TRAIL, Event, records, why_unknown
from .filter_pattern import matches
from .firing import can_fire

if TYPE_CHECKING:
    import networkx

ACCOUNT, GROUP, FILTER = "AWSAccount", "AWSLogGroup", "AWSLogMetricFilter"
METRIC, ALARM = "AWSCloudWatchMetric", "AWSCloudWatchAlarm"
COMPOSITE = "AWSCloudWatchCompositeAlarm"
TOPIC, SUBSCRIPTION = "AWSSNSTopic", "AWSSNSSubscription"
RECEIVERS = Referred(ALARM, "NOTIFIES"), Referred(COMPOSITE, "NOTIFIES")
RESTS_ON = (
    TRAIL,
    SHADOW,
    GROUP,
    FILTER,
    METRIC,
    ALARM,
    COMPOSITE,
    TOPIC,
    SUBSCRIPTION,
    "AWSLambda",
)


@dataclass(frozen=True)
class Sample:
    """An event that must raise an alarm, as CloudTrail writes it."""

    says: str
    """What it is, in a few words."""
    log: Mapping[str, Any]

    @property
    def selected_as(self) -> Event:
        """The event as a trail's selectors look at it."""
        return Event(self.log["eventSource"], self.log["eventName"], self.log["readOnly"])


@dataclass
class _Search:
    """The search for those whom alarms notify of one account's events, with all it went over."""

    graph: "networkx.MultiDiGraph"
    matched: dict[tuple[str, str], bool | None]
    """Whether patterns take samples, by what these are: the same in every account."""
    seen: dict[str, None] = field(default_factory=dict)
    unread: dict[str, None] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """Where it led: an organization's trail is in another account than its members."""
        nodes = (self.graph.nodes[each] for each in self.seen)
        return sorted({Place(node["account"] or "", node["region"] or "") for node in nodes})

    def notified_by(self, trail: str, sample: Sample) -> bool | None:
        """Whether what a trail records of the sample ends in an alarm that somebody receives."""
        properties = self._visit(trail)
        recorded = records(properties, sample.selected_as)
        if recorded is None:
            self.unread[why_unknown(properties)] = None
        if properties["missing"] or recorded is False:
            return recorded
        groups = targets(self.graph, trail, "LOGS_TO", GROUP)
        return all_of(
            (recorded, any_of(self._notified_by_group(group, sample) for group in groups))
        )

    def _notified_by_group(self, group: str, sample: Sample) -> bool | None:
        if self._visit(group)["missing"]:
            return self._answer_of_missing(group)
        filters = sources(self.graph, group, "READS_FROM", FILTER)
        return any_of(self._notified_by_filter(each, sample) for each in filters)

    def _notified_by_filter(self, filter_: str, sample: Sample) -> bool | None:
        matching = self._matches(self.graph.nodes[filter_]["filter_pattern"], sample)
        if matching is False:
            return False
        properties = self._visit(filter_)
        if matching is None:
            self.unread[f"what filter {properties['name']} matches cannot be decided"] = None
        metrics = targets(self.graph, filter_, "DELIVERS_TO", METRIC)
        notified = any_of(
            self._notified_by_metric(metric, properties, sample) for metric in metrics
        )
        return all_of((matching, notified))

    def _matches(self, pattern: str | None, sample: Sample) -> bool | None:
        if pattern is None:
            return None
        key = pattern, sample.says
        if key not in self.matched:
            self.matched[key] = matches(pattern, sample.log)
        return self.matched[key]

    def _notified_by_metric(
        self, metric: str, filter_: Mapping[str, Any], sample: Sample
    ) -> bool | None:
        if self._visit(metric)["missing"]:
            return self._answer_of_missing(metric)
        alarms = sources(self.graph, metric, "WATCHES", ALARM)
        return any_of(
            all_of((self._fires(alarm, filter_, sample), self._notified_by_alarm(alarm)))
            for alarm in alarms
        )

    def _fires(self, alarm: str, filter_: Mapping[str, Any], sample: Sample) -> bool | None:
        properties = self._visit(alarm)
        fires = can_fire(properties, filter_, sample.log)
        if fires is None:
            self.unread[f"whether alarm {properties['name']} fires cannot be decided"] = None
        return fires

    def _notified_by_alarm(self, alarm: str, below: frozenset[str] = frozenset()) -> bool | None:
        """Whether its own actions reach somebody, or those of an alarm that watches it; alarms may
        watch each other in a circle."""
        actions = [
            self._receives(receiver)
            for receiver in targets(self.graph, alarm, "NOTIFIES", via="alarm_actions")
        ]
        own = all_of((self._visit(alarm)["actions_enabled"], any_of(actions)))
        below |= {alarm}
        above = sources(self.graph, alarm, "WATCHES", COMPOSITE)
        return any_of(
            [own, *(self._notified_by_alarm(one, below) for one in above if one not in below)]
        )

    def _receives(self, receiver: str) -> bool | None:
        properties = self._visit(receiver)
        # A kind of receiver that nothing collects is taken as it is.
        if properties["label"] != "UnknownResource" and properties["missing"]:
            return self._answer_of_missing(receiver)
        if properties["label"] != TOPIC:
            return True
        subscriptions = sources(self.graph, receiver, "PART_OF", SUBSCRIPTION)
        return any_of(self._visit(each)["confirmed"] for each in subscriptions)

    def _answer_of_missing(self, node: str) -> bool | None:
        properties = self.graph.nodes[node]
        if properties["missing"] == MissingReason.NOT_FOUND:
            return False
        meaning = MissingReason(properties["missing"]).meaning
        self.unread[f"{properties['label']} {properties['name']} {meaning}"] = None
        return None

    def _visit(self, node: str) -> Mapping[str, Any]:
        self.seen[node] = None
        properties: Mapping[str, Any] = self.graph.nodes[node]
        return properties


def alarmed(samples: Sequence[Sample]) -> Traversal:
    """For each account, whether alarms notify somebody of every sample, wherever it happens."""

    def walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
        matched: dict[tuple[str, str], bool | None] = {}
        for account in present(graph, ACCOUNT):
            search = _Search(graph, matched)
            trails = _everywhere(graph, graph.nodes[account]["account"])
            answers = {
                sample.says: any_of(
                    all_of((in_force, search.notified_by(trail, sample)))
                    for trail, in_force in trails.items()
                )
                for sample in samples
            }
            silent = [says for says, answer in answers.items() if answer is False]
            yield Row(
                account,
                all_of(answers.values()),
                evidence=list(search.seen),
                unread=list(search.unread),
                values={"silent": ", ".join(silent)},
                listing_scope=[Place(graph.nodes[account]["account"]), *search.places],
            )

    return Traversal((ACCOUNT, *RESTS_ON, *RECEIVERS), walk)


def _everywhere(graph: "networkx.MultiDiGraph", account: str) -> dict[str, bool | None]:
    """The trails that record every region of an account, its organization's included; whether
    they do may be unknown."""
    found: dict[str, bool | None] = {}
    for trail in owned(graph, TRAIL, account):
        found[trail] = graph.nodes[trail]["is_multi_region_trail"]
    for shadow in owned(graph, SHADOW, account):
        for trail in targets(graph, shadow, "PART_OF", TRAIL):
            found[trail] = graph.nodes[shadow]["is_multi_region_trail"]
    return {trail: everywhere for trail, everywhere in found.items() if everywhere is not False}
