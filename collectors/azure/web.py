"""Azure App Service: web apps, function apps, and what they run on."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Document, Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import (
    AzureCollector,
    AzureResource,
    Hosts,
    Identified,
    PlatformService,
    TrackedResource,
    listing,
)
from .session import AzureApi

_RULE = {
    "name": str,
    "action": str,
    "ipAddress": str,
    "priority": int,
    "tag": str,
    "vnetSubnetResourceId": str,
}


class SiteConfig(AzureResource):
    """What an app's answer says nothing of (Resource Graph: appserviceresources)."""

    arm_type = "Microsoft.Web/sites/config"
    table = "appserviceresources"
    shape: ClassVar[Shape] = {
        "containedIn": str,
        "ipSecurityRestrictions": [_RULE],
        "ipSecurityRestrictionsDefaultAction": str,
        "scmIpSecurityRestrictions": [_RULE],
        "scmIpSecurityRestrictionsDefaultAction": str,
        "scmIpSecurityRestrictionsUseMain": bool,
        "linuxFxVersion": str,
        "windowsFxVersion": str,
        "ftpsState": str,
        "minTlsVersion": str,
        "remoteDebuggingEnabled": bool,
    }


_CONFIG = SiteConfig.arm_type


class Site(PlatformService, Identified):
    """What all apps have."""

    unique_within = "account"
    global_keys = ("hosts",)
    shape: ClassVar[Shape] = {
        "kind": str,
        "publicNetworkAccess": str,
        "functionAppConfig": {"deployment": {"storage": {"value": str}}},
    }

    kind: str | None = field("What it is: app, functionapp, workflowapp, linux, container …")
    state: str | None = field("Running or Stopped.")
    hosts: Hosts | None = field("Host names that it answers to.", wire="hostNames")
    https_only: bool | None = field("HTTP is redirected to HTTPS.")
    client_certificates: bool | None = field(
        "Clients are asked for a certificate.", wire="clientCertEnabled"
    )
    client_certificate_mode: str | None = field(
        "Required, Optional or OptionalInteractiveUser.", wire="clientCertMode"
    )
    plan: str | None = ref("AzureAppServicePlan", by="id", rel="PART_OF", wire="serverFarmId")
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="virtualNetworkSubnetId")
    environment: str | None = ref(
        "AzureContainerAppEnvironment", by="id", rel="PART_OF", wire="managedEnvironmentId"
    )
    key_vault_reference_identity: str | None = field(
        "Identity that reads secrets of vaults for it: SystemAssigned, or the id of another."
    )
    restrictions: Document | None = field(
        "Whose requests it answers, rule by rule; empty is everyone's.", call=_CONFIG
    )
    restrictions_default: str | None = field(
        "What becomes of requests that no rule is for: Allow or Deny; empty is Deny where there "
        "are rules.",
        call=_CONFIG,
    )
    deployment_restrictions: Document | None = field(
        "The same for the site that it is deployed and administered through.", call=_CONFIG
    )
    image: str | None = field("Container image that it runs; else empty.", call=_CONFIG)
    registry: str | None = ref(
        "AzureContainerRegistry", by="login_server", rel="USES_IMAGE", call=_CONFIG
    )
    ftps_state: str | None = field(
        "Whether FTP is answered: AllAllowed, FtpsOnly or Disabled.", call=_CONFIG
    )
    minimum_tls_version: str | None = field("Oldest TLS that is answered.", call=_CONFIG)
    remote_debugging: bool | None = field("A debugger may be attached.", call=_CONFIG)
    code_storage: str | None = ref(
        "AzureStorageAccount", by="hosts", rel="RUNS_CODE_FROM", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the app, whose code may lie in a container."""
        deployment = (raw.get("functionAppConfig") or {}).get("deployment") or {}
        place = (deployment.get("storage") or {}).get("value") or ""
        host = place.lower().rpartition("://")[2].partition("/")[0]
        return super().load(raw, here, **{"code_storage": host, **known})


class AppService(Site):
    """A web app (Resource Graph: resources, appserviceresources)."""

    label = "AzureAppService"
    arm_type = "Microsoft.Web/sites"


class FunctionApp(Site):
    """A function app (Resource Graph: resources, appserviceresources)."""

    label = "AzureFunctionApp"
    arm_type = "Microsoft.Web/sites"


class LogicAppStandard(Site):
    """A logic app that runs on App Service (Resource Graph: resources, appserviceresources)."""

    label = "AzureLogicAppStandard"
    arm_type = "Microsoft.Web/sites"


class Slot(Site):
    """A deployment slot of an app, which runs next to it (Resource Graph: resources)."""

    label = "AzureAppServiceSlot"
    arm_type = "Microsoft.Web/sites/slots"

    app: str | None = ref(
        ("AzureAppService", "AzureFunctionApp", "AzureLogicAppStandard"),
        by="id",
        rel="PART_OF",
        wire="containedIn",
    )


class AppServicePlan(TrackedResource):
    """What apps run on (Resource Graph: resources)."""

    label = "AzureAppServicePlan"
    arm_type = "Microsoft.Web/serverFarms"

    sku: str | None = field("Size.", wire="sku.name")
    kind: str | None = field("app, linux, functionapp, elastic and others.")


class StaticWebApp(Identified):
    """A static web app (Resource Graph: resources)."""

    label = "AzureStaticWebApp"
    arm_type = "Microsoft.Web/staticSites"
    global_keys = ("hosts",)
    shape: ClassVar[Shape] = {"defaultHostname": str, "customDomains": [str]}

    hosts: Hosts | None = field("Host names that it answers to.", wire="-")
    repository_url: str | None = field("Repository that it is built from; else empty.")
    branch: str | None = field("Branch of it.")
    public_network_access: str | None = field("Enabled or Disabled; empty is Enabled.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the app, whose first host name stands by itself."""
        hosts = [raw.get("defaultHostname"), *(raw.get("customDomains") or [])]
        return super().load(raw, here, **{"hosts": [each for each in hosts if each], **known})


class AppServiceCertificate(TrackedResource):
    """A certificate of apps (Resource Graph: resources)."""

    label = "AzureAppServiceCertificate"
    arm_type = "Microsoft.Web/certificates"

    host_names: list[str] | None = field("Names that it is for.")
    expiration_date: str | None = field("When it expires.")
    thumbprint: str | None = field("Digest of it.")
    key_vault: str | None = ref("AzureKeyVault", by="id", rel="USES_CERTIFICATE", wire="keyVaultId")
    key_vault_secret_name: str | None = field("Name of the secret that holds it.")


class ApiConnection(TrackedResource):
    """Credentials that logic apps use a service with (Resource Graph: resources)."""

    label = "AzureApiConnection"
    arm_type = "Microsoft.Web/connections"

    api: str | None = field("Service that it opens.", wire="api.name")
    user: str | None = field("Who gave the credentials; else empty.", wire="authenticatedUser.name")
    display_name: str | None = field("Name that is shown.")


class AppServices(AzureCollector):
    """Web apps, function apps, and what they run on."""

    service = "web"
    also_reads = (SiteConfig,)

    @lists(AppService, FunctionApp, LogicAppStandard)
    def sites(self, api: AzureApi) -> Iterator[AzureResource]:
        """Apps of all kinds, with their configurations."""
        sites = list(api.resources(AppService))
        configs = {raw["containedIn"]: raw for raw in api.details_of(SiteConfig)} if sites else {}
        for raw in sites:
            yield _kind(raw).load(raw, api.here, **_configured(configs.get(raw["id"])))

    slots = listing(Slot)
    plans = listing(AppServicePlan)
    static_sites = listing(StaticWebApp)
    certificates = listing(AppServiceCertificate)
    connections = listing(ApiConnection)


def _kind(raw: Mapping[str, Any]) -> type[Site]:
    kinds = (raw.get("kind") or "").lower().split(",")
    if "workflowapp" in kinds:
        return LogicAppStandard
    return FunctionApp if "functionapp" in kinds else AppService


def _configured(raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a configuration says of its app; nothing if it was not read."""
    if raw is None:
        return {}
    rules = _rules(raw, "ipSecurityRestrictions")
    by_main = raw.get("scmIpSecurityRestrictionsUseMain") is True
    stack = raw.get("linuxFxVersion") or raw.get("windowsFxVersion") or ""
    image = stack.partition("|")[2] if stack.upper().startswith("DOCKER|") else ""
    host = image.partition("/")[0].lower()
    return {
        "restrictions": rules,
        "restrictions_default": raw.get("ipSecurityRestrictionsDefaultAction") or "",
        "deployment_restrictions": rules if by_main else _rules(raw, "scmIpSecurityRestrictions"),
        "image": image,
        "registry": host if host.endswith(".azurecr.io") else "",
        "ftps_state": raw.get("ftpsState") or "",
        "minimum_tls_version": raw.get("minTlsVersion") or "",
        "remote_debugging": raw.get("remoteDebuggingEnabled"),
    }


def _rules(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [
        {
            "name": rule.get("name") or "",
            "action": rule.get("action") or "Allow",
            "address": rule.get("ipAddress") or "",
            "tag": rule.get("tag") or "",
            "subnet": rule.get("vnetSubnetResourceId") or "",
            "priority": rule.get("priority") or 0,
        }
        for rule in raw.get(name) or []
    ]
