"""Builds an AWS network for a test out of the API's own answers: one VPC with a way out."""

from collections.abc import Iterable, Sequence
from typing import Any

from clew.collectors.aws.ec2 import Instance, NetworkInterface
from clew.collectors.aws.elb import Listener as ClassicListener
from clew.collectors.aws.elb import LoadBalancer as ClassicLoadBalancer
from clew.collectors.aws.elbv2 import (
    Listener,
    ListenerRule,
    LoadBalancer,
    Target,
    TargetGroup,
)
from clew.collectors.aws.vpc import (
    InternetGateway,
    NetworkAcl,
    NetworkAclRule,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    Vpc,
)
from clew.graph.model import Location, Resource

ACCOUNT, REGION = "111122223333", "us-east-1"
ELB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
OPEN = ("0.0.0.0/0", "::/0")


class Network:
    """A VPC with the subnets ``public`` (routed to an internet gateway) and ``private``, and a
    network ACL that lets everything through. What is built is in ``resources``."""

    def __init__(self, vpc: str = "vpc", prefix: str = "10.0", account: str = ACCOUNT) -> None:
        self.vpc = vpc
        self.here = Location(account, REGION, "aws")
        self.resources: list[Resource] = []
        self._sequence = 0
        self._add(Vpc, VpcId=vpc, OwnerId=account)
        self._add(
            InternetGateway, InternetGatewayId=self.named("igw"), Attachments=[{"VpcId": vpc}]
        )
        for name, number, ipv6 in (("public", 1, "2001:db8:0:1::/64"), ("private", 2, "")):
            self.subnet(name, f"{prefix}.{number}.0/24", ipv6)
        self.routes("public", {"0.0.0.0/0": self.named("igw"), "::/0": self.named("igw")})
        self.routes("private", {})
        self.acl(
            self.named("acl"), *[(100, way, "allow", "-1", cidr) for way in "io" for cidr in OPEN]
        )

    def named(self, name: str) -> str:
        """A name that no other network has."""
        return name if self.vpc == "vpc" else f"{name}-{self.vpc}"

    def arn(self, kind: str, id_: str) -> str:
        """The ARN of something of EC2 in the network."""
        return f"arn:aws:ec2:{REGION}:{self.here.account}:{kind}/{id_}"

    def subnet(self, name: str, cidr: str, ipv6: str = "", **known: Any) -> str:
        """Adds a subnet with a route table of its own name and the open ACL."""
        id_ = self.named(name)
        raw = {"SubnetId": id_, "VpcId": self.vpc, "CidrBlock": cidr}
        blocks = [{"Ipv6CidrBlock": ipv6}] if ipv6 else []
        values = {"route_table_id": f"rtb-{id_}", "network_acl_id": self.named("acl"), **known}
        subnet = Subnet.load(
            {**raw, "Ipv6CidrBlockAssociationSet": blocks}, self.here, name=id_, **values
        )
        self._replace(subnet)
        return id_

    def routes(self, subnet: str, targets: dict[str, str], **known: Any) -> None:
        """Sets the routes of a subnet: destinations to gateways; ``local`` is there anyway."""
        table = f"rtb-{self.named(subnet)}"
        self.resources = [
            one
            for one in self.resources
            if getattr(one, "route_table_id", "") != table or one.label == "AWSEC2Subnet"
        ]
        self._add(RouteTable, {"is_main": False, **known}, RouteTableId=table, VpcId=self.vpc)
        for destination, target in {"10.0.0.0/8": "local", **targets}.items():
            kind = target.partition("-")[0]
            is_list = destination.startswith("pl-")
            self._add(
                Route,
                {
                    "route_table_id": table,
                    "destination": destination,
                    "destination_prefix_list": destination if is_list else "",
                    "is_local": target == "local",
                    "state": "blackhole" if target == "blackhole" else "active",
                    "internet_gateway_id": target if kind == "igw" else "",
                    "vpc_endpoint_id": target if kind == "vpce" else "",
                    "nat_gateway_id": target if kind == "nat" else "",
                },
            )

    def acl(self, name: str, *entries: tuple[Any, ...]) -> None:
        """Sets an ACL's entries: number, i or o, action, protocol, range, and perhaps ports."""
        self.resources = [
            one
            for one in self.resources
            if getattr(one, "network_acl_id", "") != name or one.label == "AWSEC2Subnet"
        ]
        self._add(NetworkAcl, NetworkAclId=name, VpcId=self.vpc)
        ends = [(32767, way, "deny", "-1", cidr) for way in "io" for cidr in OPEN]
        for number, way, action, protocol, cidr, *ports in [*entries, *ends]:
            direction = "egress" if way == "o" else "ingress"
            self._sequence += 1
            raw: dict[str, Any] = {
                "RuleNumber": number,
                "RuleAction": action,
                "Protocol": protocol,
                "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
            }
            if ports:
                raw["PortRange"] = {"From": ports[0], "To": ports[-1]}
            known = {
                "network_acl_id": name,
                "direction": direction,
                "id": f"{name}/{self._sequence}",
            }
            self._add(NetworkAclRule, known, **raw)

    def group(self, name: str, *rules: tuple[Any, ...], called: str = "") -> str:
        """Adds a security group. A rule is i or o, protocol, first and last port, and a range, a
        prefix list or another group's name."""
        self._add(SecurityGroup, GroupId=name, GroupName=called or name, VpcId=self.vpc)
        for way, protocol, first, last, peer in rules:
            self._sequence += 1
            side = "destination" if way == "o" else "source"
            is_range = "/" in peer
            values = {
                "source_group": "",
                "destination_group": "",
                "source_prefix_list": "",
                "destination_prefix_list": "",
            }
            if peer.startswith("pl-"):
                values[f"{side}_prefix_list"] = peer
            elif not is_range:
                values[f"{side}_group"] = self.arn("security-group", peer)
            self._add(
                SecurityGroupRule,
                {"name": f"{name} {way} {protocol} {first}-{last} {peer}", **values},
                SecurityGroupRuleId=f"sgr-{name}-{self._sequence}",
                GroupId=name,
                IsEgress=way == "o",
                IpProtocol=protocol,
                FromPort=first,
                ToPort=last,
                CidrIpv4=peer if is_range and ":" not in peer else "",
                CidrIpv6=peer if is_range and ":" in peer else "",
            )
        return name

    def prefix_list(self, id_: str, cidrs: Sequence[str] | None) -> str:
        """Adds a prefix list."""
        self._add(PrefixList, {"cidrs": cidrs}, PrefixListId=id_, PrefixListName=id_)
        return id_

    def instance(
        self,
        name: str,
        subnet: str = "public",
        groups: Sequence[str] = (),
        *,
        public: str | None = "203.0.113.10",
        ipv6: Iterable[str] = (),
        private: str = "10.0.1.10",
        state: str = "running",
        with_interface: bool = True,
        **more: Any,
    ) -> str:
        """Adds an instance and its interface, whose name is ``eni-`` and the instance's."""
        where = {"VpcId": self.vpc, "SubnetId": self.named(subnet)}
        self._add(
            Instance,
            {"name": name},
            InstanceId=name,
            State={"Name": state},
            PrivateIpAddress=private,
            SecurityGroups=[{"GroupId": group} for group in groups],
            NetworkInterfaces=[{"NetworkInterfaceId": f"eni-{name}"}],
            **where,
            **more,
        )
        if with_interface:
            self.interface(
                f"eni-{name}",
                subnet,
                groups,
                public=public,
                ipv6=ipv6,
                private=private,
                instance=name,
            )
        return name

    def interface(
        self,
        name: str,
        subnet: str = "public",
        groups: Sequence[str] = (),
        *,
        public: str | None = "",
        ipv6: Iterable[str] = (),
        private: str = "10.0.1.10",
        instance: str = "",
    ) -> str:
        """Adds an interface; its public addresses are unread if ``public`` is None."""
        self._add(
            NetworkInterface,
            {
                "name": name,
                "vpc_addresses": [f"{self.vpc}/{private}"],
                "public_ip_addresses": None if public is None else [public] if public else [],
            },
            NetworkInterfaceId=name,
            VpcId=self.vpc,
            SubnetId=self.named(subnet),
            Groups=[{"GroupId": group} for group in groups],
            PrivateIpAddresses=[{"PrivateIpAddress": private}],
            Ipv6Addresses=[{"Ipv6Address": address} for address in ipv6],
            Attachment={"InstanceId": instance},
        )
        return name

    def load_balancer(
        self,
        name: str,
        groups: Sequence[str] = (),
        *,
        subnets: Sequence[str] = ("public",),
        scheme: str = "internet-facing",
        kind: str = "application",
        families: str = "ipv4",
    ) -> str:
        """Adds a load balancer; its ARN ends with its name."""
        arn = f"{ELB}:loadbalancer/{name}"
        self._add(
            LoadBalancer,
            {"full_name": name},
            LoadBalancerArn=arn,
            LoadBalancerName=name,
            Type=kind,
            Scheme=scheme,
            IpAddressType=families,
            VpcId=self.vpc,
            SecurityGroups=list(groups),
            AvailabilityZones=[{"SubnetId": self.named(subnet)} for subnet in subnets],
        )
        return arn

    def listener(
        self,
        balancer: str,
        port: int,
        *target_groups: str,
        protocol: str = "HTTPS",
        rules: Sequence[str] = (),
    ) -> None:
        """Adds a listener that forwards to target groups, by its default action and by rules."""
        arn = f"{balancer.replace(':loadbalancer/', ':listener/')}/{port}"
        self._add(
            Listener,
            {
                "name": f"{protocol}:{port}",
                "certificate": "",
                "further_certificates": [],
                "target_groups": list(target_groups),
            },
            ListenerArn=arn,
            LoadBalancerArn=balancer,
            Port=port,
            Protocol=protocol,
        )
        for number, group in enumerate(rules):
            known = {"listener": arn, "target_groups": [group]}
            self._add(ListenerRule, known, RuleArn=f"{arn}/rule/{number}", Priority=str(number))

    def target_group(
        self,
        name: str,
        balancer: str,
        *targets: str,
        port: int = 8080,
        kind: str = "instance",
        protocol: str = "HTTP",
        preserves: bool | None = False,
    ) -> str:
        """Adds a target group with its targets."""
        arn = f"{ELB}:targetgroup/{name}"
        self._add(
            TargetGroup,
            {"preserves_client_ip": preserves},
            TargetGroupArn=arn,
            TargetGroupName=name,
            TargetType=kind,
            Port=port,
            Protocol=protocol,
            VpcId=self.vpc,
            LoadBalancerArns=[balancer],
        )
        for target in targets:
            known = {
                "name": target,
                "target_group": arn,
                "instance_id": target if kind == "instance" else "",
                "vpc_address": f"{self.vpc}/{target}" if kind == "ip" else "",
                "outside_address": "",
                "function": target if kind == "lambda" else "",
                "load_balancer": target if kind == "alb" else "",
            }
            self._add(Target, known, Target={"Id": target, "Port": port})
        return arn

    def classic(
        self, name: str, groups: Sequence[str], instances: Sequence[str], *ports: tuple[int, int]
    ) -> str:
        """Adds a classic load balancer that listens on ports and passes on to others."""
        self._add(
            ClassicLoadBalancer,
            {"access_log_bucket": ""},
            LoadBalancerName=name,
            Scheme="internet-facing",
            VPCId=self.vpc,
            Subnets=[self.named("public")],
            SecurityGroups=list(groups),
            Instances=[{"InstanceId": instance} for instance in instances],
        )
        for port, behind in ports:
            raw = {"LoadBalancerPort": port, "InstancePort": behind, "Protocol": "TCP"}
            self._add(ClassicListener, {"load_balancer_name": name}, Listener=raw)
        return name

    def _add(
        self, model: type[Resource], known: dict[str, Any] | None = None, /, **raw: Any
    ) -> None:
        self.resources.append(model.load(raw, self.here, **(known or {})))

    def _replace(self, resource: Resource) -> None:
        self.resources = [one for one in self.resources if one.id != resource.id] + [resource]
