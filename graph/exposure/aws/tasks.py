"""Tasks of AWS ECS that the internet reaches at addresses of their own."""

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import protocol_name
from ..reach import DIRECT, ReachInterval, ReachKey, ReachSet, reaches
from .arrivals import FILTERS, PASSED, Arrivals
from .attachments import TASK, tasks_of, unseen_of_task
from .instances import arriving_at_interface
from .location import INTERFACE, NetworkLocation, location

_SERVICE = "AWSECSService"


def _derive(view: GraphView) -> Derived:
    reach, arrivals = ReachSet(), Arrivals(view)
    for interface in view.labelled(INTERFACE):
        for task in tasks_of(view, interface):
            for protocol, family, arrival in arriving_at_interface(view, arrivals, interface):
                reach.add(ReachKey(task, DIRECT, protocol_name(protocol), family), arrival)
    for task in view.labelled(TASK):
        unseen = unseen_of_task(view, task)
        evidence = frozenset(("services", one) for one in view.targets(task, "service_arn"))
        for family in _families(view, task) if unseen else ():
            place = _location(view, task, unseen)
            for protocol, arrival in arrivals.by_protocol(place, family):
                reach.add(
                    ReachKey(task, DIRECT, protocol_name(protocol), family),
                    ReachInterval(
                        arrival.ports, arrival.unread | unseen, arrival.evidence | evidence
                    ),
                )
    return reach.derived()


def _families(view: GraphView, task: str) -> list[Family]:
    """The families in which a task with unread interfaces may have public addresses."""
    services = view.targets(task, "service_arn")
    if services and all(view.get(one, "assign_public_ip") == "DISABLED" for one in services):
        return [Family.IPV6]
    return list(Family)


def _location(view: GraphView, task: str, unseen: frozenset[str]) -> NetworkLocation:
    """Where a task with unread interfaces lies, as far as it and its service tell."""
    known = [location(view, service) for service in view.targets(task, "service_arn")]
    groups = tuple(group for place in known for group in place.groups)
    subnets = location(view, task).subnets or tuple(one for place in known for one in place.subnets)
    if not subnets:
        return NetworkLocation((), (), {}, unread=unseen)
    return NetworkLocation(groups, subnets, {}, is_unfiltered=not groups)


DERIVATION = Derivation(
    name="aws tasks",
    provider="aws",
    derive=_derive,
    writes=reaches(TASK),
    reads=FILTERS | {INTERFACE, _SERVICE},
    notices=FILTERS | {INTERFACE, _SERVICE},
    through=PASSED,
)
