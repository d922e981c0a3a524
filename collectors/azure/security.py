"""Microsoft Defender for Cloud."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, listing
from .session import AzureApi

_PRICINGS = "Microsoft.Security/pricings"
_POLICIES = "Microsoft.Security/locations/jitNetworkAccessPolicies"


class SecurityAssessment(AzureResource):
    """What Defender says of a resource (Resource Graph: securityresources)."""

    label = "AzureSecurityAssessment"
    arm_type = "Microsoft.Security/assessments"
    table = "securityresources"
    identity = "/subscriptions/{account}/{path}"

    resource: str | None = ref("UnknownResource", by="id", rel="AUDITS", wire="resourceDetails.Id")
    display_name: str | None = field("What it is about.")
    status: str | None = field("Healthy, Unhealthy or NotApplicable.", wire="status.code")
    severity: str | None = field("High, Medium or Low.", wire="metadata.severity")


class DefenderPlan(AzureResource):
    """A plan of Defender for a kind of resources (Pricings - List)."""

    label = "AzureDefenderPlan"
    identity = "/subscriptions/{account}/providers/microsoft.security/pricings/{name}"

    subscription: str | None = ref("AzureSubscription", by="id", rel="PART_OF", wire="containedIn")
    pricing_tier: str | None = field("Standard, which is on, or Free.")
    sub_plan: str | None = field("Part of the plan; else empty.")


class JitPolicy(AzureResource):
    """Ports of machines that are opened for who asks (JIT Network Access Policies - List)."""

    label = "AzureJitPolicy"
    identity = (
        "/subscriptions/{account}/resourcegroups/{resource_group}/providers"
        "/microsoft.security/locations/{location}/jitnetworkaccesspolicies/{name}"
    )

    virtual_machines: list[str] | None = ref(
        "AzureVirtualMachine",
        by="id",
        rel="PROTECTED_BY",
        inverse=True,
        wire="virtualMachines[].id",
    )


class Defender(AzureCollector):
    """What Microsoft Defender for Cloud watches and finds."""

    service = "security"
    permissions = (f"{_POLICIES}/read", f"{_PRICINGS}/read")

    assessments = listing(SecurityAssessment)

    @lists(DefenderPlan)
    def plans(self, api: AzureApi) -> Iterator[DefenderPlan]:
        """The plans of the subscription."""
        path = f"/subscriptions/{api.here.account}/providers/{_PRICINGS}"
        for raw in api.get(_PRICINGS, path, "2024-01-01", DefenderPlan):
            yield DefenderPlan.load(raw, api.here)

    @lists(JitPolicy)
    def jit_policies(self, api: AzureApi) -> Iterator[JitPolicy]:
        """Ports that are opened for who asks."""
        account = api.here.account
        path = f"/subscriptions/{account}/providers/Microsoft.Security/jitNetworkAccessPolicies"
        for raw in api.get(_POLICIES, path, "2020-01-01", JitPolicy):
            yield JitPolicy.load(raw, api.here)
