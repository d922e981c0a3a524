"""What security groups let in, as the checks on them ask for it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ....graph.addresses import EVERY, PUBLIC, Family
from ....graph.exposure.aws.filters import SecurityGroups
from ....graph.exposure.protocols import all_ports, protocol_name
from ....graph.exposure.traffic import TrafficSet
from ....graph.intervals import Ranges
from ....graph.traversal import once_per_graph
from ....graph.view import GraphView
from ...check import Row, Traversal

if TYPE_CHECKING:
    import networkx

GROUP, RULE, LIST = "AWSEC2SecurityGroup", "AWSEC2SecurityGroupRule", "AWSPrefixList"


class Opening(NamedTuple):
    """The ports of a protocol on which a group lets in what is asked for: for certain, and
    perhaps, with what is unread."""

    protocol: int
    family: Family
    certain: Ranges
    perhaps: Ranges
    unread: frozenset[str]

    def among(self, ports: Ranges) -> "Opening":
        """Only what concerns these ports."""
        return self._replace(certain=self.certain & ports, perhaps=self.perhaps & ports)


Measure = Callable[[TrafficSet, Family], tuple[Ranges, Ranges]]


def to_internet(passage: TrafficSet, family: Family) -> tuple[Ranges, Ranges]:
    """Ports open to the internet."""
    return passage.open_ports(family)


def to_public_addresses(passage: TrafficSet, family: Family) -> tuple[Ranges, Ranges]:
    """Ports open to any public address at all."""
    certain, possible = (
        Ranges((first, last) for first, last, found in flows.spans if found & PUBLIC[family])
        for flows in (passage.certain, passage.possible)
    )
    return certain, possible - certain


def openings(groups: SecurityGroups, group: str, measure: Measure) -> Iterator[Opening]:
    """What a group opens, by protocol and address family."""
    for family in Family:
        for protocol in sorted(groups.protocols([group], family)):
            passage = groups.passage((group,), protocol, family)
            found = measure(passage.between(all_ports(protocol), EVERY[family]), family)
            yield Opening(protocol, family, *found, passage.unread)


class _Openings:
    """What every group of a graph opens, found out when first asked for."""

    def __init__(self, graph: "networkx.MultiDiGraph") -> None:
        self.view = GraphView(graph)
        self.groups = SecurityGroups(self.view)
        self._found: dict[tuple[str, Measure], list[Opening]] = {}

    def of(self, group: str, measure: Measure) -> list[Opening]:
        """What a group opens, by a measure."""
        if (group, measure) not in self._found:
            self._found[group, measure] = list(openings(self.groups, group, measure))
        return self._found[group, measure]


_openings = once_per_graph(_Openings)


def judged(
    asked: Callable[[Opening], Opening],
    measure: Measure = to_internet,
    spared: Callable[[GraphView, str], bool] = lambda _view, _group: False,
    labels: tuple[str, ...] = (),
) -> Traversal:
    """For every security group, whether it opens nothing of what is ``asked``; ``spared`` groups
    may."""

    def walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
        known = _openings(graph)
        for group in known.view.labelled(GROUP):
            found = [asked(opening) for opening in known.of(group, measure)]
            yield _row(known.groups, group, found, spared(known.view, group))

    return Traversal((GROUP, RULE, LIST, *labels), walk)


def _row(groups: SecurityGroups, group: str, found: list[Opening], is_spared: bool) -> Row:
    certain = [opening for opening in found if opening.certain]
    perhaps = [opening for opening in found if opening.perhaps]
    if is_spared or not (certain or perhaps):
        return Row(group, passed=True)
    rules = {
        id_
        for opening in certain or perhaps
        for ports in (opening.certain or opening.perhaps)
        for _, id_ in groups.evidence([group], opening.protocol, opening.family, ports)
    }
    words = "; ".join(dict.fromkeys(_words(opening) for opening in certain))
    unread = sorted({text for opening in perhaps for text in opening.unread})
    return Row(
        group,
        passed=False if certain else None,
        unread=[f"{text} could not be read" for text in unread],
        evidence=sorted(rules),
        values={"ports": words},
    )


def _words(opening: Opening) -> str:
    ports = ", ".join(
        str(first) if first == last else f"{first}-{last}" for first, last in opening.certain
    )
    return f"{protocol_name(opening.protocol).upper()} {ports}"
