"""Microsoft Defender for Cloud."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape, hold
from .base import AzureCollector, AzureResource, TrackedResource, listing
from .session import AzureApi

_PRICINGS = "Microsoft.Security/pricings"
_POLICIES = "Microsoft.Security/locations/jitNetworkAccessPolicies"
_ACCOUNTS = ("serviceAccountEmailAddress", "serviceAccountEmail")
"""How offerings for Google Cloud call the address of a service account."""


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


class SecurityConnector(TrackedResource):
    """An account of another cloud, as whom Defender watches it (Resource Graph: resources)."""

    label = "AzureSecurityConnector"
    arm_type = "Microsoft.Security/securityConnectors"
    shape: ClassVar[Shape] = {
        "environmentName": str,
        "hierarchyIdentifier": str,
        "offerings": [{"offeringType": str}],
    }

    environment: str | None = field(
        "AWS, GCP, or a kind of source repository.", wire="environmentName"
    )
    offerings: list[str] | None = field(
        "What Defender does there.", wire="offerings[].offeringType"
    )
    aws_account: str | None = ref("AWSAccount", by="id", rel="WATCHES", wire="-")
    gcp_project: str | None = ref("GCPProject", by="project_number", rel="WATCHES", wire="-")
    aws_roles: list[str] | None = ref("AWSRole", by="id", rel="USES_ROLE", wire="-")
    gcp_accounts: list[str] | None = ref("GCPServiceAccount", by="email", rel="USES_ROLE", wire="-")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the connector, whose offerings name identities each in a place of its own."""
        watched, cloud = raw.get("hierarchyIdentifier") or "", raw.get("environmentName")
        found = {
            "aws_account": watched if cloud == "AWS" else "",
            "gcp_project": watched if cloud == "GCP" else "",
            "aws_roles": sorted(_named(raw.get("offerings"), ("cloudRoleArn",))),
            "gcp_accounts": sorted(_named(raw.get("offerings"), _ACCOUNTS)),
        }
        return super().load(raw, here, **found, **known)


def _named(value: Any, members: tuple[str, ...]) -> set[str]:
    """What members of these names say, however deep they lie."""
    if isinstance(value, list):
        return set().union(*(_named(each, members) for each in value))
    if not isinstance(value, Mapping):
        return set()
    hold(dict.fromkeys(members, str), value)
    own = {value[name] for name in members if value.get(name)}
    return own.union(*(_named(each, members) for each in value.values())) - {""}


class Defender(AzureCollector):
    """What Microsoft Defender for Cloud watches and finds."""

    service = "security"
    permissions = (f"{_POLICIES}/read", f"{_PRICINGS}/read")

    assessments = listing(SecurityAssessment)
    connectors = listing(SecurityConnector)

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
