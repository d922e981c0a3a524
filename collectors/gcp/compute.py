"""Google Compute Engine: instances, networks, firewalls, routes, addresses, forwarding rules."""

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import ComputeResource, GCPCollector, GCPResource, last, service_account
from .session import GCPApi

_HOST = "//compute.googleapis.com/"
_COMPUTE = _HOST + "projects/{account}"
_REGIONAL = _COMPUTE + "/regions/{region}"
_SWITCHES = ("block-project-ssh-keys", "enable-oslogin", "serial-port-enable")
_TARGETS = (
    "GCPTargetHttpProxy",
    "GCPTargetHttpsProxy",
    "GCPTargetSslProxy",
    "GCPTargetTcpProxy",
    "GCPTargetPool",
    "GCPTargetInstance",
    "GCPServiceAttachment",
    "UnknownResource",
)
"""Labels of what a forwarding rule can send packets to."""
_REGIONAL_FIREWALLS = "regionNetworkFirewallPolicies.getEffectiveFirewalls"


class Vpc(ComputeResource):
    """A network (networks.list, networks.getEffectiveFirewalls)."""

    label = "GCPVpc"
    identity = _COMPUTE + "/global/networks/{name}"

    auto_create_subnetworks: bool | None = field("Has a subnetwork in every region by itself.")
    routing_mode: str | None = field("REGIONAL or GLOBAL.", wire="routingConfig.routingMode")
    mtu: int | None = field("Largest packet.")
    firewall_policy_order: str | None = field(
        "Whether firewall rules come before or after the network's policies.",
        wire="networkFirewallPolicyEnforcementOrder",
    )
    firewalls: list[str] | None = ref(
        "GCPFirewall", by="id", rel="PROTECTED_BY", call="networks.getEffectiveFirewalls"
    )
    firewall_policies: Document | None = field(
        "Policies of the organization, its folders and the network, with their rules, in the order "
        "that they hold in.",
        call="networks.getEffectiveFirewalls",
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class NetworkPeering(GCPResource):
    """One side of a peering of two networks (networks.list)."""

    label = "GCPNetworkPeering"
    identity = _COMPUTE + "/global/networks/{network_name}/peerings/{name}"

    network: str | None = ref("GCPVpc", by="id", rel="PART_OF")
    peer_network: str | None = ref("GCPVpc", by="id", rel="PEERS_WITH", wire="network")
    state: str | None = field("ACTIVE or INACTIVE.")
    import_custom_routes: bool | None = field("Takes over routes that the peer was given.")
    export_custom_routes: bool | None = field("Hands over routes that it was given.")
    stack_type: str | None = field("IPV4_ONLY or IPV4_IPV6.")


class Subnetwork(ComputeResource):
    """A subnetwork (subnetworks.aggregatedList)."""

    label = "GCPSubnet"
    identity = _REGIONAL + "/subnetworks/{name}"

    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    ip_cidr_range: str | None = field("IPv4 range; empty in one that has IPv6 only.")
    secondary_ip_cidr_ranges: list[str] | None = field(
        "Further IPv4 ranges.", wire="secondaryIpRanges[].ipCidrRange"
    )
    external_ipv6_prefix: str | None = field("Public IPv6 range.")
    internal_ipv6_prefix: str | None = field("Private IPv6 range.")
    stack_type: str | None = field("IPV4_ONLY, IPV4_IPV6 or IPV6_ONLY.")
    purpose: str | None = field("PRIVATE, or what it is reserved for.")
    private_ip_google_access: bool | None = field("Reaches Google's APIs without public addresses.")
    enable_flow_logs: bool | None = field("Flow logs are written.")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Firewall(ComputeResource):
    """A firewall rule of a network (firewalls.list)."""

    label = "GCPFirewall"
    identity = _COMPUTE + "/global/firewalls/{name}"

    network: str | None = ref("GCPVpc", by="id", rel="PROTECTED_BY", inverse=True)
    description: str | None = field("Description.")
    direction: str | None = field("INGRESS or EGRESS.")
    priority: int | None = field(
        "The rule with the lowest number decides; of equal ones a denying one."
    )
    disabled: bool | None = field("Does not hold.")
    allowed: list[str] | None = field(
        "What it lets through: `tcp:22`, `tcp:8000-8010`, `icmp`, `all`."
    )
    denied: list[str] | None = field("What it stops, in the same form.")
    source_ranges: list[str] | None = field("Ranges that traffic comes from.")
    source_tags: list[str] | None = field("Tags of instances that traffic comes from.")
    source_service_accounts: list[str] | None = field(
        "Service accounts of instances that traffic comes from."
    )
    destination_ranges: list[str] | None = field("Ranges that traffic goes to.")
    target_tags: list[str] | None = field("Tags of the instances that it holds for.")
    target_service_accounts: list[str] | None = field(
        "Service accounts of the instances that it holds for; with neither, it holds for all."
    )
    log_enabled: bool | None = field("Connections are logged.", wire="logConfig.enable")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class FirewallPolicy(ComputeResource):
    """A firewall policy of networks, global or of one region
    (networkFirewallPolicies.aggregatedList)."""

    label = "GCPNetworkFirewallPolicy"
    identity = _COMPUTE + "/{scope}/firewallPolicies/{name}"

    description: str | None = field("Description.")
    networks: list[str] | None = ref(
        "GCPVpc",
        by="id",
        rel="PROTECTED_BY",
        inverse=True,
        wire="associations[].attachmentTarget",
    )
    rules: Document | None = field("Its rules.")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Route(ComputeResource):
    """A route of a network (routes.list)."""

    label = "GCPRoute"
    identity = _COMPUTE + "/global/routes/{name}"

    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    dest_range: str | None = field("Range that it leads to.")
    priority: int | None = field("Of equal ranges the route with the lowest number holds.")
    network_tags: list[str] | None = field(
        "Tags of the instances that it holds for; empty for all.", wire="tags"
    )
    next_hop_gateway: str | None = field("The gateway to the internet; else empty.")
    next_hop_ip: str | None = field("Address that it leads by; else empty.")
    next_hop_instance: str | None = ref("GCPInstance", by="id", rel="ROUTES_TO")
    next_hop_network: str | None = ref("GCPVpc", by="id", rel="ROUTES_TO")
    next_hop_peering: str | None = ref("GCPNetworkPeering", by="id", rel="ROUTES_TO")
    next_hop_forwarding_rule: str | None = ref("GCPForwardingRule", by="id", rel="ROUTES_TO")
    next_hop_vpn_tunnel: str | None = field("VPN tunnel that it leads by; else empty.")


class Instance(ComputeResource):
    """A virtual machine (instances.aggregatedList). Of its metadata only the keys are kept."""

    label = "GCPInstance"
    identity = _COMPUTE + "/zones/{zone}/instances/{name}"

    instance_id: str | None = field("Number.", wire="id")
    zone: str | None = field("Zone.")
    status: str | None = field("RUNNING, TERMINATED, SUSPENDED and states between.")
    machine_type: str | None = field("Machine type.")
    network_tags: list[str] | None = field("Tags that firewalls and routes name.")
    can_ip_forward: bool | None = field("Passes on traffic that is not for itself.")
    service_accounts: list[str] | None = ref("GCPServiceAccount", by=("id", "email"), rel="RUNS_AS")
    scopes: list[str] | None = field("What it may ask tokens for.")
    disks: list[str] | None = ref(
        "GCPDisk", by="id", rel="ATTACHED_TO", inverse=True, wire="disks[].source"
    )
    metadata_switches: list[str] | None = field(
        "Metadata that switches sign-in on or off, as `key=value`: enable-oslogin, "
        "block-project-ssh-keys, serial-port-enable."
    )
    metadata_keys: list[str] | None = field(
        "Keys of its metadata, such as startup-script.", wire="metadata.items[].key"
    )
    deletion_protection: bool | None = field("Cannot be deleted by mistake.")
    secure_boot: bool | None = field(
        "Boots signed software only.", wire="shieldedInstanceConfig.enableSecureBoot"
    )
    vtpm: bool | None = field(
        "Has a virtual trusted platform module.", wire="shieldedInstanceConfig.enableVtpm"
    )
    integrity_monitoring: bool | None = field(
        "Boot measurements are watched.",
        wire="shieldedInstanceConfig.enableIntegrityMonitoring",
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class NetworkInterface(GCPResource):
    """A network interface of an instance (instances.aggregatedList,
    regionNetworkFirewallPolicies.getEffectiveFirewalls)."""

    label = "GCPNetworkInterface"
    identity = _COMPUTE + "/zones/{zone}/instances/{instance_name}/networkInterfaces/{name}"

    instance: str | None = ref("GCPInstance", by="id", rel="PART_OF")
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    subnetwork: str | None = ref("GCPSubnet", by="id", rel="IN_SUBNET")
    network_ip: str | None = field("Private IPv4 address.", wire="networkIP")
    ipv6_address: str | None = field("IPv6 address within the network.")
    has_external_ipv4: bool | None = field(
        "Has a public IPv4 address, or is given one when the instance starts."
    )
    has_external_ipv6: bool | None = field("Has a public IPv6 address.")
    external_ips: list[str] | None = field("Its public addresses now.")
    system_firewall_policies: Document | None = field(
        "Firewall policies that Google made for its network in its region, with their rules.",
        call=_REGIONAL_FIREWALLS,
    )


class Address(ComputeResource):
    """A reserved address (addresses.aggregatedList)."""

    label = "GCPAddress"
    identity = _COMPUTE + "/{scope}/addresses/{name}"

    address: str | None = field("The address.")
    address_type: str | None = field("EXTERNAL or INTERNAL.")
    purpose: str | None = field("What an internal one is reserved for.")
    status: str | None = field("RESERVED, RESERVING or IN_USE.")
    users: list[str] | None = ref(
        ("GCPInstance", "GCPForwardingRule", "UnknownResource"), by="id", rel="ATTACHED_TO"
    )
    subnetwork: str | None = ref("GCPSubnet", by="id", rel="IN_SUBNET")
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class ForwardingRule(ComputeResource):
    """The address and ports that a load balancer listens on (forwardingRules.aggregatedList)."""

    label = "GCPForwardingRule"
    identity = _COMPUTE + "/{scope}/forwardingRules/{name}"

    ip_address: str | None = field("Address.", wire="IPAddress")
    ip_protocol: str | None = field(
        "TCP, UDP, ESP, AH, SCTP, ICMP or L3_DEFAULT.", wire="IPProtocol"
    )
    port_ranges: list[str] | None = field("Ports, such as `443` or `8080-8081`; empty for all.")
    load_balancing_scheme: str | None = field(
        "EXTERNAL, EXTERNAL_MANAGED, INTERNAL, INTERNAL_MANAGED or INTERNAL_SELF_MANAGED."
    )
    target: str | None = ref(_TARGETS, by="id", rel="FORWARDS_TO")
    backend_service: str | None = ref("GCPBackendService", by="id", rel="FORWARDS_TO")
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    subnetwork: str | None = ref("GCPSubnet", by="id", rel="IN_SUBNET")
    source_ip_ranges: list[str] | None = field("Sources that it takes; empty for all.")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class Compute(GCPCollector):
    """Virtual machines and their networks."""

    service = "compute"
    permissions = (
        "compute.addresses.list",
        "compute.firewallPolicies.list",
        "compute.firewalls.list",
        "compute.forwardingRules.list",
        "compute.instances.list",
        "compute.networks.getEffectiveFirewalls",
        "compute.networks.getRegionEffectiveFirewalls",
        "compute.networks.list",
        "compute.routes.list",
        "compute.subnetworks.list",
    )

    @lists(Vpc, NetworkPeering)
    def networks(self, api: GCPApi) -> Iterator[GCPResource]:
        """Networks with their peerings and what filters their traffic."""

        def detailed(raw: dict[str, Any]) -> list[GCPResource]:
            effective = api.read("networks.getEffectiveFirewalls", network=raw["name"])
            network = Vpc.load(
                raw,
                api.here,
                firewalls=None
                if effective is None
                else sorted(each["selfLink"] for each in effective.get("firewalls", [])),
                firewall_policies=None
                if effective is None
                else effective.get("firewallPolicys", []),
            )
            peerings = [
                NetworkPeering.load(
                    each, api.here, network=network.id, id=_peering(network.id, each["name"])
                )
                for each in raw.get("peerings", [])
            ]
            return [network, *peerings]

        for resources in api.each(detailed, api.pages("networks.list")):
            yield from resources

    @lists(Subnetwork)
    def subnetworks(self, api: GCPApi) -> Iterator[Subnetwork]:
        """Subnetworks of all regions."""
        for raw in api.pages("subnetworks.aggregatedList"):
            # The answer leaves it out where nobody switched it on.
            yield Subnetwork.load(raw, api.here, enable_flow_logs=raw.get("enableFlowLogs", False))

    @lists(Firewall)
    def firewalls(self, api: GCPApi) -> Iterator[Firewall]:
        """Firewall rules of all networks."""
        for raw in api.pages("firewalls.list"):
            yield Firewall.load(
                raw,
                api.here,
                allowed=_protocols(raw.get("allowed", [])),
                denied=_protocols(raw.get("denied", [])),
                disabled=raw.get("disabled", False),
            )

    @lists(FirewallPolicy)
    def firewall_policies(self, api: GCPApi) -> Iterator[FirewallPolicy]:
        """Firewall policies of networks, global and regional."""
        for raw in api.pages("networkFirewallPolicies.aggregatedList", "firewallPolicies"):
            yield FirewallPolicy.load(raw, api.here, rules=raw.get("rules", []))

    @lists(Route)
    def routes(self, api: GCPApi) -> Iterator[Route]:
        """Routes of all networks."""
        for raw in api.pages("routes.list"):
            peering, balancer = raw.get("nextHopPeering"), raw.get("nextHopIlb") or ""
            is_name = balancer.startswith("//")
            yield Route.load(
                raw,
                api.here,
                tags=[],
                next_hop_peering=_peering(raw["network"], peering) if peering else "",
                next_hop_forwarding_rule=balancer if is_name else "",
                next_hop_ip=raw.get("nextHopIp") or ("" if is_name else balancer),
            )

    @lists(Instance, NetworkInterface)
    def instances(self, api: GCPApi) -> Iterator[GCPResource]:
        """Instances of all zones with their network interfaces."""
        system_policies = cache(partial(_system_policies, api))
        for raw in api.pages("instances.aggregatedList"):
            accounts = raw.get("serviceAccounts", [])
            instance = Instance.load(
                raw,
                api.here,
                zone=last(raw["zone"]),
                machine_type=last(raw.get("machineType")),
                network_tags=raw.get("tags", {}).get("items", []),
                service_accounts=[service_account(a["email"], api.account.ids) for a in accounts],
                scopes=sorted({scope for a in accounts for scope in a.get("scopes", [])}),
                metadata_switches=_switches(raw.get("metadata", {})),
            )
            yield instance
            for interface in raw.get("networkInterfaces", []):
                policies = system_policies(interface.get("network", ""), instance.region)
                yield _interface(interface, api, instance, policies)

    @lists(Address)
    def addresses(self, api: GCPApi) -> Iterator[Address]:
        """Reserved addresses, regional and global."""
        for raw in api.pages("addresses.aggregatedList"):
            yield Address.load(raw, api.here)

    @lists(ForwardingRule)
    def forwarding_rules(self, api: GCPApi) -> Iterator[ForwardingRule]:
        """Forwarding rules, regional and global."""
        for raw in api.pages("forwardingRules.aggregatedList"):
            ports = raw.get("ports") or ([raw["portRange"]] if raw.get("portRange") else [])
            yield ForwardingRule.load(raw, api.here, port_ranges=ports)


def _switches(metadata: Mapping[str, Any]) -> list[str]:
    """What of the metadata may be kept with its values, none of which is a secret."""
    return sorted(
        f"{each['key']}={each.get('value', '')}"
        for each in metadata.get("items", [])
        if each.get("key") in _SWITCHES
    )


def _peering(network: str, name: str) -> str:
    return f"{network}/peerings/{name}"


def _protocols(rules: list[Mapping[str, Any]]) -> list[str]:
    """Protocols and ports as `protocol:ports`, or the protocol alone where it is all its ports."""
    return [
        f"{rule['IPProtocol']}:{ports}" if ports else rule["IPProtocol"]
        for rule in rules
        for ports in rule.get("ports") or [""]
    ]


def _system_policies(api: GCPApi, network: str, region: str) -> list[dict[str, Any]] | None:
    """The firewall policies that Google made for a network in a region; None if they could not be
    read. Those of another project's network are not asked for: they are its to tell."""
    if not network.startswith(_COMPUTE.format(account=api.here.account) + "/"):
        return None
    link = f"https://www.googleapis.com/compute/v1/{network.removeprefix(_HOST)}"
    effective = api.read(_REGIONAL_FIREWALLS, region=region, network=link)
    if effective is None:
        return None
    policies: list[dict[str, Any]] = effective.get("firewallPolicys", [])
    return [each for each in policies if each.get("type") == "SYSTEM_REGIONAL"]


def _interface(
    raw: Mapping[str, Any],
    api: GCPApi,
    instance: Instance,
    system_policies: list[dict[str, Any]] | None,
) -> NetworkInterface:
    ipv4, ipv6 = raw.get("accessConfigs", []), raw.get("ipv6AccessConfigs", [])
    addresses = [each.get("natIP") for each in ipv4] + [each.get("externalIpv6") for each in ipv6]
    return NetworkInterface.load(
        raw,
        api.here,
        id=f"{instance.id}/networkInterfaces/{raw['name']}",
        region=instance.region,
        instance=instance.id,
        has_external_ipv4=bool(ipv4),
        has_external_ipv6=bool(ipv6),
        external_ips=[address for address in addresses if address],
        system_firewall_policies=system_policies,
    )
