"""Azure Container Apps."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Host, Identified, listing

_RULE = {"name": str, "action": str, "ipAddressRange": str}


class ContainerAppEnvironment(Identified):
    """What container apps run in (Resource Graph: resources)."""

    label = "AzureContainerAppEnvironment"
    arm_type = "Microsoft.App/managedEnvironments"

    internal: bool | None = field(
        "Only its virtual network reaches its apps.", wire="vnetConfiguration.internal"
    )
    public_network_access: str | None = field("Enabled or Disabled; empty if it is not said.")
    default_domain: str | None = field("Domain of its apps.")
    subnet: str | None = ref(
        "AzureSubnet",
        by="id",
        rel="IN_SUBNET",
        wire="vnetConfiguration.infrastructureSubnetId",
    )


class _Workload(Identified):
    """What apps and jobs have."""

    shape: ClassVar[Shape] = {
        "environmentId": str,
        "managedEnvironmentId": str,
        "template": {"containers": [{"image": str}]},
        "configuration": {
            "ingress": {"ipSecurityRestrictions": [_RULE]},
            "registries": [{"server": str, "identity": str}],
        },
    }

    environment: str | None = ref("AzureContainerAppEnvironment", by="id", rel="PART_OF", wire="-")
    images: list[str] | None = field("Images that it runs.", wire="-")
    registries: list[str] | None = ref(
        "AzureContainerRegistry", by="login_server", rel="USES_IMAGE", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes it out of its template."""
        containers = (raw.get("template") or {}).get("containers") or []
        images = sorted({each.get("image") or "" for each in containers} - {""})
        hosts = {each.partition("/")[0].lower() for each in images}
        fields = {
            "environment": raw.get("environmentId") or raw.get("managedEnvironmentId") or "",
            "images": images,
            "registries": sorted(each for each in hosts if each.endswith(".azurecr.io")),
        }
        return super().load(raw, here, **fields, **known)


class ContainerApp(_Workload):
    """A container app (Resource Graph: resources)."""

    label = "AzureContainerApp"
    arm_type = "Microsoft.App/containerApps"
    global_keys = ("fqdn",)

    fqdn: Host | None = field(
        "Host that it answers as; empty without ingress.", wire="configuration.ingress.fqdn"
    )
    ingress: bool | None = field("It answers requests.", wire="-")
    external: bool | None = field(
        "They may come from outside its environment.", wire="configuration.ingress.external"
    )
    target_port: int | None = field(
        "Port of its containers.", wire="configuration.ingress.targetPort"
    )
    exposed_port: int | None = field(
        "Port that it answers on, if that is not 80 and 443.",
        wire="configuration.ingress.exposedPort",
    )
    transport: str | None = field(
        "auto, http, http2 or tcp.", wire="configuration.ingress.transport"
    )
    allow_insecure: bool | None = field(
        "HTTP is answered.", wire="configuration.ingress.allowInsecure"
    )
    restrictions: Document | None = field(
        "Whose requests it answers, rule by rule; empty is everyone's.", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the app out of its ingress."""
        ingress = (raw.get("configuration") or {}).get("ingress")
        rules = [
            {
                "name": rule.get("name") or "",
                "action": rule.get("action") or "",
                "address": rule.get("ipAddressRange") or "",
            }
            for rule in (ingress or {}).get("ipSecurityRestrictions") or []
        ]
        fields = {"ingress": ingress is not None, "restrictions": rules}
        return super().load(raw, here, **fields, **known)


class ContainerAppJob(_Workload):
    """A job of containers (Resource Graph: resources)."""

    label = "AzureContainerAppJob"
    arm_type = "Microsoft.App/jobs"

    trigger_type: str | None = field("Manual, Schedule or Event.", wire="configuration.triggerType")


class ContainerApps(AzureCollector):
    """Container apps, jobs, and what they run in."""

    service = "containerapps"

    environments = listing(ContainerAppEnvironment)
    apps = listing(ContainerApp)
    jobs = listing(ContainerAppJob)
