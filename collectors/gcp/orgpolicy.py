"""Organization policies: what may not be configured, whoever tries."""

from ...graph.model import Document, field, ref
from .base import GCPResource
from .iam_policies import SCOPES


class OrgPolicy(GCPResource):
    """A policy on one constraint at an organization, folder or project (policies.list of
    Organization Policy). What lies below inherits it unless it has one of its own."""

    label = "GCPOrgPolicy"
    identity = "{scope}/policies/{constraint}"
    unique_within = "global"

    id: str = field("Id of the scope, `/policies/` and the constraint.", wire="-")
    name: str | None = field("The constraint.", wire="-")
    constraint: str | None = field(
        "The constraint, such as `iam.disableServiceAccountKeyCreation`.", wire="-"
    )
    scope: str | None = field("Id of what it was set on.", wire="-")
    set_on: str | None = ref(SCOPES, by="id", rel="BOUNDED_BY", inverse=True, wire="-")
    inherit_from_parent: bool | None = field(
        "Values of lists are added to those from above.", wire="spec.inheritFromParent"
    )
    reset: bool | None = field(
        "What was set above does not hold; Google's default does.", wire="spec.reset"
    )
    enforced: bool | None = field(
        "An unconditional rule enforces it; null where only conditions tell."
    )
    rules: Document | None = field(
        "Its rules: a list of enforce, allowAll, denyAll, values and condition.expression.",
        wire="spec.rules",
    )
