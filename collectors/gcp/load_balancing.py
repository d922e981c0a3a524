"""Load balancers: what stands between a forwarding rule and what answers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, Timestamp, field, ref
from ..shape import Shape
from .base import COMPUTE, ComputeResource, GCPCollector, compute_listing

BACKENDS = ("GCPBackendService", "GCPBackendBucket")
"""Labels of what a URL map hands requests to."""


class LoadBalancerPart(ComputeResource):
    """A part of a load balancer."""

    description: str | None = field("Description.")
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class HttpProxy(LoadBalancerPart):
    """A proxy that takes HTTP, and asks a URL map where to send it."""

    url_map: str | None = ref("GCPUrlMap", by="id", rel="FORWARDS_TO")


class TargetHttpProxy(HttpProxy):
    """A proxy for HTTP, global or regional (targetHttpProxies.aggregatedList)."""

    label = "GCPTargetHttpProxy"
    identity = COMPUTE + "/global/targetHttpProxies/{name}"


class TargetHttpsProxy(HttpProxy):
    """A proxy for HTTPS, global or regional (targetHttpsProxies.aggregatedList)."""

    label = "GCPTargetHttpsProxy"
    identity = COMPUTE + "/global/targetHttpsProxies/{name}"

    ssl_certificates: list[str] | None = ref(
        ("GCPSslCertificate", "UnknownResource"), by="id", rel="USES_CERTIFICATE"
    )
    ssl_policy: str | None = field("Full name of the policy on TLS; empty for Google's default.")
    certificate_map: str | None = field("Map of Certificate Manager that has its certificates.")


class TargetSslProxy(LoadBalancerPart):
    """A proxy for TLS (targetSslProxies.list)."""

    label = "GCPTargetSslProxy"
    identity = COMPUTE + "/global/targetSslProxies/{name}"

    backend_service: str | None = ref(
        "GCPBackendService", by="id", rel="FORWARDS_TO", wire="service"
    )
    ssl_certificates: list[str] | None = ref(
        ("GCPSslCertificate", "UnknownResource"), by="id", rel="USES_CERTIFICATE"
    )
    ssl_policy: str | None = field("Full name of the policy on TLS; empty for Google's default.")


class TargetTcpProxy(LoadBalancerPart):
    """A proxy for TCP (targetTcpProxies.aggregatedList)."""

    label = "GCPTargetTcpProxy"
    identity = COMPUTE + "/global/targetTcpProxies/{name}"

    backend_service: str | None = ref(
        "GCPBackendService", by="id", rel="FORWARDS_TO", wire="service"
    )


class TargetPool(LoadBalancerPart):
    """Instances that packets are spread over (targetPools.aggregatedList)."""

    label = "GCPTargetPool"
    identity = COMPUTE + "/regions/{region_name}/targetPools/{name}"

    instances: list[str] | None = ref("GCPInstance", by="id", rel="FORWARDS_TO")


class TargetInstance(LoadBalancerPart):
    """One instance that packets are sent to (targetInstances.aggregatedList)."""

    label = "GCPTargetInstance"
    identity = COMPUTE + "/zones/{zone_name}/targetInstances/{name}"

    instance: str | None = ref("GCPInstance", by="id", rel="FORWARDS_TO")
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")


class UrlMap(LoadBalancerPart):
    """Which backend answers which host and path (urlMaps.aggregatedList)."""

    label = "GCPUrlMap"
    identity = COMPUTE + "/global/urlMaps/{name}"

    host_rules: Document | None = field("Which matcher decides for which hosts.")
    path_matchers: Document | None = field("Which backend each matcher sends which paths to.")
    backends: list[str] | None = ref(BACKENDS, by="id", rel="FORWARDS_TO", wire="-")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the map, and finds all backends that it names anywhere."""
        return super().load(raw, here, **{"backends": sorted(_backends(raw)), **known})


