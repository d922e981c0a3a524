"""Security groups with public ranges that are far wider than one organization's."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING

from ....graph.addresses import is_public
from ....graph.view import GraphView
from ...check import Category, Check, Row, Severity, Traversal
from .openings import GROUP, LIST, RULE

if TYPE_CHECKING:
    import networkx

_WIDEST = 24


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    view = GraphView(graph)
    for group in view.labelled(GROUP):
        wide: set[str] = set()
        evidence: set[str] = set()
        unread: set[str] = set()
        for rule in view.sources(group, RULE, "group_id"):
            found = [view.get(rule, "cidr_ipv4") or ""]
            for prefix_list in view.targets(rule, "source_prefix_list"):
                entries = view.get(prefix_list, "cidrs")
                if entries is None:
                    unread.add(f"entries of prefix list {view.name(prefix_list)} could not be read")
                found += entries or []
            if any(_is_wide(cidr) for cidr in found):
                wide |= {cidr for cidr in found if _is_wide(cidr)}
                evidence.add(rule)
        yield Row(
            group,
            passed=False if wide else None if unread else True,
            unread=sorted(unread),
            evidence=sorted(evidence),
            values={"ranges": ", ".join(sorted(wide))},
        )


def _is_wide(cidr: str) -> bool:
    """Whether a range holds public addresses and is wider than allowed, but is not everyone."""
    if not cidr:
        return False
    network = ip_network(cidr, strict=False)
    return isinstance(network, IPv4Network) and 0 < network.prefixlen < _WIDEST and is_public(cidr)


check = Check(
    id="ec2_securitygroup_allow_wide_open_public_ipv4",
    title="No security group names wide ranges of public IPv4 addresses",
    provider="aws",
    service="ec2",
    severity=Severity.HIGH,
    categories=(Category.EXPOSURE,),
    resource=GROUP,
    what=(
        f"No rule of the group, for either direction, names a public IPv4 range wider than a "
        f"/{_WIDEST}, and none lets such a range in by a prefix list. 0.0.0.0/0 itself is left to "
        "the checks on ports; its halves are not."
    ),
    why=(
        "A wide range is mostly other people. It looks like a restriction and lets in anyone who "
        "rents a machine next door, or lets data out to them."
    ),
    remediation=(
        "Narrow the rules named in the evidence to the addresses that are meant, best as a "
        "managed prefix list that is kept up in one place."
    ),
    passes="Security group {resource} names no wide range of public addresses.",
    fails="Security group {resource} names wide ranges of public addresses: {ranges}.",
    rule=Traversal((GROUP, RULE, LIST), _walk),
    pass_requires_listing=(RULE,),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html",),
)
