"""Network interfaces and instances of AWS that the internet reaches at addresses of their own."""

from collections.abc import Iterator

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import protocol_name
from ..reach import DIRECT, NOBODY, Evidence, ReachInterval, ReachKey, ReachSet, reaches
from .arrivals import FILTERS, PASSED, Arrivals
from .attachments import INSTANCE, instances_of, public_addresses, unseen_of_instance
from .location import INTERFACE, location


def arriving_at_interface(
    view: GraphView, arrivals: Arrivals, interface: str
) -> Iterator[tuple[int, Family, ReachInterval]]:
    """What arrives at the public addresses of an interface."""
    if view.get(interface, "deny_all_igw_traffic"):
        return
    for family, found in public_addresses(view, interface).items():
        unread = NOBODY
        if found is None:
            unread = frozenset([f"public addresses of {view.name(interface)}"])
        if found or unread:
            evidence = {("network_interfaces", interface)}
            evidence |= {("addresses", address) for address in found or ()}
            for protocol, arrival in arrivals.by_protocol(location(view, interface), family):
                yield protocol, family, _with(arrival, unread, frozenset(evidence))


def _derive(view: GraphView) -> Derived:
    reach, arrivals = ReachSet(), Arrivals(view)
    for interface in view.labelled(INTERFACE):
        targets = [interface, *instances_of(view, interface)]
        for protocol, family, arrival in arriving_at_interface(view, arrivals, interface):
            for target in targets:
                reach.add(ReachKey(target, DIRECT, protocol_name(protocol), family), arrival)
    for instance in view.labelled(INSTANCE):
        unseen = unseen_of_instance(view, instance)
        for family in Family if unseen else ():
            for protocol, arrival in arrivals.by_protocol(location(view, instance), family):
                key = ReachKey(instance, DIRECT, protocol_name(protocol), family)
                reach.add(key, _with(arrival, unseen, frozenset()))
    return reach.derived()


def _with(arrival: ReachInterval, unread: frozenset[str], evidence: Evidence) -> ReachInterval:
    return ReachInterval(arrival.ports, arrival.unread | unread, arrival.evidence | evidence)


DERIVATION = Derivation(
    name="aws instances",
    provider="aws",
    derive=_derive,
    writes=reaches(INTERFACE, INSTANCE),
    reads=FILTERS | {INTERFACE},
    notices=FILTERS | {INTERFACE},
    through=PASSED,
)
