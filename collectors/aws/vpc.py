"""Amazon VPC: networks, what filters their traffic, and where it is sent on."""

from collections.abc import Iterator, Sequence
from typing import Any

from ...graph.model import Document, Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, name_tag
from .session import AWSApi


class Vpc(TaggedResource):
    """A virtual network (DescribeVpcs)."""

    label = "AWSVpc"
    identity = "arn:{partition}:ec2:{region}:{account}:vpc/{vpc_id}"
    # Accounts that a network or subnet is shared with refer to it by its bare id.
    global_keys = ("vpc_id",)

    vpc_id: str | None = field("Id.")
    state: str | None = field("pending or available.")
    is_default: bool | None = field("Made by AWS, in every region of an account.")
    cidr_blocks: list[str] | None = field(
        "IPv4 ranges in use.", wire="CidrBlockAssociationSet[].CidrBlock"
    )
    ipv6_cidr_blocks: list[str] | None = field(
        "IPv6 ranges in use.", wire="Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock"
    )
    instance_tenancy: str | None = field("default, dedicated or host.")
    dhcp_options_id: str | None = field("DHCP options.")


class Subnet(TaggedResource):
    """A subnet (DescribeSubnets), with what governs its traffic."""

    label = "AWSEC2Subnet"
    identity = "arn:{partition}:ec2:{region}:{account}:subnet/{subnet_id}"
    global_keys = ("subnet_id",)

    id: str = field("ARN.", wire="SubnetArn")
    subnet_id: str | None = field("Id.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    cidr_block: str | None = field("IPv4 range; empty in an IPv6-only subnet.")
    ipv6_cidr_blocks: list[str] | None = field(
        "IPv6 ranges.", wire="Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock"
    )
    availability_zone: str | None = field("Availability zone.")
    availability_zone_id: str | None = field("Availability zone, named alike in all accounts.")
    map_public_ip_on_launch: bool | None = field("New instances get a public IPv4 address.")
    assign_ipv6_address_on_creation: bool | None = field("New interfaces get an IPv6 address.")
    default_for_az: bool | None = field("The default subnet of its zone.")
    internet_gateway_block_mode: str | None = field(
        "What VPC Block Public Access stops here: off, block-ingress or block-bidirectional.",
        wire="BlockPublicAccessStates.InternetGatewayBlockMode",
    )
    route_table_id: str | None = ref(
        "AWSRouteTable", by="route_table_id", rel="ROUTES_TO", call="DescribeRouteTables"
    )
    network_acl_id: str | None = ref(
        "AWSNetworkAcl", by="network_acl_id", rel="PROTECTED_BY", call="DescribeNetworkAcls"
    )


class SecurityGroup(TaggedResource):
    """A security group (DescribeSecurityGroups)."""

    label = "AWSEC2SecurityGroup"
    identity = "arn:{partition}:ec2:{region}:{account}:security-group/{group_id}"
    global_keys = ("group_id",)

    id: str = field("ARN.", wire="SecurityGroupArn")
    name: str | None = field("Name.", wire="GroupName")
    group_id: str | None = field("Id.")
    description: str | None = field("Description.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")


class SecurityGroupRule(TaggedResource):
    """One rule of a security group, for one source or destination (DescribeSecurityGroupRules)."""

    label = "AWSEC2SecurityGroupRule"
    identity = "arn:{partition}:ec2:{region}:{account}:security-group-rule/{security_group_rule_id}"

    security_group_rule_id: str | None = field("Id.")
    group_id: str | None = ref("AWSEC2SecurityGroup", by="group_id", rel="PART_OF")
    description: str | None = field("Description.")
    is_egress: bool | None = field("Lets traffic out; else in.")
    ip_protocol: str | None = field("Name or number of the protocol; -1 is every protocol.")
    from_port: int | None = field("First port, or ICMP type; -1 is every one.")
    to_port: int | None = field("Last port, or ICMP code; -1 is every one.")
    cidr_ipv4: str | None = field("IPv4 range at the other end.")
    cidr_ipv6: str | None = field("IPv6 range at the other end.")
    source_group: str | None = ref("AWSEC2SecurityGroup", by="id", rel="ALLOWS_FROM")
    destination_group: str | None = ref("AWSEC2SecurityGroup", by="id", rel="ALLOWS_TO")
    source_prefix_list: str | None = ref("AWSPrefixList", by="prefix_list_id", rel="ALLOWS_FROM")
    destination_prefix_list: str | None = ref("AWSPrefixList", by="prefix_list_id", rel="ALLOWS_TO")


class PrefixList(TaggedResource):
    """A managed prefix list (DescribeManagedPrefixLists, GetManagedPrefixListEntries).

    Lists of AWS itself are kept only where a rule or route of the scanned accounts names them.
    """

    label = "AWSPrefixList"
    identity = "arn:{partition}:ec2:{region}:{account}:prefix-list/{prefix_list_id}"
    global_keys = ("prefix_list_id",)

    id: str = field("ARN.", wire="PrefixListArn")
    name: str | None = field("Name.", wire="PrefixListName")
    prefix_list_id: str | None = field("Id.")
    address_family: str | None = field("IPv4 or IPv6.")
    max_entries: int | None = field("Room for entries.")
    version: int | None = field("Version.")
    cidrs: list[str] | None = field("The ranges in it.", call="GetManagedPrefixListEntries")


class RouteTable(TaggedResource):
    """A route table (DescribeRouteTables)."""

    label = "AWSRouteTable"
    identity = "arn:{partition}:ec2:{region}:{account}:route-table/{route_table_id}"

    route_table_id: str | None = field("Id.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    is_main: bool | None = field("Holds for the subnets that have no route table of their own.")
    subnet_ids: list[str] | None = field(
        "Subnets that it was given to.", wire="Associations[].SubnetId"
    )
    gateway_ids: list[str] | None = field(
        "Gateways whose incoming traffic it directs.", wire="Associations[].GatewayId"
    )
    propagating_gateway_ids: list[str] | None = field(
        "Virtual private gateways that add routes.", wire="PropagatingVgws[].GatewayId"
    )


class Route(AWSResource):
    """One route of a route table (DescribeRouteTables)."""

    label = "AWSRoute"
    identity = "arn:{partition}:ec2:{region}:{account}:route-table/{route_table_id}/{destination}"

    route_table_id: str | None = ref("AWSRouteTable", by="route_table_id", rel="PART_OF")
    destination: str | None = field("IPv4 or IPv6 range, or id of a prefix list.")
    destination_prefix_list: str | None = ref(
        "AWSPrefixList", by="prefix_list_id", rel="COVERS", wire="DestinationPrefixListId"
    )
    is_local: bool | None = field("Leads to the network itself.")
    state: str | None = field("active; blackhole if its target is gone.")
    origin: str | None = field("What made the route.")
    internet_gateway_id: str | None = ref(
        "AWSInternetGateway", by="internet_gateway_id", rel="ROUTES_TO"
    )
    egress_only_internet_gateway_id: str | None = ref(
        "AWSEgressOnlyInternetGateway", by="egress_only_internet_gateway_id", rel="ROUTES_TO"
    )
    nat_gateway_id: str | None = ref("AWSNatGateway", by="nat_gateway_id", rel="ROUTES_TO")
    network_interface_id: str | None = ref(
        "AWSNetworkInterface", by="network_interface_id", rel="ROUTES_TO"
    )
    vpc_endpoint_id: str | None = ref("AWSVpcEndpoint", by="vpc_endpoint_id", rel="ROUTES_TO")
    vpc_peering_connection_id: str | None = ref(
        "AWSVpcPeeringConnection", by="vpc_peering_connection_id", rel="ROUTES_TO"
    )
    other_target: str | None = ref("UnknownResource", by="id", rel="ROUTES_TO")


class InternetGateway(TaggedResource):
    """An internet gateway (DescribeInternetGateways)."""

    label = "AWSInternetGateway"
    identity = "arn:{partition}:ec2:{region}:{account}:internet-gateway/{internet_gateway_id}"

    internet_gateway_id: str | None = field("Id.")
    vpc_ids: list[str] | None = ref(
        "AWSVpc", by="vpc_id", rel="ATTACHED_TO", wire="Attachments[].VpcId"
    )


class EgressOnlyInternetGateway(TaggedResource):
    """A gateway that lets IPv6 connections out only (DescribeEgressOnlyInternetGateways)."""

    label = "AWSEgressOnlyInternetGateway"
    identity = (
        "arn:{partition}:ec2:{region}:{account}:"
        "egress-only-internet-gateway/{egress_only_internet_gateway_id}"
    )

    egress_only_internet_gateway_id: str | None = field("Id.")
    vpc_ids: list[str] | None = ref(
        "AWSVpc", by="vpc_id", rel="ATTACHED_TO", wire="Attachments[].VpcId"
    )


class NatGateway(TaggedResource):
    """A NAT gateway (DescribeNatGateways)."""

    label = "AWSNatGateway"
    identity = "arn:{partition}:ec2:{region}:{account}:natgateway/{nat_gateway_id}"

    nat_gateway_id: str | None = field("Id.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnet_id: str | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    network_interface_ids: list[str] | None = ref(
        "AWSNetworkInterface",
        by="network_interface_id",
        rel="ATTACHED_TO",
        wire="NatGatewayAddresses[].NetworkInterfaceId",
    )
    connectivity_type: str | None = field("public or private.")
    public_ips: list[str] | None = field("Public addresses.", wire="NatGatewayAddresses[].PublicIp")
    state: str | None = field("State.")
    create_time: Timestamp | None = field("When it was made.")


class NetworkAcl(TaggedResource):
    """A network ACL (DescribeNetworkAcls)."""

    label = "AWSNetworkAcl"
    identity = "arn:{partition}:ec2:{region}:{account}:network-acl/{network_acl_id}"

    network_acl_id: str | None = field("Id.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    is_default: bool | None = field("Holds for subnets that were given no other.")
    subnet_ids: list[str] | None = field("Subnets it filters.", wire="Associations[].SubnetId")


class NetworkAclRule(AWSResource):
    """One entry of a network ACL (DescribeNetworkAcls). The lowest number that fits decides."""

    label = "AWSNetworkAclRule"
    identity = (
        "arn:{partition}:ec2:{region}:{account}:"
        "network-acl/{network_acl_id}/{direction}/{rule_number}"
    )

    network_acl_id: str | None = ref("AWSNetworkAcl", by="network_acl_id", rel="PART_OF")
    direction: str | None = field("ingress or egress.")
    rule_number: int | None = field("Place in the order; the last entry, which denies, is 32767.")
    rule_action: str | None = field("allow or deny.")
    protocol: str | None = field("Number of the protocol; -1 is every protocol.")
    cidr_block: str | None = field("IPv4 range at the other end.")
    ipv6_cidr_block: str | None = field("IPv6 range at the other end.")
    from_port: int | None = field("First port.", wire="PortRange.From")
    to_port: int | None = field("Last port.", wire="PortRange.To")
    icmp_type: int | None = field("ICMP type; -1 is every one.", wire="IcmpTypeCode.Type")
    icmp_code: int | None = field("ICMP code; -1 is every one.", wire="IcmpTypeCode.Code")


class VpcEndpoint(TaggedResource):
    """An endpoint for a service inside a network (DescribeVpcEndpoints)."""

    label = "AWSVpcEndpoint"
    identity = "arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{vpc_endpoint_id}"

    vpc_endpoint_id: str | None = field("Id.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    vpc_endpoint_type: str | None = field("Interface, Gateway, GatewayLoadBalancer …")
    service_name: str | None = field("Service it leads to.")
    state: str | None = field("State.")
    policy_document: Document | None = field("Endpoint policy.")
    private_dns_enabled: bool | None = field("The service's own name resolves to the endpoint.")
    subnet_ids: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    route_table_ids: list[str] | None = ref("AWSRouteTable", by="route_table_id", rel="ATTACHED_TO")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", wire="Groups[].GroupId"
    )
    network_interface_ids: list[str] | None = ref(
        "AWSNetworkInterface", by="network_interface_id", rel="ATTACHED_TO"
    )
    creation_timestamp: Timestamp | None = field("When it was made.")


class VpcPeeringConnection(TaggedResource):
    """A connection between two networks (DescribeVpcPeeringConnections)."""

    label = "AWSVpcPeeringConnection"
    identity = (
        "arn:{partition}:ec2:{region}:{account}:vpc-peering-connection/{vpc_peering_connection_id}"
    )
    # Both sides list it, each in its own account and region.
    global_keys = ("vpc_peering_connection_id",)

    vpc_peering_connection_id: str | None = field("Id.")
    status: str | None = field("active, pending-acceptance, …", wire="Status.Code")
    requester_vpc: str | None = ref("AWSVpc", by="id", rel="PEERS_WITH")
    accepter_vpc: str | None = ref("AWSVpc", by="id", rel="PEERS_WITH")
    requester_cidr_blocks: list[str] | None = field(
        "IPv4 ranges of the requester.", wire="RequesterVpcInfo.CidrBlockSet[].CidrBlock"
    )
    accepter_cidr_blocks: list[str] | None = field(
        "IPv4 ranges of the accepter.", wire="AccepterVpcInfo.CidrBlockSet[].CidrBlock"
    )


class FlowLog(TaggedResource):
    """A record of a network's, subnet's or interface's traffic (DescribeFlowLogs)."""

    label = "AWSFlowLog"
    identity = "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{flow_log_id}"

    flow_log_id: str | None = field("Id.")
    resource: str | None = ref(
        ("AWSVpc", "AWSEC2Subnet", "AWSNetworkInterface"), by="id", rel="AUDITS"
    )
    traffic_type: str | None = field("ACCEPT, REJECT or ALL.")
    flow_log_status: str | None = field("ACTIVE while it runs.")
    deliver_logs_status: str | None = field("SUCCESS or FAILED.")
    log_destination_type: str | None = field("cloud-watch-logs, s3 or kinesis-data-firehose.")
    log_group_name: str | None = ref("AWSLogGroup", by="name", rel="LOGS_TO")
    bucket: str | None = ref("AWSS3Bucket", by="name", rel="LOGS_TO")
    delivery_stream: str | None = ref("UnknownResource", by="id", rel="LOGS_TO")
    deliver_logs_permission_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    creation_time: Timestamp | None = field("When it was made.")


class VirtualNetworks(AWSCollector):
    """Networks and their parts, by the API of EC2."""

    service = "vpc"
    permissions = (
        "ec2:DescribeEgressOnlyInternetGateways",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:GetManagedPrefixListEntries",
    )

    def __init__(self) -> None:
        self._named_prefix_lists: set[str] = set()

    @lists(Vpc)
    def vpcs(self, api: AWSApi) -> Iterator[Vpc]:
        """Networks of this account and those shared with it."""
        for raw in api.pages("describe_vpcs", "Vpcs", service="ec2"):
            yield Vpc.load(raw, api.here, name=name_tag(raw), account=raw.get("OwnerId"))

    @lists(Subnet)
    def subnets(self, api: AWSApi) -> Iterator[Subnet]:
        """Subnets of this account and those shared with it."""
        tables = api.details("describe_route_tables", "RouteTables", service="ec2")
        acls = api.details("describe_network_acls", "NetworkAcls", service="ec2")
        for raw in api.pages("describe_subnets", "Subnets", service="ec2"):
            yield Subnet.load(
                raw,
                api.here,
                name=name_tag(raw),
                account=raw.get("OwnerId"),
                route_table_id=_governing(raw, tables, "RouteTableId"),
                network_acl_id=_governing(raw, acls, "NetworkAclId"),
            )

    @lists(SecurityGroup)
    def security_groups(self, api: AWSApi) -> Iterator[SecurityGroup]:
        """Security groups."""
        for raw in api.pages("describe_security_groups", "SecurityGroups", service="ec2"):
            yield SecurityGroup.load(raw, api.here, account=raw.get("OwnerId"))

    @lists(SecurityGroupRule)
    def security_group_rules(self, api: AWSApi) -> Iterator[SecurityGroupRule]:
        """Rules of all security groups."""
        raws = api.pages("describe_security_group_rules", "SecurityGroupRules", service="ec2")
        for raw in raws:
            egress = raw["IsEgress"]
            group = _referenced_group(raw, api.here)
            prefix_list = raw.get("PrefixListId", "")
            self._named_prefix_lists.add(prefix_list)
            yield SecurityGroupRule.load(
                raw,
                api.here,
                name=raw["SecurityGroupRuleId"],
                account=raw.get("GroupOwnerId"),
                source_group="" if egress else group,
                destination_group=group if egress else "",
                source_prefix_list="" if egress else prefix_list,
                destination_prefix_list=prefix_list if egress else "",
            )

    @lists(RouteTable, Route)
    def route_tables(self, api: AWSApi) -> Iterator[RouteTable | Route]:
        """Route tables and their routes."""
        for raw in api.pages("describe_route_tables", "RouteTables", service="ec2"):
            account = raw.get("OwnerId")
            main = any(association.get("Main") for association in raw["Associations"])
            yield RouteTable.load(raw, api.here, name=name_tag(raw), account=account, is_main=main)
            for route in raw["Routes"]:
                self._named_prefix_lists.add(route.get("DestinationPrefixListId", ""))
                yield _route(route, raw["RouteTableId"], api.here, account)

    @lists(InternetGateway)
    def internet_gateways(self, api: AWSApi) -> Iterator[InternetGateway]:
        """Internet gateways."""
        for raw in api.pages("describe_internet_gateways", "InternetGateways", service="ec2"):
            yield InternetGateway.load(
                raw, api.here, name=name_tag(raw), account=raw.get("OwnerId")
            )

    @lists(EgressOnlyInternetGateway)
    def egress_only_gateways(self, api: AWSApi) -> Iterator[EgressOnlyInternetGateway]:
        """Egress-only internet gateways."""
        raws = api.pages(
            "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", service="ec2"
        )
        for raw in raws:
            yield EgressOnlyInternetGateway.load(raw, api.here, name=name_tag(raw))

    @lists(NatGateway)
    def nat_gateways(self, api: AWSApi) -> Iterator[NatGateway]:
        """NAT gateways."""
        for raw in api.pages("describe_nat_gateways", "NatGateways", service="ec2"):
            yield NatGateway.load(raw, api.here, name=name_tag(raw))

    @lists(NetworkAcl, NetworkAclRule)
    def network_acls(self, api: AWSApi) -> Iterator[NetworkAcl | NetworkAclRule]:
        """Network ACLs and their entries."""
        for raw in api.pages("describe_network_acls", "NetworkAcls", service="ec2"):
            account = raw.get("OwnerId")
            yield NetworkAcl.load(raw, api.here, name=name_tag(raw), account=account)
            for entry in raw["Entries"]:
                direction = "egress" if entry["Egress"] else "ingress"
                yield NetworkAclRule.load(
                    entry,
                    api.here,
                    name=f"{direction} {entry['RuleNumber']}",
                    account=account,
                    network_acl_id=raw["NetworkAclId"],
                    direction=direction,
                )

    @lists(VpcEndpoint)
    def endpoints(self, api: AWSApi) -> Iterator[VpcEndpoint]:
        """Endpoints."""
        for raw in api.pages("describe_vpc_endpoints", "VpcEndpoints", service="ec2"):
            yield VpcEndpoint.load(raw, api.here, name=name_tag(raw), account=raw.get("OwnerId"))

    @lists(VpcPeeringConnection)
    def peering_connections(self, api: AWSApi) -> Iterator[VpcPeeringConnection]:
        """Peering connections that this account asked for or was asked for."""
        raws = api.pages("describe_vpc_peering_connections", "VpcPeeringConnections", service="ec2")
        for raw in raws:
            requester, accepter = raw["RequesterVpcInfo"], raw["AccepterVpcInfo"]
            yield VpcPeeringConnection.load(
                raw,
                api.here,
                name=name_tag(raw),
                account=requester.get("OwnerId"),
                region=requester.get("Region"),
                requester_vpc=_peer(requester, api.here),
                accepter_vpc=_peer(accepter, api.here),
            )

    @lists(FlowLog)
    def flow_logs(self, api: AWSApi) -> Iterator[FlowLog]:
        """Flow logs."""
        for raw in api.pages("describe_flow_logs", "FlowLogs", service="ec2"):
            kind = raw.get("LogDestinationType")
            destination = raw.get("LogDestination", "")
            yield FlowLog.load(
                raw,
                api.here,
                name=name_tag(raw),
                resource=_recorded(raw["ResourceId"], api.here),
                bucket=destination.split(":")[-1].split("/")[0] if kind == "s3" else "",
                delivery_stream=destination if kind == "kinesis-data-firehose" else "",
            )

    @lists(PrefixList)
    def prefix_lists(self, api: AWSApi) -> Iterator[PrefixList]:
        """Prefix lists of accounts, and those of AWS that the rules and routes above name."""
        raws = api.pages("describe_managed_prefix_lists", "PrefixLists", service="ec2")

        def with_entries(raw: dict[str, Any]) -> PrefixList:
            entries = api.details(
                "get_managed_prefix_list_entries",
                "Entries",
                service="ec2",
                PrefixListId=raw["PrefixListId"],
            )
            cidrs = None if entries is None else sorted(entry["Cidr"] for entry in entries)
            return PrefixList.load(raw, api.here, account=raw.get("OwnerId"), cidrs=cidrs)

        yield from api.each(
            with_entries,
            (
                raw
                for raw in raws
                if raw["OwnerId"].upper() != "AWS"
                or raw["PrefixListId"] in self._named_prefix_lists
            ),
        )


def _governing(
    subnet: dict[str, Any], candidates: Sequence[dict[str, Any]] | None, key: str
) -> str | None:
    """The route table or ACL of a subnet: its own, else the network's main or default one; None if
    neither is to be seen."""
    if candidates is None:
        return None
    fallback: str | None = None
    for candidate in candidates:
        if candidate["VpcId"] != subnet["VpcId"]:
            continue
        found: str = candidate[key]
        for association in candidate.get("Associations", []):
            if association.get("SubnetId") == subnet["SubnetId"]:
                return found
            if association.get("Main"):
                fallback = found
    return fallback


def _referenced_group(raw: dict[str, Any], here: Location) -> str:
    """The ARN of the group that a rule names at the other end."""
    info = raw.get("ReferencedGroupInfo") or {}
    group = info.get("GroupId")
    if not group:
        return ""
    owner = info.get("UserId") or raw.get("GroupOwnerId") or here.account
    return f"arn:{here.partition}:ec2:{here.region}:{owner}:security-group/{group}"


def _peer(info: dict[str, Any], here: Location) -> str:
    """The ARN of a network at one end of a peering connection."""
    vpc = info.get("VpcId")
    if not vpc:
        return ""
    region = info.get("Region") or here.region
    return f"arn:{here.partition}:ec2:{region}:{info.get('OwnerId') or here.account}:vpc/{vpc}"


_RECORDED = {
    "vpc": "vpc",
    "subnet": "subnet",
    "eni": "network-interface",
    "tgw": "transit-gateway",
}


def _recorded(resource_id: str, here: Location) -> str:
    """The ARN of what a flow log is for; the bare id if its kind is unknown."""
    kind = _RECORDED.get(resource_id.partition("-")[0])
    if kind is None:
        return resource_id
    return f"arn:{here.partition}:ec2:{here.region}:{here.account}:{kind}/{resource_id}"


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_OTHER_TARGETS = {
    "TransitGatewayId": "transit-gateway",
    "LocalGatewayId": "local-gateway",
    "CarrierGatewayId": "carrier-gateway",
}


def _route(raw: dict[str, Any], route_table: str, here: Location, account: str | None) -> Route:
    gateway = raw.get("GatewayId", "")
    kind = gateway.partition("-")[0]
    destination = next((raw[name] for name in _DESTINATIONS if raw.get(name)), "")
    others = [
        f"arn:{here.partition}:ec2:{here.region}:{account or here.account}:{type_}/{raw[name]}"
        for name, type_ in _OTHER_TARGETS.items()
        if raw.get(name)
    ]
    if kind == "vgw":
        owner = account or here.account
        others.append(f"arn:{here.partition}:ec2:{here.region}:{owner}:vpn-gateway/{gateway}")
    others += [raw[name] for name in ("CoreNetworkArn", "OdbNetworkArn") if raw.get(name)]
    return Route.load(
        raw,
        here,
        account=account,
        name=destination,
        route_table_id=route_table,
        destination=destination,
        is_local=gateway == "local",
        internet_gateway_id=gateway if kind == "igw" else "",
        vpc_endpoint_id=gateway if kind == "vpce" else "",
        other_target=others[0] if others else "",
    )
