"""Cloud DNS."""

from ...graph.model import Timestamp, field, ref
from .base import AssetResource, GCPCollector, listing


class ManagedZone(AssetResource):
    """A zone (managedZones.list)."""

    label = "GCPDNSZone"
    identity = "//dns.googleapis.com/projects/{account}/managedZones/{name}"
    asset_type = "dns.googleapis.com/ManagedZone"
    path = "dns.googleapis.com/dns/v1/projects/{project}/managedZones"

    dns_name: str | None = field("Name that it answers for.")
    visibility: str | None = field("public or private.")
    networks: list[str] | None = ref(
        "GCPVpc",
        by="id",
        rel="IN_NETWORK",
        wire="privateVisibilityConfig.networks[].networkUrl",
    )
    dnssec_state: str | None = field(
        "on, off or transfer; empty for off.", wire="dnssecConfig.state"
    )
    name_servers: list[str] | None = field("Its name servers.")
    created: Timestamp | None = field("When it was made.", wire="creationTime")


class DNS(GCPCollector):
    """Zones."""

    service = "dns"
    permissions = (
        "cloudasset.assets.listResource",
        "dns.managedZones.list",
        "resourcemanager.projects.get",
    )

    zones = listing(ManagedZone)