class BackendService(LoadBalancerPart):
    """What answers behind a load balancer (backendServices.aggregatedList)."""

    label = "GCPBackendService"
    identity = COMPUTE + "/global/backendServices/{name}"
    shape: ClassVar[Shape] = {"iap": {"enabled": bool}}

    load_balancing_scheme: str | None = field("EXTERNAL, EXTERNAL_MANAGED, INTERNAL and others.")
    protocol: str | None = field("HTTP, HTTPS, HTTP2, TCP, SSL, UDP, GRPC or UNSPECIFIED.")
    groups: list[str] | None = ref(
        ("GCPInstanceGroup", "GCPNetworkEndpointGroup", "UnknownResource"),
        by="id",
        rel="FORWARDS_TO",
        wire="backends[].group",
    )
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    health_checks: list[str] | None = field("Full names of what tells whether backends work.")
    iap_enabled: bool | None = field("Identity-Aware Proxy asks who calls.", wire="-")
    security_policy: str | None = ref("GCPCloudArmorPolicy", by="id", rel="PROTECTED_BY")
    edge_security_policy: str | None = ref("GCPCloudArmorPolicy", by="id", rel="PROTECTED_BY")
    log_enabled: bool | None = field("Requests are logged.", wire="logConfig.enable")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the service, which no proxy guards where nothing is said of one."""
        guarded = (raw.get("iap") or {}).get("enabled", False)
        return super().load(raw, here, **{"iap_enabled": guarded, **known})


class BackendBucket(LoadBalancerPart):
    """A bucket that answers behind a load balancer (backendBuckets.list)."""

    label = "GCPBackendBucket"
    identity = COMPUTE + "/global/backendBuckets/{name}"

    bucket: str | None = ref("GCPBucket", by="name", rel="SERVES_FROM", wire="bucketName")
    edge_security_policy: str | None = ref("GCPCloudArmorPolicy", by="id", rel="PROTECTED_BY")


class NetworkEndpointGroup(LoadBalancerPart):
    """Addresses, or a serverless service, behind a load balancer
    (networkEndpointGroups.aggregatedList)."""

    label = "GCPNetworkEndpointGroup"
    identity = COMPUTE + "/regions/{region_name}/networkEndpointGroups/{name}"
    never_empty = ("cloudFunction", "cloudRun")
    shape: ClassVar[Shape] = {"cloudRun": {"service": str}, "region": str}

    network_endpoint_type: str | None = field(
        "SERVERLESS, GCE_VM_IP_PORT, INTERNET_FQDN_PORT, PRIVATE_SERVICE_CONNECT and others."
    )
    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    subnetwork: str | None = ref("GCPSubnet", by="id", rel="IN_SUBNET")
    cloud_run_service: str | None = ref("GCPCloudRunService", by="id", rel="FORWARDS_TO", wire="-")
    cloud_function: str | None = field("Function in its region.", wire="cloudFunction.function")
    app_engine_service: str | None = field("Service of App Engine.", wire="appEngine.service")
    url_mask: str | None = field(
        "How the service is read from the URL, of Cloud Run.", wire="cloudRun.urlMask"
    )
    psc_target_service: str | None = field("What Private Service Connect leads to.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the group, and names the service of Cloud Run in its own region and project."""
        service = (raw.get("cloudRun") or {}).get("service")
        project, region = here.account, str(raw.get("region")).rpartition("/")[2]
        named = f"projects/{project}/locations/{region}/services/{service}"
        full = f"//run.googleapis.com/{named}" if service else ""
        return super().load(raw, here, **{"cloud_run_service": full, **known})


class CloudArmorPolicy(LoadBalancerPart):
    """A policy of Cloud Armor (securityPolicies.aggregatedList)."""

    label = "GCPCloudArmorPolicy"
    identity = COMPUTE + "/global/securityPolicies/{name}"

    type: str | None = field("CLOUD_ARMOR, CLOUD_ARMOR_EDGE or CLOUD_ARMOR_NETWORK.")
    rules: Document | None = field("Its rules: priority, action and what they match.")


class SslCertificate(LoadBalancerPart):
    """A certificate (sslCertificates.aggregatedList). Only what describes it is kept."""

    label = "GCPSslCertificate"
    identity = COMPUTE + "/global/sslCertificates/{name}"

    type: str | None = field("MANAGED or SELF_MANAGED.")
    domains: list[str] | None = field("Names that it is for.", wire="subjectAlternativeNames")
    expires: Timestamp | None = field("Until when it is good.", wire="expireTime")


class ServiceAttachment(LoadBalancerPart):
    """What Private Service Connect offers to other networks (serviceAttachments.aggregatedList)."""

    label = "GCPServiceAttachment"
    identity = COMPUTE + "/regions/{region_name}/serviceAttachments/{name}"

    target_service: str | None = ref("GCPForwardingRule", by="id", rel="FORWARDS_TO")
    connection_preference: str | None = field(
        "ACCEPT_AUTOMATIC, which lets anyone connect, or ACCEPT_MANUAL."
    )
    consumer_accept_lists: Document | None = field("Projects and networks that may connect.")


class LoadBalancing(GCPCollector):
    """Proxies, URL maps, backends and what guards them."""

    service = "load-balancing"
    permissions = (
        "compute.backendBuckets.list",
        "compute.backendServices.list",
        "compute.networkEndpointGroups.list",
        "compute.securityPolicies.list",
        "compute.serviceAttachments.list",
        "compute.sslCertificates.list",
        "compute.targetHttpProxies.list",
        "compute.targetHttpsProxies.list",
        "compute.targetInstances.list",
        "compute.targetPools.list",
        "compute.targetSslProxies.list",
        "compute.targetTcpProxies.list",
        "compute.urlMaps.list",
    )

    http_proxies = compute_listing(TargetHttpProxy, "targetHttpProxies.aggregatedList")
    https_proxies = compute_listing(TargetHttpsProxy, "targetHttpsProxies.aggregatedList")
    ssl_proxies = compute_listing(TargetSslProxy, "targetSslProxies.list")
    tcp_proxies = compute_listing(TargetTcpProxy, "targetTcpProxies.aggregatedList")
    pools = compute_listing(TargetPool, "targetPools.aggregatedList")
    instances = compute_listing(TargetInstance, "targetInstances.aggregatedList")
    url_maps = compute_listing(UrlMap, "urlMaps.aggregatedList")
    services = compute_listing(BackendService, "backendServices.aggregatedList")
    buckets = compute_listing(BackendBucket, "backendBuckets.list")
    endpoint_groups = compute_listing(NetworkEndpointGroup, "networkEndpointGroups.aggregatedList")
    armor = compute_listing(CloudArmorPolicy, "securityPolicies.aggregatedList")
    certificates = compute_listing(SslCertificate, "sslCertificates.aggregatedList")
    attachments = compute_listing(ServiceAttachment, "serviceAttachments.aggregatedList")


def _backends(value: Any) -> set[str]:
    """The full names of backends in a document."""
    if isinstance(value, Mapping):
        return {each for item in value.values() for each in _backends(item)}
    if isinstance(value, list):
        return {each for item in value for each in _backends(item)}
    is_backend = isinstance(value, str) and value.startswith("//compute.googleapis.com/")
    named = is_backend and ("/backendServices/" in value or "/backendBuckets/" in value)
    return {value} if named else set()
