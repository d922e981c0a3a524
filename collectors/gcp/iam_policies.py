"""Allow policies of IAM: who holds which role where, under which condition."""

from ...graph.model import field, ref
from .base import GCPResource

SCOPES = ("GCPOrganization", "GCPFolder", "GCPProject", "UnknownResource")
"""Labels of what has an allow policy: any resource, found by its id."""
PRINCIPALS = (
    "GCPUser",
    "GCPGroup",
    "GCPServiceAccount",
    "GCPWorkspaceDomain",
    "GCPFederatedPrincipal",
    "GCPEveryone",
    "UnknownResource",
)
"""Labels of whom a binding can name."""


class Member(GCPResource):
    """Whom bindings name; it belongs to no project."""

    unique_within = "global"


class User(Member):
    """A Google account that some policy names (allow policies)."""

    label = "GCPUser"
    identity = "user:{email}"

    email: str | None = field("Address, in lower case.")


class WorkspaceDomain(Member):
    """All accounts of a Workspace or Cloud Identity customer, by one of its domains (allow
    policies)."""

    label = "GCPWorkspaceDomain"
    identity = "domain:{domain}"

    domain: str | None = field("Domain, in lower case.")


class FederatedPrincipal(Member):
    """An identity, or a set of identities, of a workload or workforce pool that some policy names
    (allow policies)."""

    label = "GCPFederatedPrincipal"
    identity = "principal://{subject}"
    listing_omits = ("principalSet://{subject}",)

    pool: str | None = ref(
        ("GCPWorkloadIdentityPool", "GCPWorkforcePool"), by="id", rel="MEMBER_OF", wire="-"
    )
    is_set: bool | None = field("It stands for all identities with an attribute, or of a pool.")
    attribute: str | None = field(
        "What tells those that are meant: `subject`, `group`, `attribute.NAME`; `*` for all."
    )
    value: str | None = field("What that must be; empty for all.")


class Everyone(Member):
    """`allUsers`, everybody without signing in, or `allAuthenticatedUsers`, everybody with any
    Google account (allow policies)."""

    label = "GCPEveryone"
    identity = "all{whom}"


class PolicyBinding(GCPResource):
    """That principals hold a role on a resource and all below it (getIamPolicy, or assets.list with
    the content IAM_POLICY)."""

    label = "GCPPolicyBinding"
    identity = "{scope}/iamPolicyBindings/{digest}"
    unique_within = "global"

    name: str | None = field("The role as the binding names it.", wire="role")
    digest: str | None = field("Digest of the role and the condition, which no two share.")
    scope: str | None = field("Id of what it holds for, with all below.")
    granted_on: str | None = ref(SCOPES, by="id", rel="GRANTS_ON", wire="-")
    role: str | None = ref("GCPRole", by="id", rel="GRANTS_ROLE", wire="-")
    members: list[str] | None = field(
        "Who holds it, as the binding names them, sorted; also those that were deleted."
    )
    principals: list[str] | None = ref(PRINCIPALS, by="id", rel="GRANTED_TO", wire="-")
    condition: str | None = field(
        "What must hold for each request, in CEL; empty for always.", wire="condition.expression"
    )
    condition_title: str | None = field("What the condition is called.", wire="condition.title")
