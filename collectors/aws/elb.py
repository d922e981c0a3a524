"""Classic load balancers."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .hostnames import HostName
from .session import AWSApi

_TAGGED_AT_ONCE = 20
"""For how many load balancers DescribeTags answers."""


class LoadBalancer(AWSResource):
    """A classic load balancer (DescribeLoadBalancers, version 2012-06-01)."""

    label = "AWSLoadBalancer"
    identity = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{name}"
    global_keys = ("dns_name",)

    name: str | None = field("Name.", wire="LoadBalancerName")
    dns_name: HostName | None = field("DNS name.", wire="DNSName")
    scheme: str | None = field("internet-facing or internal.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", wire="VPCId")
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY"
    )
    instances: list[str] | None = ref(
        "AWSEC2Instance", by="instance_id", rel="FORWARDS_TO", wire="Instances[].InstanceId"
    )
    health_check_target: str | None = field(
        "What the health check asks.", wire="HealthCheck.Target"
    )
    created_time: Timestamp | None = field("When it was made.")
    access_log_bucket: str | None = ref(
        "AWSS3Bucket", by="name", rel="LOGS_TO", call="DescribeLoadBalancerAttributes"
    )
    access_log_enabled: bool | None = field(
        "Access logs are written.", call="DescribeLoadBalancerAttributes"
    )
    cross_zone: bool | None = field("Balances across zones.", call="DescribeLoadBalancerAttributes")
    connection_draining: bool | None = field(
        "Lets connections end before an instance leaves.", call="DescribeLoadBalancerAttributes"
    )


class Listener(AWSResource):
    """A listener of a classic load balancer (DescribeLoadBalancers, version 2012-06-01)."""

    label = "AWSELBListener"
    identity = (
        "arn:{partition}:elasticloadbalancing:{region}:{account}:"
        "loadbalancer/{load_balancer_name}/listener/{port}"
    )

    load_balancer_name: str | None = ref("AWSLoadBalancer", by="name", rel="PART_OF")
    port: int | None = field("Port it listens on.", wire="Listener.LoadBalancerPort")
    protocol: str | None = field("HTTP, HTTPS, TCP or SSL.", wire="Listener.Protocol")
    instance_port: int | None = field(
        "Port of the instances it passes requests to.", wire="Listener.InstancePort"
    )
    instance_protocol: str | None = field(
        "Protocol towards the instances.", wire="Listener.InstanceProtocol"
    )
    certificate: str | None = ref(
        ("AWSACMCertificate", "AWSServerCertificate"),
        by="id",
        rel="USES_CERTIFICATE",
        wire="Listener.SSLCertificateId",
    )
    policy_names: list[str] | None = field("Policies.")


class ELB(AWSCollector):
    """Classic load balancers and their listeners."""

    service = "elb"
    permissions = (
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
    )

    @lists(LoadBalancer, Listener)
    def load_balancers(self, api: AWSApi) -> Iterator[LoadBalancer | Listener]:
        """Load balancers, each with its listeners."""
        raws = list(api.pages("describe_load_balancers", "LoadBalancerDescriptions"))
        tags = _tags(api, [raw["LoadBalancerName"] for raw in raws])

        def detailed(raw: dict[str, Any]) -> LoadBalancer:
            name = raw["LoadBalancerName"]
            answer = api.read("describe_load_balancer_attributes", LoadBalancerName=name)

            def attribute(path: str, empty: Any) -> Any:
                return answered(answer, f"LoadBalancerAttributes.{path}", empty)

            return LoadBalancer.load(
                raw,
                api.here,
                tags=tags.get(name),
                access_log_bucket=attribute("AccessLog.S3BucketName", ""),
                access_log_enabled=attribute("AccessLog.Enabled", False),
                cross_zone=attribute("CrossZoneLoadBalancing.Enabled", False),
                connection_draining=attribute("ConnectionDraining.Enabled", False),
            )

        yield from api.each(detailed, raws)
        for raw in raws:
            for listener in raw.get("ListenerDescriptions", []):
                yield Listener.load(
                    listener,
                    api.here,
                    name=f"{raw['LoadBalancerName']}:{listener['Listener']['LoadBalancerPort']}",
                    load_balancer_name=raw["LoadBalancerName"],
                )


def _tags(api: AWSApi, names: list[str]) -> dict[str, list[dict[str, str]]]:
    """The tags of load balancers; those that could not be read are left out."""
    batches = [
        names[start : start + _TAGGED_AT_ONCE] for start in range(0, len(names), _TAGGED_AT_ONCE)
    ]

    def read(batch: list[str]) -> list[dict[str, Any]]:
        answer = api.read("describe_tags", LoadBalancerNames=batch)
        return answered(answer, "TagDescriptions", []) or []

    return {
        each["LoadBalancerName"]: each.get("Tags", [])
        for found in api.each(read, batches)
        for each in found
    }
