"""Azure DNS: zones and the records that lead to resources."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, Hosts, TrackedResource, listing
from .network_shapes import NETWORK
from .session import AzureApi

_HOSTS = (
    "AzureAppService",
    "AzureFunctionApp",
    "AzureLogicAppStandard",
    "AzureAppServiceSlot",
    "AzureStaticWebApp",
    "AzureStorageAccount",
    "AzureContainerApp",
    "AzureFrontDoorEndpoint",
    "AzureTrafficManagerProfile",
    "AzureApiManagementService",
    "AzurePublicIPAddress",
    "UnknownResource",
)


class DnsZone(TrackedResource):
    """A public zone (Resource Graph: resources)."""

    label = "AzureDnsZone"
    arm_type = "Microsoft.Network/dnsZones"

    name_servers: list[str] | None = field("Servers that answer for it.")
    number_of_record_sets: int | None = field("How many records it has.")


class PrivateDnsZone(TrackedResource):
    """A zone that linked networks ask alone (Resource Graph: resources)."""

    label = "AzurePrivateDnsZone"
    arm_type = "Microsoft.Network/privateDnsZones"

    number_of_record_sets: int | None = field("How many records it has.")


class VirtualNetworkLink(TrackedResource):
    """That a network asks a private zone (Resource Graph: resources)."""

    label = "AzurePrivateDnsZoneLink"
    arm_type = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"

    zone: str | None = ref("AzurePrivateDnsZone", by="id", rel="PART_OF", wire="containedIn")
    virtual_network: str | None = ref(
        "AzureVirtualNetwork", by="id", rel="ATTACHED_TO", wire="virtualNetwork.id"
    )
    registration: bool | None = field(
        "Machines of the network get names in it.", wire="registrationEnabled"
    )


class DnsRecord(AzureResource):
    """A record that leads somewhere (Resource Graph: dnsresources)."""

    label = "AzureDnsRecord"
    identity = NETWORK + "/{zone_type}/{zone_name}/{record_type}/{name}"
    table = "dnsresources"
    shape: ClassVar[Shape] = {
        "ARecords": [{"ipv4Address": str}],
        "AAAARecords": [{"ipv6Address": str}],
        "aRecords": [{"ipv4Address": str}],
        "aaaaRecords": [{"ipv6Address": str}],
        "CNAMERecord": {"cname": str},
        "cnameRecord": {"cname": str},
        "targetResource": {"id": str},
    }

    zone: str | None = ref(
        ("AzureDnsZone", "AzurePrivateDnsZone"), by="id", rel="PART_OF", wire="containedIn"
    )
    fqdn: str | None = field("The name, whole.", wire="fqdn")
    record_type: str | None = field("A, AAAA or CNAME.", wire="-")
    addresses: list[str] | None = ref(
        ("AzurePublicIPAddress", "UnknownResource"), by="ip_address", rel="RESOLVES_TO", wire="-"
    )
    target_host: Hosts | None = ref(
        _HOSTS, by=("hosts", "host", "fqdn"), rel="RESOLVES_TO", wire="-"
    )
    target_resource: str | None = ref(_HOSTS, by="id", rel="RESOLVES_TO", wire="targetResource.id")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the record out of the form of its type."""
        four = raw.get("ARecords") or raw.get("aRecords") or []
        six = raw.get("AAAARecords") or raw.get("aaaaRecords") or []
        name = (raw.get("CNAMERecord") or raw.get("cnameRecord") or {}).get("cname") or ""
        fields = {
            "record_type": raw["id"].split("/")[-2].upper(),
            "addresses": [
                *(each["ipv4Address"] for each in four if each.get("ipv4Address")),
                *(each["ipv6Address"] for each in six if each.get("ipv6Address")),
            ],
            "target_host": [name.rstrip(".")] if name else [],
        }
        return super().load(raw, here, **fields, **known)


class _PublicA(DnsRecord):
    """An A record of a public zone."""

    arm_type = "Microsoft.Network/dnsZones/A"


class _PublicAAAA(DnsRecord):
    """An AAAA record of a public zone."""

    arm_type = "Microsoft.Network/dnsZones/AAAA"


class _PublicCNAME(DnsRecord):
    """A CNAME record of a public zone."""

    arm_type = "Microsoft.Network/dnsZones/CNAME"


class _PrivateA(DnsRecord):
    """An A record of a private zone."""

    arm_type = "Microsoft.Network/privateDnsZones/A"


class _PrivateAAAA(DnsRecord):
    """An AAAA record of a private zone."""

    arm_type = "Microsoft.Network/privateDnsZones/AAAA"


class _PrivateCNAME(DnsRecord):
    """A CNAME record of a private zone."""

    arm_type = "Microsoft.Network/privateDnsZones/CNAME"


class Dns(AzureCollector):
    """Zones and the records that lead to resources."""

    service = "dns"
    also_reads = (
        _PublicA,
        _PublicAAAA,
        _PublicCNAME,
        _PrivateA,
        _PrivateAAAA,
        _PrivateCNAME,
    )

    zones = listing(DnsZone)
    private_zones = listing(PrivateDnsZone)
    links = listing(VirtualNetworkLink)

    @lists(DnsRecord)
    def records(self, api: AzureApi) -> Iterator[DnsRecord]:
        """Records that lead to an address or a host; others are not read."""
        for kind in self.also_reads:
            for raw in api.resources(kind):
                yield DnsRecord.load(raw, api.here)
