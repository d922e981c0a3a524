"""What limits allow policies: deny policies, and principal access boundaries."""

from ...graph.model import Document, Timestamp, field, ref
from .base import GCPResource
from .iam_policies import PRINCIPALS, SCOPES

_ORGANIZATION = "//iam.googleapis.com/organizations/{organization_number}/locations/global/"


class DenyPolicy(GCPResource):
    """What principals may not do on a scope and below it, whatever roles they hold
    (policies.listPolicies of IAM v2)."""

    label = "GCPDenyPolicy"
    identity = "{scope}/denyPolicies/{policy_id}"
    unique_within = "global"

    id: str = field("Id of the scope, `/denyPolicies/` and the policy's own id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    policy_id: str | None = field("Id within the scope.", wire="-")
    scope: str | None = field("Id of what it holds for, with all below.", wire="-")
    denied_on: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True, wire="-")
    rules: Document | None = field(
        "Its rules: a list of deniedPrincipals, exceptionPrincipals, deniedPermissions, "
        "exceptionPermissions and denialCondition.expression, as IAM gives them.",
        wire="-",
    )
    principals: list[str] | None = ref(
        PRINCIPALS, by="id", rel="BOUNDED_BY", inverse=True, wire="-"
    )
    excluded: list[str] | None = ref(PRINCIPALS, by="id", rel="EXCLUDES", wire="-")
    created: Timestamp | None = field("When it was made.", wire="createTime")


class PrincipalAccessBoundary(GCPResource):
    """What principals can reach at most (principalAccessBoundaryPolicies.list of IAM v3)."""

    label = "GCPPrincipalAccessBoundary"
    identity = _ORGANIZATION + "principalAccessBoundaryPolicies/{policy_id}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    policy_id: str | None = field("Id within the organization.", wire="-")
    organization: str | None = ref("GCPOrganization", by="id", rel="PART_OF", wire="-")
    enforcement_version: str | None = field(
        "Which permissions it limits: a number, or `latest`.", wire="details.enforcementVersion"
    )
    rules: Document | None = field(
        "Its rules: a list of effect, which is ALLOW, and resources.", wire="details.rules"
    )
    resources: list[str] | None = ref(SCOPES, by="id", rel="COVERS", wire="-")


class PrincipalAccessBoundaryBinding(GCPResource):
    """That a principal access boundary holds for a set of principals (policyBindings.list of
    IAM v3)."""

    label = "GCPPrincipalAccessBoundaryBinding"
    identity = "{scope}/policyBindings/{binding_id}"
    unique_within = "global"

    id: str = field("Id of what it was made at, `/policyBindings/` and its own id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")
    binding_id: str | None = field("Id within what it was made at.", wire="-")
    scope: str | None = field("Id of what it was made at.", wire="-")
    policy: str | None = ref("GCPPrincipalAccessBoundary", by="id", rel="HAS_POLICY", wire="-")
    principal_set: str | None = field(
        "Whom it holds for, as IAM names the set.", wire="target.principalSet"
    )
    principals_of: str | None = ref(
        (*SCOPES[:-1], "GCPWorkloadIdentityPool", "GCPWorkforcePool", "UnknownResource"),
        by="id",
        rel="COVERS",
        wire="-",
    )
    condition: str | None = field(
        "Which of them, in CEL; empty for all.", wire="condition.expression"
    )
