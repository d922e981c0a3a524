"""Cloud Run."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Timestamp, field, ref
from ..shape import Shape
from .base import AssetResource, CryptoKeyName, GCPCollector, listing

_CONTAINERS = [
    {
        "image": str,
        "env": [{"name": str, "valueSource": {"secretKeyRef": {"secret": str}}}],
    }
]
_SECRET_VOLUMES = [{"secret": {"secret": str}}]


class CloudRunWorkload(AssetResource):
    """What Cloud Run runs. Of its environment only the names are kept."""

    images: list[str] | None = field("Images of its containers.", wire="-")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    environment_names: list[str] | None = field("Names of environment variables.", wire="-")
    secrets: list[str] | None = ref("GCPSecretManagerSecret", by="id", rel="USES_SECRET", wire="-")
    networks: list[str] | None = field("Networks that it is in.", wire="-")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="template.encryptionKey"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")


class CloudRunService(CloudRunWorkload):
    """A service (services.list of Cloud Run, version 2)."""

    label = "GCPCloudRunService"
    identity = "//run.googleapis.com/projects/{account}/locations/{place}/services/{name}"
    path = "run.googleapis.com/v2/projects/{project}/locations/-/services"
    shape: ClassVar[Shape] = {
        "template": {
            "serviceAccount": str,
            "containers": _CONTAINERS,
            "volumes": _SECRET_VOLUMES,
            "vpcAccess": {"networkInterfaces": [{"network": str}]},
        }
    }

    url: str | None = field("Address.", wire="uri")
    ingress: str | None = field(
        "INGRESS_TRAFFIC_ALL, INGRESS_TRAFFIC_INTERNAL_ONLY or "
        "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER."
    )
    invoker_iam_disabled: bool | None = field("Anyone may call it, whatever IAM says.")
    default_uri_disabled: bool | None = field("It does not answer at its own address.")
    iap_enabled: bool | None = field("Identity-Aware Proxy asks who calls.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the service; what is off is left out of the answer."""
        switches = {
            "invoker_iam_disabled": raw.get("invokerIamDisabled", False),
            "default_uri_disabled": raw.get("defaultUriDisabled", False),
            "iap_enabled": raw.get("iapEnabled", False),
        }
        running = _running(raw, raw.get("template") or {})
        return super().load(raw, here, **switches, **running, **known)


class CloudRunJob(CloudRunWorkload):
    """A job (jobs.list of Cloud Run, version 2)."""

    label = "GCPCloudRunJob"
    identity = "//run.googleapis.com/projects/{account}/locations/{place}/jobs/{name}"
    path = "run.googleapis.com/v2/projects/{project}/locations/-/jobs"
    shape: ClassVar[Shape] = {
        "template": {
            "template": {
                "serviceAccount": str,
                "containers": _CONTAINERS,
                "volumes": _SECRET_VOLUMES,
                "vpcAccess": {"networkInterfaces": [{"network": str}]},
            }
        }
    }

    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="template.template.encryptionKey"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the job."""
        running = _running(raw, (raw.get("template") or {}).get("template") or {})
        return super().load(raw, here, **running, **known)


def _running(raw: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, Any]:
    """What a template says of what runs. Where it names no service account, that of machines."""
    containers = template.get("containers") or []
    environment = [each for one in containers for each in one.get("env") or ()]
    sources = [(each.get("valueSource") or {}).get("secretKeyRef") or {} for each in environment]
    volumes = [each.get("secret") or {} for each in template.get("volumes") or ()]
    project = raw["projectName"].rpartition("/")[2]
    access = (template.get("vpcAccess") or {}).get("networkInterfaces") or []
    return {
        "images": sorted({each["image"] for each in containers if each.get("image")}),
        "service_account": template.get("serviceAccount") or raw.get("computeAccount"),
        "environment_names": sorted({each["name"] for each in environment if each.get("name")}),
        "secrets": sorted(
            {_secret(each["secret"], project) for each in (*sources, *volumes) if "secret" in each}
        ),
        "networks": sorted({each["network"] for each in access if each.get("network")}),
    }


def _secret(name: str, project: str) -> str:
    full = name if "/" in name else f"projects/{project}/secrets/{name}"
    return f"//secretmanager.googleapis.com/{full}"


class CloudRun(GCPCollector):
    """Services and jobs."""

    service = "run"
    permissions = (
        "resourcemanager.projects.get",
        "run.jobs.list",
        "run.services.list",
    )

    services = listing(CloudRunService)
    jobs = listing(CloudRunJob)
