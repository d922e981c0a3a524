"""Elastic Load Balancing: application, network and gateway load balancers."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .hostnames import HostName
from .session import AWSApi

_TAGGED_AT_ONCE = 20
"""For how many resources DescribeTags answers."""


class LoadBalancer(AWSResource):
    """An application, network or gateway load balancer (DescribeLoadBalancers)."""

    label = "AWSLoadBalancerV2"
    identity = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{full_name}"
    global_keys = ("dns_name",)

    id: str = field("ARN.", wire="LoadBalancerArn")
    name: str | None = field("Name.", wire="LoadBalancerName")
    full_name: str | None = field("Kind, name and number, as CloudWatch names it.", call="-")
    dns_name: HostName | None = field("DNS name.", wire="DNSName")
    scheme: str | None = field("internet-facing or internal.")
    type: str | None = field("application, network or gateway.")
    state: str | None = field("active, provisioning …", wire="State.Code")
    ip_address_type: str | None = field("ipv4, dualstack, or dualstack without public IPv4.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnets: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="AvailabilityZones[].SubnetId"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY"
    )
    created_time: Timestamp | None = field("When it was made.")
    access_log_bucket: str | None = ref(
        "AWSS3Bucket", by="name", rel="LOGS_TO", call="DescribeLoadBalancerAttributes"
    )
    access_log_enabled: bool | None = field(
        "Access logs are written.", call="DescribeLoadBalancerAttributes"
    )
    deletion_protection: bool | None = field(
        "Cannot be deleted by mistake.", call="DescribeLoadBalancerAttributes"
    )
    drop_invalid_header_fields: bool | None = field(
        "Takes malformed headers out of requests.", call="DescribeLoadBalancerAttributes"
    )
    cross_zone: bool | None = field("Balances across zones.", call="DescribeLoadBalancerAttributes")


class Listener(AWSResource):
    """A listener (DescribeListeners, DescribeListenerCertificates)."""

    label = "AWSListener"
    identity = "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/{full_name}"

    id: str = field("ARN.", wire="ListenerArn")
    full_name: str | None = field("Load balancer and number.", call="-")
    load_balancer: str | None = ref(
        "AWSLoadBalancerV2", by="id", rel="PART_OF", wire="LoadBalancerArn"
    )
    port: int | None = field("Port it listens on; gateway load balancers have none.")
    protocol: str | None = field("HTTP, HTTPS, TCP, TLS, UDP, TCP_UDP, GENEVE …")
    ssl_policy: str | None = field("Protocols and ciphers of TLS.")
    certificate: str | None = ref(
        ("AWSACMCertificate", "AWSServerCertificate"), by="id", rel="USES_CERTIFICATE", call="-"
    )
    further_certificates: list[str] | None = ref(
        ("AWSACMCertificate", "AWSServerCertificate"),
        by="id",
        rel="USES_CERTIFICATE",
        call="DescribeListenerCertificates",
    )
    client_certificates: str | None = field(
        "Whether clients prove who they are: off, passthrough or verify.",
        wire="MutualAuthentication.Mode",
    )
    action_types: list[str] | None = field(
        "What is done with requests that no rule matches.", wire="DefaultActions[].Type"
    )
    target_groups: list[str] | None = ref("AWSTargetGroup", by="id", rel="FORWARDS_TO", call="-")


class ListenerRule(AWSResource):
    """A rule of a listener, the default one too (DescribeRules)."""

    label = "AWSListenerRule"
    identity = "arn:{partition}:elasticloadbalancing:{region}:{account}:listener-rule/{full_name}"

    id: str = field("ARN.", wire="RuleArn")
    full_name: str | None = field("Listener and number.", call="-")
    listener: str | None = ref("AWSListener", by="id", rel="PART_OF", call="-")
    priority: str | None = field("Place in the order; `default` is the last.")
    is_default: bool | None = field("Holds where no other rule does.")
    conditions: Document | None = field("Which requests it matches.", call="-")
    action_types: list[str] | None = field("What is done with them.", wire="Actions[].Type")
    target_groups: list[str] | None = ref("AWSTargetGroup", by="id", rel="FORWARDS_TO", call="-")


class TargetGroup(AWSResource):
    """A group of targets (DescribeTargetGroups)."""

    label = "AWSTargetGroup"
    identity = "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{full_name}"

    id: str = field("ARN.", wire="TargetGroupArn")
    name: str | None = field("Name.", wire="TargetGroupName")
    full_name: str | None = field("Name and number.", call="-")
    target_type: str | None = field("instance, ip, lambda or alb.")
    protocol: str | None = field("Protocol towards the targets; functions have none.")
    protocol_version: str | None = field("HTTP1, HTTP2 or GRPC.")
    port: int | None = field("Port of targets that were registered without one.")
    ip_address_type: str | None = field("ipv4 or ipv6.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    load_balancer_arns: list[str] | None = field("Load balancers that send to it.")
    preserves_client_ip: bool | None = field(
        "Targets see the client's address; network load balancers do so if set.",
        call="DescribeTargetGroupAttributes",
    )
    health_check_protocol: str | None = field("Protocol of the health check.")
    health_check_port: str | None = field("Port of the health check, or `traffic-port`.")
    health_check_path: str | None = field("Path of the health check.")


class Target(AWSResource):
    """One registered target of a target group, with its health (DescribeTargetHealth).

    An address is matched within the target group's network only: the same address may be in use
    in other networks.
    """

    label = "AWSTarget"
    identity = "{target_group}/{name}"

    target_group: str | None = ref("AWSTargetGroup", by="id", rel="PART_OF", call="-")
    target_id: str | None = field("Instance, address or ARN.", wire="Target.Id")
    target_type: str | None = field("instance, ip, lambda or alb.", call="-")
    port: int | None = field("Port it is sent to; functions have none.", wire="Target.Port")
    availability_zone: str | None = field(
        "Zone; `all` if the address lies outside the target group's network.",
        wire="Target.AvailabilityZone",
    )
    health: str | None = field("healthy, unhealthy, unused, draining …", wire="TargetHealth.State")
    health_reason: str | None = field("Why it is not healthy.", wire="TargetHealth.Reason")
    instance_id: str | None = ref("AWSEC2Instance", by="instance_id", rel="FORWARDS_TO", call="-")
    vpc_address: str | None = ref(
        "AWSNetworkInterface", by="vpc_addresses", rel="FORWARDS_TO", call="-"
    )
    outside_address: str | None = ref("UnknownResource", by="id", rel="FORWARDS_TO", call="-")
    function: str | None = ref("AWSLambda", by="id", rel="FORWARDS_TO", call="-")
    load_balancer: str | None = ref("AWSLoadBalancerV2", by="id", rel="FORWARDS_TO", call="-")


class ELBv2(AWSCollector):
    """Load balancers, what they listen on, and what they forward to.

    The API lists listeners by load balancer and rules by listener. Each listing begins anew at the
    load balancers, so that a failure on the way marks just the labels that it leaves unread.
    """

    service = "elbv2"
    permissions = (
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    )

    @lists(LoadBalancer)
    def load_balancers(self, api: AWSApi) -> Iterator[LoadBalancer]:
        """Load balancers."""
        raws = list(api.pages("describe_load_balancers", "LoadBalancers"))
        tags = _tags(api, [raw["LoadBalancerArn"] for raw in raws])

        def detailed(raw: dict[str, Any]) -> LoadBalancer:
            arn = raw["LoadBalancerArn"]
            answer = api.read("describe_load_balancer_attributes", LoadBalancerArn=arn)
            return LoadBalancer.load(
                raw,
                api.here,
                full_name=_after(arn, "loadbalancer/"),
                tags=tags.get(arn),
                access_log_bucket=_attribute(answer, "access_logs.s3.bucket"),
                access_log_enabled=_switch(answer, "access_logs.s3.enabled"),
                deletion_protection=_switch(answer, "deletion_protection.enabled"),
                drop_invalid_header_fields=_switch(
                    answer, "routing.http.drop_invalid_header_fields.enabled"
                ),
                cross_zone=_switch(answer, "load_balancing.cross_zone.enabled"),
            )

        yield from api.each(detailed, raws)

    @lists(Listener)
    def listeners(self, api: AWSApi) -> Iterator[Listener]:
        """Listeners of all load balancers."""

        def detailed(raw: dict[str, Any]) -> Listener:
            arn = raw["ListenerArn"]
            own = [each["CertificateArn"] for each in raw.get("Certificates", [])]
            further = _listed_certificates(api, arn) if own else []
            return Listener.load(
                raw,
                api.here,
                name=f"{raw.get('Protocol', '')}:{raw.get('Port', '')}",
                full_name=_after(arn, "listener/"),
                certificate=own[0] if own else "",
                further_certificates=further and [each for each in further if each not in own],
                target_groups=_forwarded(raw.get("DefaultActions", [])),
            )

        yield from api.each(detailed, _listeners(api))

    @lists(ListenerRule)
    def listener_rules(self, api: AWSApi) -> Iterator[ListenerRule]:
        """Rules of all listeners."""

        def rules(listener: dict[str, Any]) -> list[ListenerRule]:
            arn = listener["ListenerArn"]
            return [
                ListenerRule.load(
                    raw,
                    api.here,
                    name=raw.get("Priority", ""),
                    full_name=_after(raw["RuleArn"], "listener-rule/"),
                    listener=arn,
                    conditions=raw.get("Conditions", []),
                    target_groups=_forwarded(raw.get("Actions", [])),
                )
                for raw in api.pages("describe_rules", "Rules", ListenerArn=arn)
            ]

        yield from chain.from_iterable(api.each(rules, _listeners(api)))

    @lists(TargetGroup)
    def target_groups(self, api: AWSApi) -> Iterator[TargetGroup]:
        """Target groups."""
        raws = list(api.pages("describe_target_groups", "TargetGroups"))
        tags = _tags(api, [raw["TargetGroupArn"] for raw in raws])

        def detailed(raw: dict[str, Any]) -> TargetGroup:
            arn = raw["TargetGroupArn"]
            answer = api.read("describe_target_group_attributes", TargetGroupArn=arn)
            return TargetGroup.load(
                raw,
                api.here,
                full_name=_after(arn, "targetgroup/"),
                tags=tags.get(arn),
                preserves_client_ip=_switch(answer, "preserve_client_ip.enabled"),
            )

        yield from api.each(detailed, raws)

    @lists(Target)
    def targets(self, api: AWSApi) -> Iterator[Target]:
        """Registered targets of all target groups."""

        def members(group: dict[str, Any]) -> list[Target]:
            arn = group["TargetGroupArn"]
            raws = api.pages(
                "describe_target_health", "TargetHealthDescriptions", TargetGroupArn=arn
            )
            return [_target(api, group, raw) for raw in raws]

        groups = api.pages("describe_target_groups", "TargetGroups")
        yield from chain.from_iterable(api.each(members, groups))


def _listeners(api: AWSApi) -> list[dict[str, Any]]:
    def of(balancer: dict[str, Any]) -> list[dict[str, Any]]:
        arn = balancer["LoadBalancerArn"]
        return list(api.pages("describe_listeners", "Listeners", LoadBalancerArn=arn))

    balancers = api.pages("describe_load_balancers", "LoadBalancers")
    return list(chain.from_iterable(api.each(of, balancers)))


def _listed_certificates(api: AWSApi, listener: str) -> list[str] | None:
    found = api.details("describe_listener_certificates", "Certificates", ListenerArn=listener)
    return None if found is None else [each["CertificateArn"] for each in found]


def _forwarded(actions: list[dict[str, Any]]) -> list[str]:
    """The target groups that actions forward to, whatever their weights."""
    found = {action["TargetGroupArn"] for action in actions if action.get("TargetGroupArn")}
    for action in actions:
        weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
        found |= {each["TargetGroupArn"] for each in weighted}
    return sorted(found)


def _target(api: AWSApi, group: dict[str, Any], raw: dict[str, Any]) -> Target:
    kind = group.get("TargetType", "")
    target, port = raw["Target"]["Id"], raw["Target"].get("Port")
    outside = raw["Target"].get("AvailabilityZone") == "all"
    return Target.load(
        raw,
        api.here,
        name=f"{target}:{port}" if port else target,
        target_group=group["TargetGroupArn"],
        target_type=kind,
        instance_id=target if kind == "instance" else "",
        vpc_address=f"{group['VpcId']}/{target}" if kind == "ip" and not outside else "",
        outside_address=target if kind == "ip" and outside else "",
        function=function_arn(target) if kind == "lambda" else "",
        load_balancer=target if kind == "alb" else "",
    )


def _attribute(answer: dict[str, Any] | None, key: str) -> str | None:
    """The value of an attribute, empty if it is not set; None if the attributes are unread."""
    pairs = answered(answer, "Attributes", [])
    if pairs is None:
        return None
    return next((pair.get("Value", "") for pair in pairs if pair["Key"] == key), "")


def _switch(answer: dict[str, Any] | None, key: str) -> bool | None:
    value = _attribute(answer, key)
    return None if value is None else value == "true"


def _tags(api: AWSApi, arns: list[str]) -> dict[str, list[dict[str, str]]]:
    """The tags of resources; those that could not be read are left out."""
    batches = [
        arns[start : start + _TAGGED_AT_ONCE] for start in range(0, len(arns), _TAGGED_AT_ONCE)
    ]

    def read(batch: list[str]) -> list[dict[str, Any]]:
        return answered(api.read("describe_tags", ResourceArns=batch), "TagDescriptions", []) or []

    return {
        each["ResourceArn"]: each.get("Tags", [])
        for found in api.each(read, batches)
        for each in found
    }


def _after(arn: str, kind: str) -> str:
    return arn.partition(kind)[2]
