"""Cloud Functions."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AssetResource, CryptoKeyName, GCPCollector, TopicName, listing


class CloudFunction(AssetResource):
    """A function of either generation (functions.list, version 2). Of its environment only the
    names are kept."""

    label = "GCPCloudFunction"
    identity = (
        "//cloudfunctions.googleapis.com/projects/{account}/locations/{place}/functions/{name}"
    )
    path = "cloudfunctions.googleapis.com/v2/projects/{project}/locations/-/functions"
    shape: ClassVar[Shape] = {
        "environment": str,
        "serviceConfig": {
            "serviceAccountEmail": str,
            "environmentVariables": {},
            "secretEnvironmentVariables": [{"secret": str, "projectId": str}],
        },
    }

    state: str | None = field("ACTIVE, FAILED, DEPLOYING, DELETING or UNKNOWN.")
    environment: str | None = field("GEN_1 or GEN_2.")
    url: str | None = field("Address.")
    runtime: str | None = field("Runtime.", wire="buildConfig.runtime")
    ingress: str | None = field(
        "ALLOW_ALL, ALLOW_INTERNAL_ONLY or ALLOW_INTERNAL_AND_GCLB.",
        wire="serviceConfig.ingressSettings",
    )
    security_level: str | None = field(
        "Whether plain HTTP is answered.", wire="serviceConfig.securityLevel"
    )
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="RUNS_AS", wire="-")
    build_service_account: str | None = field("What builds it.", wire="buildConfig.serviceAccount")
    run_service: str | None = ref("GCPCloudRunService", by="id", rel="RESOLVES_TO", wire="-")
    source_bucket: str | None = ref(
        "GCPBucket", by="name", rel="RUNS_CODE_FROM", wire="buildConfig.source.storageSource.bucket"
    )
    topic: TopicName | None = ref(
        "GCPPubSubTopic", by="id", rel="READS_FROM", wire="eventTrigger.pubsubTopic"
    )
    environment_names: list[str] | None = field("Names of environment variables.", wire="-")
    secrets: list[str] | None = ref("GCPSecretManagerSecret", by="id", rel="USES_SECRET", wire="-")
    kms_key: CryptoKeyName | None = ref(
        "GCPCryptoKey", by="id", rel="ENCRYPTED_BY", wire="kmsKeyName"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the function. Where no service account is named, the first generation acts as that
        of App Engine, the second as that of machines."""
        config = raw.get("serviceConfig") or {}
        usual = "appAccount" if raw.get("environment") == "GEN_1" else "computeAccount"
        service = config.get("service")
        secrets = config.get("secretEnvironmentVariables") or []
        fields = {
            "service_account": config.get("serviceAccountEmail") or raw.get(usual),
            "run_service": f"//run.googleapis.com/{service}" if service else "",
            "environment_names": sorted(config.get("environmentVariables") or {}),
            "secrets": sorted({_secret(each, here.account) for each in secrets}),
        }
        return super().load(raw, here, **fields, **known)


def _secret(raw: Mapping[str, Any], project: str) -> str:
    owner, name = raw.get("projectId") or project, raw.get("secret")
    return f"//secretmanager.googleapis.com/projects/{owner}/secrets/{name}"


class CloudFunctions(GCPCollector):
    """Functions."""

    service = "functions"
    permissions = (
        "cloudfunctions.functions.list",
        "resourcemanager.projects.get",
    )

    functions = listing(CloudFunction)
