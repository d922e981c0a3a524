"""Network interfaces of AWS: their public addresses, and the instances and tasks they belong to."""

from ...addresses import Family, is_public
from ...view import GraphView
from ..reach import NOBODY
from .location import INTERFACE

INSTANCE, TASK = "AWSEC2Instance", "AWSECSTask"
_GONE = ("shutting-down", "terminated", "DEPROVISIONING", "STOPPED", "DELETED")


def public_addresses(view: GraphView, interface: str) -> dict[Family, list[str] | None]:
    """The public addresses of an interface; None where they are unread."""
    ipv6 = view.get(interface, "ipv6_addresses")
    return {
        Family.IPV4: view.get(interface, "public_ip_addresses"),
        Family.IPV6: None if ipv6 is None else [one for one in ipv6 if is_public(one)],
    }


def is_gone(view: GraphView, id_: str) -> bool:
    """Whether an instance or task will not run again."""
    return view.get(id_, "state") in _GONE or view.get(id_, "last_status") in _GONE


def instances_of(view: GraphView, interface: str) -> list[str]:
    """The instance that an interface belongs to, unless it is gone."""
    return _live(view, view.targets(interface, "instance_id"))


def tasks_of(view: GraphView, interface: str) -> list[str]:
    """The task that an interface belongs to, unless it is gone."""
    return _live(view, view.sources(interface, TASK, "network_interface_ids"))


def main_interfaces(view: GraphView, instance: str) -> list[str]:
    """The interface at which a load balancer addresses an instance; the instance itself stands in
    for it where it could not be read."""
    if is_gone(view, instance):
        return []
    attached = view.sources(instance, INTERFACE, "instance_id")
    address = view.get(instance, "private_ip_address")
    main = [one for one in attached if address in (view.get(one, "private_ip_addresses") or [])]
    return main or attached or [instance]


def unseen_of_instance(view: GraphView, instance: str) -> frozenset[str]:
    """The interfaces of an instance that could not be read."""
    if is_gone(view, instance):
        return NOBODY
    named = view.get(instance, "network_interface_ids")
    if named is None:
        return frozenset([f"network interfaces of {view.name(instance)}"])
    attached = view.sources(instance, INTERFACE, "instance_id")
    seen = {view.get(one, "network_interface_id") for one in attached}
    return frozenset(f"network interface {one}" for one in {*named} - seen)


def unseen_of_task(view: GraphView, task: str) -> frozenset[str]:
    """The interfaces of a task that could not be read."""
    if is_gone(view, task):
        return NOBODY
    if view.get(task, "network_interface_ids") is None:
        return frozenset([f"network interfaces of {view.name(task)}"])
    named = view.targets(task, "network_interface_ids")
    return frozenset(f"network interface {view.name(one)}" for one in named if view.is_missing(one))


def _live(view: GraphView, found: tuple[str, ...] | list[str]) -> list[str]:
    return [one for one in found if not view.is_missing(one) and not is_gone(view, one)]
