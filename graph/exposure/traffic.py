"""What a chain of filters lets through, as far as it could be read."""

from typing import NamedTuple

from ..addresses import EVERY, Family, is_internet
from ..intervals import Flows, Interval, Ranges
from ..logic import ReasonedTruth

PORTS: Interval = (0, 65535)


class TrafficSet(NamedTuple):
    """What is let through for certain, and what may be as far as is known.

    ``certain`` lies within ``possible``. Where they differ, ``unread`` says what would decide.
    """

    certain: Flows
    possible: Flows
    unread: frozenset[str] = frozenset()

    @classmethod
    def known(cls, flows: Flows) -> "TrafficSet":
        """A filter that was read in full."""
        return cls(flows, flows)

    @classmethod
    def unknown(cls, family: Family, why: str) -> "TrafficSet":
        """A filter of which nothing is known."""
        return cls(Flows(), Flows.rectangle(PORTS, EVERY[family]), frozenset([why]))

    @classmethod
    def to(cls, addresses: Ranges, at_most: Ranges, unread: frozenset[str]) -> "TrafficSet":
        """A filter that looks at the address alone."""
        return cls(
            Flows.rectangle(PORTS, addresses), Flows.rectangle(PORTS, at_most), unread
        )._settled()

    def __and__(self, other: "TrafficSet") -> "TrafficSet":
        return TrafficSet(
            self.certain & other.certain,
            self.possible & other.possible,
            self.unread | other.unread,
        )._settled()

    def __or__(self, other: "TrafficSet") -> "TrafficSet":
        return TrafficSet(
            self.certain | other.certain,
            self.possible | other.possible,
            self.unread | other.unread,
        )._settled()

    def between(self, ports: Interval, addresses: Ranges) -> "TrafficSet":
        """Only what concerns these ports and addresses."""
        return self & TrafficSet.known(Flows.rectangle(ports, addresses))

    def from_any_port(self) -> "TrafficSet":
        """What could pass on some port, as one that chooses its port freely may."""
        return TrafficSet.to(self.certain.addresses, self.possible.addresses, self.unread)

    def open_ports(self, family: Family) -> tuple[Ranges, Ranges]:
        """The ports that are open to the internet: for certain, and perhaps."""
        certain = _open(self.certain, family)
        return certain, _open(self.possible, family) - certain

    def ports_open_to(self, clients: Ranges) -> tuple[Ranges, Ranges]:
        """The ports that are open to all of these addresses, and those that may be to any."""
        certain = Ranges(
            (first, last) for first, last, found in self.certain.spans if not clients - found
        )
        possible = Ranges(
            (first, last) for first, last, found in self.possible.spans if clients & found
        )
        return certain, possible - certain

    @property
    def any(self) -> ReasonedTruth:
        """Whether anything is let through."""
        if self.certain:
            return ReasonedTruth(True)
        return ReasonedTruth(None, self.unread) if self.possible else ReasonedTruth(False)

    def _settled(self) -> "TrafficSet":
        return self._replace(unread=frozenset()) if self.certain == self.possible else self


def _open(flows: Flows, family: Family) -> Ranges:
    return Ranges(
        (first, last) for first, last, addresses in flows.spans if is_internet(addresses, family)
    )
