"""Azure Container Instances."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Identified, listing


class ContainerGroup(Identified):
    """Containers that run together (Resource Graph: resources)."""

    label = "AzureGroupContainer"
    arm_type = "Microsoft.ContainerInstance/containerGroups"
    shape: ClassVar[Shape] = {
        "containers": [{"image": str}],
        "ipAddress": {"type": str, "ports": [{"port": int, "protocol": str}]},
    }

    os_type: str | None = field("Linux or Windows.")
    address_type: str | None = field(
        "Public or Private; empty if it has no address.", wire="ipAddress.type"
    )
    address: str | None = field("Its address; else empty.", wire="ipAddress.ip")
    ports: list[str] | None = field("Ports that it answers on, as `tcp/443`.", wire="-")
    images: list[str] | None = field("Images that it runs.", wire="-")
    registries: list[str] | None = ref(
        "AzureContainerRegistry", by="login_server", rel="USES_IMAGE", wire="-"
    )
    subnets: list[str] | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnetIds[].id")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the group out of its containers."""
        images = sorted({each.get("image") or "" for each in raw.get("containers") or []} - {""})
        hosts = {each.partition("/")[0].lower() for each in images}
        fields = {
            "images": images,
            "registries": sorted(each for each in hosts if each.endswith(".azurecr.io")),
            "ports": sorted(
                f"{(each.get('protocol') or 'TCP').lower()}/{each['port']}"
                for each in (raw.get("ipAddress") or {}).get("ports") or []
                if each.get("port")
            ),
        }
        return super().load(raw, here, **fields, **known)


class ContainerInstances(AzureCollector):
    """Containers without a cluster."""

    service = "containerinstance"

    container_groups = listing(ContainerGroup)
