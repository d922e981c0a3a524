"""Networks into which instances that the internet reaches lead, by sharing or peering."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from ....graph.exposure.reach import INTERNET, reaches
from ....graph.logic import Truth, all_of, any_of
from ...check import Category, Check, Place, Row, Severity, Traversal
from ...neighbours import present, sources, targets

if TYPE_CHECKING:
    import networkx

_NETWORK, _PEERING, _INTERFACE = "GCPVpc", "GCPNetworkPeering", "GCPNetworkInterface"
_INSTANCE, _FIREWALL = "GCPInstance", "GCPFirewall"
_REACH = reaches(_INSTANCE)


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for network in present(graph, _NETWORK):
        yield _judged(graph, network)


def _judged(graph: "networkx.MultiDiGraph", network: str) -> Row:
    inner = {each for each, _ in _placed(graph, network) if _is_reached(graph, each) is not True}
    peers = [*_peers(graph, network)]
    missing = [each for each in peers if graph.nodes[each]["missing"] is not None]
    found: dict[str, Truth] = {}
    for joined in (network, *peers):
        for instance, address in _placed(graph, joined):
            reached = _is_reached(graph, instance)
            others = inner - {instance}
            if joined == network:
                home = graph.nodes[instance]["account"]
                others = {each for each in others if graph.nodes[each]["account"] != home}
            if reached is not False and others:
                let_in = _is_let_in(graph, network, address, joined == network)
                found[instance] = all_of((reached, let_in))
    truth = any_of(found.values())
    sure = [each for each, one in found.items() if one]
    passed = None if truth is None or (missing and not truth) else not truth
    names = ", ".join(str(graph.nodes[each]["name"]) for each in sure[:3])
    return Row(
        network,
        passed,
        undecided_by=missing[0] if missing and passed is None else None,
        unread=["whether the network's firewalls let in what the internet reaches"],
        evidence=[*sorted(sure or found)[:5], *peers],
        values={"front": names},
        listing_scope=[Place()],
    )


def _placed(graph: "networkx.MultiDiGraph", network: str) -> Iterator[tuple[str, str | None]]:
    """The instances in a network, with their addresses there."""
    for interface in sources(graph, network, "IN_NETWORK", _INTERFACE):
        for instance in targets(graph, interface, "PART_OF", _INSTANCE):
            yield instance, graph.nodes[interface]["network_ip"]


def _peers(graph: "networkx.MultiDiGraph", network: str) -> Iterator[str]:
    for peering in sources(graph, network, "PART_OF", _PEERING):
        if graph.nodes[peering]["state"] != "INACTIVE":
            yield from targets(graph, peering, "PEERS_WITH", _NETWORK)


def _is_reached(graph: "networkx.MultiDiGraph", instance: str) -> Truth:
    edges = graph.get_edge_data(INTERNET, instance) or {}
    reaching = [each for each in edges.values() if each["rel"] == "CAN_REACH"]
    return any_of(None if each["unread"] else True for each in reaching)


def _is_let_in(
    graph: "networkx.MultiDiGraph", network: str, address: str | None, is_same: bool
) -> Truth:
    """Whether the network's rules let traffic of an address in to all its instances. What policies
    above the rules say, and denials, are left open."""
    rules = [
        graph.nodes[each]
        for each in targets(graph, network, "PROTECTED_BY", _FIREWALL)
        if graph.nodes[each]["direction"] == "INGRESS" and not graph.nodes[each]["disabled"]
    ]
    if address is None:
        return None if any(each["allowed"] for each in rules) else False
    from_there = [each for each in rules if _holds(each["source_ranges"], address)]
    stopping = [each for each in from_there if each["denied"]]
    is_plain = not stopping and graph.nodes[network]["firewall_policies"] in ("[]", [], "")
    found: list[Truth] = [False]
    for rule in from_there:
        if rule["allowed"]:
            is_for_all = not rule["target_tags"] and not rule["target_service_accounts"]
            found.append(True if is_plain and is_for_all else None)
    named = any(
        each["allowed"] and (each["source_tags"] or each["source_service_accounts"])
        for each in rules
    )
    if named and is_same:
        found.append(None)
    return any_of(found)


def _holds(ranges: Iterable[str] | None, address: str) -> bool:
    """Whether an address is in one of some ranges."""
    here = ip_address(address)
    return any(here in ip_network(each, strict=False) for each in ranges or ())


check = Check(
    id="shared_vpc_bridge",
    title="What the internet reaches does not lead into a network that is shared or peered",
    provider="gcp",
    service="compute",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource=_NETWORK,
    what=(
        "Where the internet reaches an instance in a peered network, or one of another project in "
        "the same shared network, no firewall rule lets that instance's address in to instances "
        "that the internet does not reach. Which ports a rule opens is not weighed. Denials, "
        "firewall policies and rules for some instances alone are not held against each other: "
        "where there are such, the network is MANUAL, and so is one whose peer was not scanned."
    ),
    why=(
        "Who takes over the exposed machine of one team stands in the network of the others. "
        "The rule default-allow-internal lets everything from 10.128.0.0/9 in."
    ),
    remediation=(
        "gcloud compute firewall-rules delete default-allow-internal; allow what is needed by "
        "service account: gcloud compute firewall-rules create NAME --source-service-accounts="
        "ADDRESS --target-service-accounts=ADDRESS --allow=PORTS"
    ),
    passes="Nothing that the internet reaches is let in to {resource} from its neighbours.",
    fails="{front}, which the internet reaches, is let in to {resource}.",
    rule=Traversal(
        (_NETWORK, _PEERING, _INTERFACE, _INSTANCE, _FIREWALL, "Internet"), _walk, _REACH
    ),
    pass_requires_listing=(_PEERING, _INSTANCE, _FIREWALL),
    references=(
        "https://docs.cloud.google.com/vpc/docs/shared-vpc",
        "https://docs.cloud.google.com/vpc/docs/vpc-peering",
    ),
)
