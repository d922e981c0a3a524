"""What APIs of API Gateway that the internet calls hand requests on to: functions, and, by way of a
VPC link, load balancers."""

from collections.abc import Iterator

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...model import MissingReason
from ...view import GraphView
from ..protocols import TCP, protocol_name
from ..reach import API, NOBODY, ReachInterval, ReachKey, ReachSet, reaches
from .apis import APIS, METHODS, STAGES, Apis, Forwarded
from .endpoints import HTTPS
from .load_balancers import LISTENER, MODERN, LoadBalancers
from .location import location

_FUNCTION = "AWSLambda"


def _all_forwarded(view: GraphView) -> Iterator[Forwarded]:
    for _, _, forwarded in Apis(view).all():
        yield from forwarded


def _derive_functions(view: GraphView) -> Derived:
    reach = ReachSet()
    for forwarded in _all_forwarded(view):
        arrival = ReachInterval(HTTPS, forwarded.answer.unread, forwarded.evidence)
        for function in forwarded.functions:
            unread = NOBODY
            functions = [function]
            if _is_unread(view, function):
                unread = frozenset([f"functions of {view.name(forwarded.method)}"])
                functions = _in_region_of(view, forwarded.method, _FUNCTION)
            for each in functions:
                if not view.is_missing(each):
                    key = ReachKey(each, API, protocol_name(TCP), Family.IPV4)
                    reach.add(key, arrival._replace(unread=arrival.unread | unread))
    return reach.derived()


def _derive_balancers(view: GraphView) -> Derived:
    reach, balancers = ReachSet(), LoadBalancers(view)
    for forwarded in _all_forwarded(view):
        for target in forwarded.private_targets:
            for balancer, target_unread in _balancers(view, forwarded.method, target):
                known = _on_link(view, balancer, forwarded, target_unread)
                for listener in balancers.listeners(balancer):
                    is_meant = target in (balancer, listener.id) or target_unread or not listener.id
                    if is_meant and TCP in listener.protocols:
                        reach.add(
                            ReachKey(balancer, API, protocol_name(TCP), Family.IPV4),
                            ReachInterval(
                                listener.ports,
                                known.unread | listener.unread,
                                known.evidence | listener.evidence,
                            ),
                        )
    return reach.derived()


def _balancers(view: GraphView, method: str, target: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The load balancers that a link may lead to, each with what of that is unread."""
    if _is_unread(view, target):
        unread = frozenset([f"what {view.name(method)} forwards to"])
        yield from ((each, unread) for each in _in_region_of(view, method, MODERN))
        return
    found = view.targets(target, "load_balancer")
    if not found and view.get(target, "label") == LISTENER:
        found = _named_by(view, target)
    for balancer in found or (target,):
        if not view.is_missing(balancer) and view.get(balancer, "label") == MODERN:
            yield balancer, NOBODY


def _named_by(view: GraphView, listener: str) -> tuple[str, ...]:
    """The load balancer that the ARN of an unread listener names."""
    balancer = listener.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
    return (balancer,) if balancer in view.graph else ()


def _on_link(
    view: GraphView, balancer: str, forwarded: Forwarded, unread: frozenset[str]
) -> ReachInterval:
    """What arrives at a load balancer by way of a VPC link."""
    known = forwarded.answer.unread | unread
    if not location(view, balancer).is_unfiltered:
        known |= {f"VPC link to {view.name(balancer)}"}
    return ReachInterval(HTTPS, known, forwarded.evidence)


def _is_unread(view: GraphView, target: str) -> bool:
    """Whether a node stands for a reference that was not read."""
    return target.startswith("unread:") and view.get(target, "missing") == MissingReason.UNREADABLE


def _in_region_of(view: GraphView, id_: str, label: str) -> list[str]:
    """The resources of a label in the account and region of another."""
    place = [view.get(id_, name) for name in ("account", "region")]
    return [
        each
        for each in view.labelled(label)
        if [view.get(each, name) for name in ("account", "region")] == place
    ]


API_FUNCTIONS = Derivation(
    name="aws api functions",
    provider="aws",
    derive=_derive_functions,
    writes=reaches(_FUNCTION),
    reads=APIS | METHODS | STAGES,
    notices=STAGES,
)
API_BALANCERS = Derivation(
    name="aws api load balancers",
    provider="aws",
    derive=_derive_balancers,
    writes=reaches(MODERN),
    reads=APIS | METHODS | STAGES | {LISTENER},
    notices=STAGES | {LISTENER},
    through=frozenset({"AWSEC2SecurityGroup", "AWSEC2Subnet"}),
)
