"""Azure Front Door and CDN."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ...graph.model import field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, Host, Identified, Part
from .session import AzureApi

_API_VERSION = "2024-02-01"
_APPS = (
    "AzureAppService",
    "AzureFunctionApp",
    "AzureLogicAppStandard",
    "AzureAppServiceSlot",
    "AzureStaticWebApp",
    "AzureStorageAccount",
    "AzureApiManagementService",
    "AzureContainerApp",
    "UnknownResource",
)


class FrontDoorProfile(Identified):
    """A profile of Front Door or CDN (Resource Graph: resources)."""

    label = "AzureFrontDoorProfile"
    arm_type = "Microsoft.Cdn/profiles"

    sku: str | None = field(
        "Standard_AzureFrontDoor, Premium_AzureFrontDoor, or one of CDN.", wire="sku.name"
    )
    front_door_id: str | None = field("What it writes into requests, so that others know them.")


class FrontDoorEndpoint(Part):
    """A host name that Front Door answers to (AFD Endpoints - List By Profile)."""

    label = "AzureFrontDoorEndpoint"
    arm_type = "Microsoft.Cdn/profiles/afdEndpoints"
    api_version = _API_VERSION
    global_keys = ("host",)

    profile: str | None = ref("AzureFrontDoorProfile", by="id", rel="PART_OF", wire="containedIn")
    host: Host | None = field("Host name.", wire="hostName")
    enabled_state: str | None = field("Enabled or Disabled.")


class FrontDoorRoute(Part):
    """Where requests to an endpoint go (Routes - List By Endpoint)."""

    label = "AzureFrontDoorRoute"
    arm_type = "Microsoft.Cdn/profiles/afdEndpoints/routes"
    api_version = _API_VERSION

    endpoint: str | None = ref("AzureFrontDoorEndpoint", by="id", rel="PART_OF", wire="containedIn")
    enabled_state: str | None = field("Enabled or Disabled.")
    protocols: list[str] | None = field("Http, Https.", wire="supportedProtocols")
    patterns: list[str] | None = field("Paths that it is for.", wire="patternsToMatch")
    origin_group: str | None = ref(
        "AzureFrontDoorOriginGroup", by="id", rel="FORWARDS_TO", wire="originGroup.id"
    )


class FrontDoorOriginGroup(Part):
    """What stands behind Front Door together (AFD Origin Groups - List By Profile)."""

    label = "AzureFrontDoorOriginGroup"
    arm_type = "Microsoft.Cdn/profiles/originGroups"
    api_version = _API_VERSION

    profile: str | None = ref("AzureFrontDoorProfile", by="id", rel="PART_OF", wire="containedIn")


class FrontDoorOrigin(Part):
    """A host behind Front Door (AFD Origins - List By Origin Group)."""

    label = "AzureFrontDoorOrigin"
    arm_type = "Microsoft.Cdn/profiles/originGroups/origins"
    api_version = _API_VERSION

    origin_group: str | None = ref(
        "AzureFrontDoorOriginGroup", by="id", rel="PART_OF", wire="containedIn"
    )
    enabled_state: str | None = field("Enabled or Disabled.")
    host: Host | None = ref(_APPS, by=("hosts", "fqdn"), rel="FORWARDS_TO", wire="hostName")
    host_header: str | None = field("Host that it is asked for.", wire="originHostHeader")
    https_port: int | None = field("Port for HTTPS.")
    http_port: int | None = field("Port for HTTP.")
    private_link: str | None = ref(
        ("AzurePrivateLinkService", "AzureAppService", "AzureStorageAccount", "UnknownResource"),
        by="id",
        rel="CONNECTS_TO",
        wire="sharedPrivateLinkResource.privateLink.id",
    )


class FrontDoorSecurityPolicy(Part):
    """Which firewall of applications protects which endpoints (Security Policies - List By
    Profile)."""

    label = "AzureFrontDoorSecurityPolicy"
    arm_type = "Microsoft.Cdn/profiles/securityPolicies"
    api_version = _API_VERSION
    shape: ClassVar[Shape] = {
        "parameters": {"associations": [{"domains": [{"id": str}]}]},
    }

    profile: str | None = ref("AzureFrontDoorProfile", by="id", rel="PART_OF", wire="containedIn")
    waf_policy: str | None = ref(
        "AzureFrontDoorWafPolicy", by="id", rel="PROTECTED_BY", wire="parameters.wafPolicy.id"
    )


_PARTS: tuple[type[AzureResource], ...] = (
    FrontDoorEndpoint,
    FrontDoorOriginGroup,
    FrontDoorSecurityPolicy,
)
_INNER: Mapping[type[AzureResource], type[AzureResource]] = {
    FrontDoorEndpoint: FrontDoorRoute,
    FrontDoorOriginGroup: FrontDoorOrigin,
}


class FrontDoor(AzureCollector):
    """Front Door and CDN."""

    service = "cdn"

    @lists(
        FrontDoorProfile,
        *_PARTS,
        *_INNER.values(),
        through={
            **dict.fromkeys(_PARTS, FrontDoorProfile),
            **{inner: outer for outer, inner in _INNER.items()},
        },
    )
    def profiles(self, api: AzureApi) -> Iterator[AzureResource]:
        """Profiles, their endpoints and routes, and what stands behind them."""

        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            profile = FrontDoorProfile.load(raw, api.here)
            found: list[AzureResource] = [profile]
            if not (profile.sku or "").endswith("AzureFrontDoor"):
                return found
            for part in _PARTS:
                for outer in api.parts(part, profile):
                    inner = _INNER.get(part)
                    found += [outer, *(api.parts(inner, outer) if inner else ())]
            return found

        for resources in api.each(
            detailed, api.resources(FrontDoorProfile, lists=FrontDoorProfile)
        ):
            yield from resources
