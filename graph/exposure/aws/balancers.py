"""Load balancers of AWS that the internet reaches: directly, or behind one another."""

from ...derivation import Derivation, Derived
from ...intervals import Ranges
from ...view import GraphView
from ..protocols import protocol_name
from ..reach import (
    BEHIND,
    DIRECT,
    NOBODY,
    ReachKey,
    ReachSet,
    reaches,
)
from .admission import Admission
from .arrivals import FILTERS, PASSED, Arrivals
from .load_balancers import (
    CLASSIC,
    CLASSIC_LISTENER,
    LISTENER,
    LISTENER_RULE,
    MODERN,
    TARGET,
    TARGET_GROUP,
    LoadBalancers,
    ReachedListener,
    at_listener,
    forwarded,
    past,
)
from .location import location


class _Balancers:
    def __init__(self, view: GraphView) -> None:
        self.reach = ReachSet()
        self._view = view
        self._balancers = LoadBalancers(view)
        self._arrivals = Arrivals(view)
        self._admission = Admission(view, self._arrivals)

    def follow_internet_facing(self, label: str) -> None:
        """Load balancers of a kind with public addresses."""
        for balancer in self._balancers.all(label):
            if self._balancers.is_internal(balancer):
                continue
            unread = self._view.get(balancer, "scheme") is None
            doubt = frozenset([f"scheme of {self._view.name(balancer)}"]) if unread else NOBODY
            place = location(self._view, balancer)
            for listener in self._balancers.listeners(balancer):
                for family in self._balancers.families(balancer):
                    for protocol in listener.protocols:
                        for arrival in self._arrivals.on(place, protocol, family, listener.ports):
                            known = arrival._replace(unread=arrival.unread | doubt)
                            here = ReachedListener(DIRECT, protocol, family, listener, known)
                            self._reached(balancer, here, NOBODY)

    def follow_reached(self) -> None:
        """What stands behind load balancers that are reached in another way."""
        for balancer in self._balancers.all(MODERN):
            for here in self._balancers.reached(balancer):
                self._pass_on(balancer, here, frozenset([balancer]))

    def _reached(self, balancer: str, here: ReachedListener, passed: frozenset[str]) -> None:
        self.reach.add(
            ReachKey(balancer, here.path, protocol_name(here.protocol), here.family),
            at_listener(here.listener, here.arrival),
        )
        through = past(balancer, here.listener, here.arrival)
        self._pass_on(balancer, here._replace(arrival=through), passed | {balancer})

    def _pass_on(self, balancer: str, here: ReachedListener, passed: frozenset[str]) -> None:
        view = self._view
        for forward in self._balancers.forwards(balancer, here.listener):
            label = view.get(forward.target, "label")
            if label != MODERN or view.is_missing(forward.target) or forward.target in passed:
                continue
            arrival = forwarded(view, balancer, forward, here.arrival)
            place = location(view, forward.target)
            admitted = self._admission.admitted(balancer, place, forward, here.protocol, arrival)
            if admitted is None:
                continue
            for listener in self._balancers.listeners(forward.target):
                if here.protocol in listener.protocols and Ranges([listener.ports]) & Ranges(
                    [arrival.ports]
                ):
                    inner = here._replace(path=BEHIND, listener=listener, arrival=admitted)
                    self._reached(forward.target, inner, passed)


def _derive_classic(view: GraphView) -> Derived:
    found = _Balancers(view)
    found.follow_internet_facing(CLASSIC)
    return found.reach.derived()


def _derive(view: GraphView) -> Derived:
    found = _Balancers(view)
    found.follow_internet_facing(MODERN)
    found.follow_reached()
    return found.reach.derived()


_BEFORE_CLASSIC = FILTERS | {CLASSIC_LISTENER}
CLASSIC_BALANCERS = Derivation(
    name="aws classic load balancers",
    provider="aws",
    derive=_derive_classic,
    writes=reaches(CLASSIC),
    reads=_BEFORE_CLASSIC,
    notices=_BEFORE_CLASSIC,
    through=PASSED,
)
_SHOWN = FILTERS | {LISTENER, LISTENER_RULE}
BALANCERS = Derivation(
    name="aws load balancers",
    provider="aws",
    derive=_derive,
    writes=reaches(MODERN),
    reads=_SHOWN | {MODERN, TARGET_GROUP, TARGET},
    notices=_SHOWN,
    through=PASSED,
    reads_edges=reaches(MODERN),
)
