"""Networks are collected as the account has them; what was refused is unread, never empty."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.vpc import VirtualNetworks
from clew.collectors.scan import Collected
from clew.graph.model import Resource, Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect, write_estate

EC2 = "arn:aws:ec2:us-east-1:111122223333"


@pytest.fixture
def read(aws_replay: AwsReplay, tmp_path: Path) -> Any:
    def run(account: str = "111122223333", url: str = "") -> Collected:
        return collect(tmp_path, [aws_account(url or aws_replay.url, account)], VirtualNetworks)

    return run


def by_id(found: Collected) -> dict[str, Resource]:
    return {resource.id: resource for resource in found.resources}


def one(found: Collected, label: str, **wanted: Any) -> Any:
    (match,) = (
        resource
        for resource in found.resources
        if resource.label == label
        and all(getattr(resource, name) == value for name, value in wanted.items())
    )
    return match


def test_everything_is_listed_over_all_pages(read: Any) -> None:
    found = read()
    assert {c.operation: c.status for c in found.coverage if c.status != Status.OK} == {}
    assert {r.status for r in found.reads} == {Status.OK}
    groups = [r.name for r in found.resources if r.label == "AWSEC2SecurityGroup"]
    assert sorted(groups) == ["app", "bastion", "db", "default", "offices", "unused", "web"]


def test_a_subnet_names_the_table_and_acl_that_govern_it(read: Any) -> None:
    found = by_id(read())
    public, private = (
        found[f"{EC2}:subnet/subnet-0a1000000000000a2"],
        found[f"{EC2}:subnet/subnet-0a1000000000000b2"],
    )
    assert (public.route_table_id, public.network_acl_id) == (
        "rtb-0a100000000000002",
        "acl-0a100000000000002",
    )
    # No table was given to the private subnet: the network's main one holds.
    assert (private.route_table_id, private.network_acl_id) == (
        "rtb-0a100000000000001",
        "acl-0a100000000000001",
    )
    assert public.ipv6_cidr_blocks == ["2001:db8:10:aa02::/64"]
    assert private.internet_gateway_block_mode == "off"


def test_rules_say_on_which_side_their_group_is(read: Any) -> None:
    found = read()
    ingress = one(found, "AWSEC2SecurityGroupRule", security_group_rule_id="sgr-0a100000000000201")
    assert ingress.source_group == f"{EC2}:security-group/sg-0a100000000000001"
    assert ingress.destination_group == ""
    assert (ingress.ip_protocol, ingress.from_port, ingress.to_port) == ("tcp", 8080, 8080)
    ipv6 = one(found, "AWSEC2SecurityGroupRule", cidr_ipv6="::/0", from_port=3389)
    assert ipv6.cidr_ipv4 == ""
    listed = one(found, "AWSEC2SecurityGroupRule", source_prefix_list="pl-0a100000000000001")
    assert listed.is_egress is False


def test_routes_name_their_targets_by_kind(read: Any) -> None:
    found = by_id(read())
    table = f"{EC2}:route-table/rtb-0a100000000000001"
    assert found[f"{table}/10.10.0.0/16"].is_local is True
    assert found[f"{table}/0.0.0.0/0"].nat_gateway_id == "nat-0a100000000000001"
    assert found[f"{table}/::/0"].egress_only_internet_gateway_id == "eigw-0a100000000000001"
    assert found[f"{table}/10.40.0.0/16"].vpc_peering_connection_id == "pcx-0a100000000000001"
    to_s3 = found[f"{table}/pl-63a5400a"]
    assert (to_s3.destination_prefix_list, to_s3.vpc_endpoint_id, to_s3.internet_gateway_id) == (
        "pl-63a5400a",
        "vpce-0a100000000000001",
        "",
    )


def test_a_route_to_a_kind_that_is_not_collected_still_leads_somewhere(tmp_path: Path) -> None:
    table = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "OwnerId": "111122223333",
        "Associations": [],
        "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": "tgw-1", "State": "active"},
            {"DestinationCidrBlock": "192.168.0.0/16", "GatewayId": "vgw-1", "State": "blackhole"},
        ],
    }
    estate = write_estate(
        tmp_path,
        {"111122223333/us-east-1/ec2": {"DescribeRouteTables": {"RouteTables": [table]}}},
    )
    with AwsReplay(estate) as server:
        found = by_id(collect(tmp_path, [aws_account(server.url)], VirtualNetworks))
    routes = f"{EC2}:route-table/rtb-1"
    assert found[f"{routes}/10.0.0.0/8"].other_target == f"{EC2}:transit-gateway/tgw-1"
    assert found[f"{routes}/192.168.0.0/16"].other_target == f"{EC2}:vpn-gateway/vgw-1"


def test_acl_entries_keep_their_order_and_ports(read: Any) -> None:
    found = by_id(read())
    acl = f"{EC2}:network-acl/acl-0a100000000000002"
    deny = found[f"{acl}/ingress/90"]
    assert (deny.rule_action, deny.protocol, deny.from_port, deny.to_port) == ("deny", "6", 22, 22)
    assert found[f"{acl}/egress/32767"].cidr_block == "0.0.0.0/0"
    assert found[f"{acl}/ingress/32768"].ipv6_cidr_block == "::/0"


def test_of_the_lists_of_aws_only_those_in_use_are_read(read: Any, aws_replay: AwsReplay) -> None:
    lists = {r.prefix_list_id: r for r in read().resources if r.label == "AWSPrefixList"}
    assert lists.keys() == {"pl-0a100000000000001", "pl-63a5400a"}
    assert lists["pl-0a100000000000001"].cidrs == ["192.0.2.0/24", "198.51.100.0/24"]
    assert lists["pl-63a5400a"].id == "arn:aws:ec2:us-east-1:aws:prefix-list/pl-63a5400a"
    asked = {
        call.params["PrefixListId"]
        for call in aws_replay.calls
        if call.operation == "GetManagedPrefixListEntries"
    }
    assert asked == lists.keys()


def test_both_ends_of_a_peering_make_the_same_node(read: Any) -> None:
    ours = one(read(), "AWSVpcPeeringConnection", vpc_peering_connection_id="pcx-0a100000000000001")
    theirs = one(read("444455556666"), "AWSVpcPeeringConnection")
    assert ours == theirs
    assert ours.requester_vpc == f"{EC2}:vpc/vpc-0a100000000000001"
    assert ours.accepter_vpc == "arn:aws:ec2:us-east-1:444455556666:vpc/vpc-0d100000000000001"


def test_flow_logs_name_what_they_record_and_where_to(read: Any) -> None:
    log = one(read(), "AWSFlowLog")
    assert log.resource == f"{EC2}:vpc/vpc-0a100000000000001"
    assert log.bucket == "clew-prod-access-logs"
    assert (log.log_group_name, log.delivery_stream, log.deliver_logs_permission_arn) == ("",) * 3


def test_endpoints_have_their_policy(read: Any) -> None:
    endpoint = one(read(), "AWSVpcEndpoint", vpc_endpoint_type="Interface")
    assert endpoint.security_groups == ["sg-0a100000000000002"]
    assert "aws:PrincipalAccount" in endpoint.policy_document


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("DescribeSecurityGroupRules", {"AWSEC2SecurityGroupRule"}),
        ("DescribeRouteTables", {"AWSRouteTable", "AWSRoute"}),
        ("DescribeNetworkAcls", {"AWSNetworkAcl", "AWSNetworkAclRule"}),
        ("DescribeSubnets", {"AWSEC2Subnet"}),
    ],
)
def test_a_refused_listing_leaves_just_its_labels_unread(
    read: Any, aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("ec2", operation, code="UnauthorizedOperation")
    found = read()
    assert {r.label for r in found.reads if r.status != Status.OK} == labels
    (record,) = (c for c in found.coverage if c.status != Status.OK)
    assert (record.operation, record.status) == (f"ec2:{operation}", Status.DENIED)


def test_a_subnet_whose_governors_were_refused_does_not_know_them(
    read: Any, aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ec2", "DescribeRouteTables", code="UnauthorizedOperation")
    aws_replay.deny("ec2", "DescribeNetworkAcls", code="UnauthorizedOperation")
    subnets = [r for r in read().resources if r.label == "AWSEC2Subnet"]
    assert len(subnets) == 4
    assert {(s.route_table_id, s.network_acl_id) for s in subnets} == {(None, None)}


def test_a_prefix_list_whose_entries_were_refused_does_not_know_them(
    read: Any, aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ec2", "GetManagedPrefixListEntries", code="UnauthorizedOperation")
    found = read()
    assert one(found, "AWSPrefixList", prefix_list_id="pl-0a100000000000001").cidrs is None
    assert {r.status for r in found.reads} == {Status.OK}


def test_a_shared_subnet_belongs_to_its_owner(tmp_path: Path) -> None:
    owner = "999900001111"
    subnet = {
        "SubnetId": "subnet-1",
        "SubnetArn": f"arn:aws:ec2:us-east-1:{owner}:subnet/subnet-1",
        "VpcId": "vpc-1",
        "OwnerId": owner,
    }
    estate = write_estate(
        tmp_path, {"111122223333/us-east-1/ec2": {"DescribeSubnets": {"Subnets": [subnet]}}}
    )
    with AwsReplay(estate) as server:
        (found,) = collect(tmp_path, [aws_account(server.url)], VirtualNetworks).resources
    assert (found.account, found.id) == (owner, subnet["SubnetArn"])
