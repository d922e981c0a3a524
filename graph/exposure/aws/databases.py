"""Databases of AWS whose names lead to public addresses, and their clusters."""

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import TCP, protocol_name
from ..reach import DIRECT, NOBODY, ReachInterval, ReachKey, ReachSet, reaches
from ..traffic import PORTS
from .arrivals import FILTERS, PASSED, Arrivals
from .location import NetworkLocation, location

_INSTANCE, _CLUSTER, _SUBNETS = "AWSRDSInstance", "AWSRDSCluster", "AWSDBSubnetGroup"


def _derive(view: GraphView) -> Derived:
    reach, arrivals = ReachSet(), Arrivals(view)
    for database in view.labelled(_INSTANCE):
        members = (database, *view.targets(database, "cluster"))
        place = location(view, database)
        _reach(view, reach, arrivals, database, place, "endpoint_port", members)
    for cluster in view.labelled(_CLUSTER):
        # Only some clusters tell whether they are public. Of the others, their instances tell it.
        is_public = view.get(cluster, "publicly_accessible")
        if is_public or (is_public is None and not view.is_complete(_INSTANCE, cluster)):
            place = _cluster_location(view, cluster)
            _reach(view, reach, arrivals, cluster, place, "port", (cluster,))
    return reach.derived()


def _reach(
    view: GraphView,
    reach: ReachSet,
    arrivals: Arrivals,
    database: str,
    place: NetworkLocation,
    port_field: str,
    targets: tuple[str, ...],
) -> None:
    fields = ("publicly_accessible", port_field)
    is_open, port = (view.get(database, name) for name in fields)
    if is_open is False:
        return
    unread = {
        f"{name} of {view.name(database)}" for name in fields if view.get(database, name) is None
    }
    ports = PORTS if port is None else (port, port)
    for family, doubt in _families(view, database).items():
        for found in arrivals.on(place, TCP, family, ports):
            arrival = ReachInterval(
                found.ports,
                found.unread | unread | doubt,
                found.evidence | {("databases", database)},
            )
            for target in targets:
                if not view.is_missing(target):
                    reach.add(ReachKey(target, DIRECT, protocol_name(TCP), family), arrival)


def _families(view: GraphView, database: str) -> dict[Family, frozenset[str]]:
    """The address families of a database, each with what of it is unread."""
    kind = view.get(database, "network_type")
    families = {Family.IPV4: NOBODY}
    if kind is None:
        families[Family.IPV6] = frozenset([f"network_type of {view.name(database)}"])
    elif kind == "DUAL":
        families[Family.IPV6] = NOBODY
    return families


def _cluster_location(view: GraphView, cluster: str) -> NetworkLocation:
    """A database cluster lies in the subnets of its subnet group."""
    named = view.targets(cluster, "subnet_group")
    subnets = tuple(each for one in named for each in view.targets(one, "subnets"))
    return location(view, cluster)._replace(subnets=subnets or named)


_DECIDING = FILTERS | {_INSTANCE, _SUBNETS}
DERIVATION = Derivation(
    name="aws databases",
    provider="aws",
    derive=_derive,
    writes=reaches(_INSTANCE, _CLUSTER),
    reads=_DECIDING,
    notices=_DECIDING,
    through=PASSED,
)
