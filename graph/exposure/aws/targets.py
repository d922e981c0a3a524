"""What stands behind load balancers of AWS that the internet reaches: instances, tasks and their
interfaces, and functions."""

from collections.abc import Iterator
from typing import NamedTuple

from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import protocol_name
from ..reach import BEHIND, ReachInterval, ReachKey, ReachSet, reaches
from .admission import Admission
from .arrivals import FILTERS, PASSED, Arrivals
from .attachments import INSTANCE, TASK, instances_of, main_interfaces, tasks_of
from .load_balancers import (
    CLASSIC,
    CLASSIC_LISTENER,
    LISTENER,
    LISTENER_RULE,
    MODERN,
    TARGET,
    TARGET_GROUP,
    Forward,
    LoadBalancers,
    ReachedListener,
    forwarded,
)
from .location import INTERFACE, location

_FUNCTION = "AWSLambda"


class _Forwarded(NamedTuple):
    """What a reached listener hands on, and to what."""

    balancer: str
    here: ReachedListener
    forward: Forward
    label: str


def _all_forwarded(view: GraphView, *kinds: str) -> Iterator[_Forwarded]:
    balancers = LoadBalancers(view)
    for balancer in (each for kind in kinds for each in balancers.all(kind)):
        for here in balancers.reached(balancer):
            for forward in balancers.forwards(balancer, here.listener):
                yield _Forwarded(balancer, here, forward, view.get(forward.target, "label"))


def _derive_targets(view: GraphView) -> Derived:
    reach, admission = ReachSet(), Admission(view, Arrivals(view))
    for balancer, here, forward, label in _all_forwarded(view, CLASSIC, MODERN):
        interfaces: list[str] = []
        if label == INSTANCE:
            interfaces = main_interfaces(view, forward.target)
        elif label == INTERFACE:
            interfaces = [forward.target]
        arrival = forwarded(view, balancer, forward, here.arrival)
        for interface in interfaces:
            admitted = admission.admitted(
                balancer, location(view, interface), forward, here.protocol, arrival
            )
            if admitted is None:
                continue
            key = ReachKey(interface, BEHIND, protocol_name(here.protocol), here.family)
            attached = (*instances_of(view, interface), *tasks_of(view, interface))
            for target in (interface, *attached):
                reach.add(key._replace(target=target), admitted)
    return reach.derived()


def _derive_functions(view: GraphView) -> Derived:
    reach = ReachSet()
    for _, here, forward, label in _all_forwarded(view, MODERN):
        if label == _FUNCTION:
            # A function has no ports; it is the load balancer's that one connects to.
            arrival = here.arrival
            reach.add(
                ReachKey(forward.target, BEHIND, protocol_name(here.protocol), here.family),
                ReachInterval(
                    arrival.ports,
                    arrival.unread | forward.unread,
                    arrival.evidence | forward.evidence,
                ),
            )
    return reach.derived()


_SHOWN = frozenset({LISTENER, LISTENER_RULE})
_SHOWN_BEHIND = FILTERS | _SHOWN | {CLASSIC_LISTENER, TARGET}
TARGETS = Derivation(
    name="aws load balancer targets",
    provider="aws",
    derive=_derive_targets,
    writes=reaches(INTERFACE, INSTANCE, TASK),
    reads=_SHOWN_BEHIND | {CLASSIC, MODERN, TARGET_GROUP, INTERFACE},
    notices=_SHOWN_BEHIND,
    through=PASSED,
    reads_edges=reaches(CLASSIC, MODERN),
)
FUNCTIONS = Derivation(
    name="aws load balancer functions",
    provider="aws",
    derive=_derive_functions,
    writes=reaches(_FUNCTION),
    reads=_SHOWN | {MODERN, TARGET_GROUP, TARGET},
    notices=_SHOWN,
    reads_edges=reaches(MODERN),
)
