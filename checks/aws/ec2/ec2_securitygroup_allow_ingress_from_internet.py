"""Security groups that let too much in: every port, any port, any public address."""

from ....graph.exposure.protocols import TCP, UDP
from ....graph.intervals import Ranges
from ....graph.view import GraphView
from ...check import Category, Check, Severity
from .openings import GROUP, RULE, Opening, judged, to_public_addresses

_ALL = Ranges([(1, 65535)])
_FRONT_DOORS = ("api_gateway_managed", "network_load_balancer", "vpc_endpoint")
_INTERFACE = "AWSNetworkInterface"


def _all_ports(opening: Opening) -> Opening:
    """The opening, if it is one of every port of TCP or UDP."""
    if opening.protocol not in (TCP, UDP):
        return opening.among(Ranges())
    certain = not _ALL - opening.certain
    possible = not _ALL - (opening.certain | opening.perhaps)
    return opening._replace(
        certain=_ALL if certain else Ranges(),
        perhaps=_ALL if possible and not certain else Ranges(),
    )


def _any_port(opening: Opening) -> Opening:
    return opening


def _is_front_door(view: GraphView, group: str) -> bool:
    """Whether the group guards nothing but load balancers and endpoints of services."""
    interfaces = view.sources(group, _INTERFACE, "security_groups")
    return bool(interfaces) and all(
        view.get(interface, "requester_id") == "amazon-elb"
        or view.get(interface, "interface_type") in _FRONT_DOORS
        for interface in interfaces
    )


_REFERENCES = ("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",)
_REMEDIATION = (
    "Revoke the rules named in the evidence (aws ec2 revoke-security-group-ingress) and name the "
    "ports, and the networks or groups, that are needed instead."
)

family = (
    Check(
        id="ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
        title="No security group lets the internet in on every port",
        provider="aws",
        service="ec2",
        severity=Severity.CRITICAL,
        categories=(Category.EXPOSURE,),
        resource=GROUP,
        what=(
            "The rules of the group together do not let the internet in on all ports of TCP, nor "
            "on all of UDP. Ranges that add up to all ports count, as do IPv6 and prefix lists."
        ),
        why="Whatever a machine listens on, also by mistake, everyone can talk to.",
        remediation=_REMEDIATION,
        passes="Security group {resource} does not let the internet in on every port.",
        fails="Security group {resource} lets the internet in on {ports}.",
        rule=judged(_all_ports),
        pass_requires_listing=(RULE,),
        references=_REFERENCES,
        compliance=("AWS FSBP: EC2.18",),
    ),
    Check(
        id="ec2_securitygroup_allow_ingress_from_internet_to_any_port",
        title="No security group lets the internet in, but in front of load balancers",
        provider="aws",
        service="ec2",
        severity=Severity.HIGH,
        categories=(Category.EXPOSURE,),
        resource=GROUP,
        what=(
            "The group lets the internet in on no port of any protocol, unless all interfaces it "
            "guards belong to load balancers, API gateways or endpoints, which are made for it."
        ),
        why="Each port that is open to everyone is one more that has to be without a flaw.",
        remediation=_REMEDIATION,
        passes="Security group {resource} does not let the internet in where it should not.",
        fails="Security group {resource} lets the internet in on {ports}.",
        rule=judged(_any_port, spared=_is_front_door, labels=(_INTERFACE,)),
        pass_requires_listing=(RULE, _INTERFACE),
        fail_requires_listing=(_INTERFACE,),
        references=_REFERENCES,
        compliance=("AWS FSBP: EC2.18",),
    ),
    Check(
        id="ec2_securitygroup_allow_ingress_from_internet_to_any_port_from_ip",
        title="No security group lets any public address in",
        provider="aws",
        service="ec2",
        severity=Severity.LOW,
        categories=(Category.EXPOSURE,),
        resource=GROUP,
        what=(
            "The group lets in no public address at all, not even a single one: neither by a "
            "range, IPv4 or IPv6, nor by a prefix list."
        ),
        why=(
            "Addresses change hands: what is an office today may be somebody else's tomorrow, "
            "and nobody takes it out of the rule."
        ),
        remediation=(
            "Reach private resources through a VPN, Session Manager or a private endpoint, and "
            "revoke the rules named in the evidence."
        ),
        passes="Security group {resource} lets no public address in.",
        fails="Security group {resource} lets public addresses in on {ports}.",
        rule=judged(_any_port, to_public_addresses),
        pass_requires_listing=(RULE,),
        references=_REFERENCES,
    ),
)
