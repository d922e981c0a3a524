"""Hosts of confidential workloads that the internet could address."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....graph.addresses import Family, is_public
from ....graph.exposure.aws.filters import Routes
from ....graph.view import GraphView
from ...check import Category, Check, Row, Severity, Traversal

if TYPE_CHECKING:
    import networkx

_INSTANCE, _INTERFACE = "AWSEC2Instance", "AWSNetworkInterface"
_LABELS = (
    _INSTANCE,
    _INTERFACE,
    "AWSEC2Subnet",
    "AWSRouteTable",
    "AWSRoute",
    "AWSInternetGateway",
    "AWSPrefixList",
    "AWSVpc",
    "AWSVpcEndpoint",
)


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    view = GraphView(graph)
    routes = Routes(view)
    for instance in view.labelled(_INSTANCE):
        is_host = _is_host(view, instance)
        if is_host is False or view.get(instance, "state") in ("shutting-down", "terminated"):
            continue
        interfaces = view.sources(instance, _INTERFACE, "instance_id")
        subnets = {
            subnet for each in (instance, *interfaces) for subnet in view.targets(each, "subnet_id")
        }
        reasons = {f"address {one}" for one in _public_addresses(view, instance, interfaces)}
        unread = _unseen(view, instance, interfaces)
        for subnet in sorted(subnets):
            for passage in (routes.passage(subnet, family) for family in Family):
                if passage.certain:
                    reasons.add(f"subnet {view.name(subnet)} with a route to the internet")
                elif passage.possible:
                    unread |= passage.unread
        if is_host is None and (reasons or unread):
            unread.add("whether it hosts enclaves")
        certain = bool(reasons) and is_host
        yield Row(
            instance,
            passed=False if certain else None if unread else True,
            unread=[f"{text} could not be read" for text in sorted(unread)],
            evidence=sorted({*interfaces, *subnets}),
            values={"reasons": ", ".join(sorted(reasons))},
        )


def _is_host(view: GraphView, instance: str) -> bool | None:
    """Whether an instance is made for confidential workloads."""
    enclaves, memory = view.get(instance, "enclave_enabled"), view.get(instance, "amd_sev_snp")
    if enclaves or memory == "enabled":
        return True
    return None if enclaves is None or memory is None else False


def _public_addresses(view: GraphView, instance: str, interfaces: list[str]) -> set[str]:
    found = {view.get(instance, "public_ip_address") or ""} - {""}
    for each in interfaces:
        found.update(view.get(each, "public_ip_addresses") or ())
        found.update(one for one in view.get(each, "ipv6_addresses") or () if is_public(one))
    return found


def _unseen(view: GraphView, instance: str, interfaces: list[str]) -> set[str]:
    """The interfaces of an instance that could not be read, or not their addresses."""
    named = view.get(instance, "network_interface_ids")
    if named is None:
        return {"network interfaces"}
    seen = {view.get(each, "network_interface_id") for each in interfaces}
    return {f"network interface {each}" for each in {*named} - seen} | {
        f"addresses of network interface {view.name(each)}"
        for each in interfaces
        if None in (view.get(each, "public_ip_addresses"), view.get(each, "ipv6_addresses"))
    }


check = Check(
    id="ec2_confidential_workload_host_public_ip",
    title="Hosts of confidential workloads have no public address and no route to the internet",
    provider="aws",
    service="ec2",
    severity=Severity.HIGH,
    categories=(Category.EXPOSURE,),
    resource=_INSTANCE,
    what=(
        "An instance that may run Nitro enclaves, or whose memory AMD SEV-SNP encrypts, has "
        "neither a public IPv4 nor a global IPv6 address at any of its interfaces, and lies in "
        "subnets without a route to an internet gateway. Other instances are not judged."
    ),
    why=(
        "What is worth an enclave is worth keeping its host away from everyone: anyone who takes "
        "over the host controls what goes in and out of the enclave."
    ),
    remediation=(
        "Start the host in a private subnet without a public address, and reach it through a load "
        "balancer, a private endpoint or Session Manager."
    ),
    passes="Instance {resource} has no public address and no route to the internet.",
    fails="Instance {resource}, a host of confidential workloads, has: {reasons}.",
    rule=Traversal(_LABELS, _walk),
    pass_requires_listing=(_INTERFACE,),
    references=("https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave.html",),
)
