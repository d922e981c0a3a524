"""Cloud DNS."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Resource, Timestamp, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AssetResource, GCPCollector, GCPResource, listing
from .session import GCPApi

_RECORD = {"name": str, "type": str, "ttl": int, "rrdatas": [str]}


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


class RecordSet(GCPResource):
    """The records of a name and a type in a zone (resourceRecordSets.list)."""

    label = "GCPRecordSet"
    identity = "//dns.googleapis.com/projects/{account}/managedZones/{zone_name}/rrsets/{record}"

    id: str = field("The zone, `/rrsets/`, and name and type of the records.", wire="-")
    zone: str | None = ref("GCPDNSZone", by="id", rel="PART_OF", wire="-")
    type: str | None = field("A, AAAA, CNAME, MX, NS, SOA, TXT and others.")
    ttl: int | None = field("For how many seconds answers may be kept.")
    values: list[str] | None = field("What the name leads to.", wire="rrdatas")


class DNSPolicy(AssetResource):
    """How names are answered in some networks (policies.list)."""

    label = "GCPDNSPolicy"
    identity = "//dns.googleapis.com/projects/{account}/policies/{name}"
    asset_type = "dns.googleapis.com/Policy"
    path = "dns.googleapis.com/dns/v1/projects/{project}/policies"
    shape: ClassVar[Shape] = {"enableLogging": bool, "enableInboundForwarding": bool}

    networks: list[str] | None = ref("GCPVpc", by="id", rel="COVERS", wire="networks[].networkUrl")
    logging_enabled: bool | None = field("Queries are logged.", wire="-")
    inbound_forwarding: bool | None = field(
        "Queries from outside of the network are answered.", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the policy, of which what is off is left out."""
        switches = {
            "logging_enabled": raw.get("enableLogging", False),
            "inbound_forwarding": raw.get("enableInboundForwarding", False),
        }
        return super().load(raw, here, **switches, **known)


class DNS(GCPCollector):
    """Zones with their records, and policies."""

    service = "dns"
    permissions = (
        "cloudasset.assets.listResource",
        "dns.managedZones.list",
        "dns.policies.list",
        "dns.resourceRecordSets.list",
        "resourcemanager.projects.get",
    )

    policies = listing(DNSPolicy)

    @lists(ManagedZone, RecordSet, through={RecordSet: ManagedZone})
    def zones(self, api: GCPApi) -> Iterator[Resource]:
        """Zones, each with its records."""
        zones = [
            ManagedZone.load(raw, api.here) for raw in api.resources(ManagedZone, lists=ManagedZone)
        ]
        yield from zones
        for found in api.each(lambda zone: _records(api, zone), zones):
            yield from found


def _records(api: GCPApi, zone: ManagedZone) -> list[RecordSet]:
    address = f"dns.googleapis.com/dns/v1/{zone.id.split('/', 3)[3]}/rrsets"
    found = api.detailed("resourceRecordSets.list", address, "rrsets", _RECORD, lists=RecordSet)
    return [
        RecordSet.load(
            raw, api.here, id=f"{zone.id}/rrsets/{raw['name']}/{raw['type']}", zone=zone.id
        )
        for raw in found or ()
    ]
