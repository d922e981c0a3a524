"""Google Cloud IAM: service accounts with their keys, and roles."""

from ...graph.model import Timestamp, field, ref
from .base import SERVICE_ACCOUNT, GCPResource

_SCOPED = "//iam.googleapis.com/"


class ServiceAccount(GCPResource):
    """A service account (projects.serviceAccounts.list)."""

    label = "GCPServiceAccount"
    identity = SERVICE_ACCOUNT
    unique_within = "global"

    id: str = field("Full resource name, with the project's id and the address.", wire="-")
    name: str | None = field("Address.", wire="email")
    email: str | None = field("Address.")
    unique_id: str | None = field("Number, which is never given out again.")
    display_name: str | None = field("Display name.")
    description: str | None = field("Description.")
    disabled: bool | None = field("Nobody can act as it.")
    oauth2_client_id: str | None = field(
        "Id by which Workspace delegates authority over its domain.", wire="oauth2ClientId"
    )
    project: str | None = ref("GCPProject", by="id", rel="IN_ACCOUNT", wire="-")


class ServiceAccountKey(GCPResource):
    """A key of a service account (projects.serviceAccounts.keys.list). Only what describes it is
    kept."""

    label = "GCPServiceAccountKey"
    identity = SERVICE_ACCOUNT + "/keys/{key_id}"
    unique_within = "global"

    key_id: str | None = field("Id.")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="PART_OF", wire="-")
    key_type: str | None = field("USER_MANAGED or SYSTEM_MANAGED, which Google rotates.")
    key_origin: str | None = field("GOOGLE_PROVIDED or USER_PROVIDED.")
    key_algorithm: str | None = field("Algorithm.")
    valid_after: Timestamp | None = field("From when on it is good.", wire="validAfterTime")
    valid_before: Timestamp | None = field("Until when it is good.", wire="validBeforeTime")
    disabled: bool | None = field("Opens nothing for now.")


class Role(GCPResource):
    """A role: one of Google's own (roles.list), or a custom one of a project or organization
    (projects.roles.list, organizations.roles.list)."""

    label = "GCPRole"
    identity = _SCOPED + "{role}"
    unique_within = "global"

    id: str = field("`//iam.googleapis.com/` and what bindings call it.", wire="-")
    name: str | None = field("Title.", wire="title")
    role: str | None = field(
        "What bindings call it: `roles/NAME`, `projects/ID/roles/NAME` or "
        "`organizations/NUMBER/roles/NAME`.",
        wire="-",
    )
    description: str | None = field("Description.")
    permissions: list[str] | None = field(
        "What it allows, without wildcards.", wire="includedPermissions"
    )
    stage: str | None = field("ALPHA, BETA, GA, DEPRECATED, DISABLED or EAP; DISABLED grants none.")
    is_custom: bool | None = field("Made by the project or organization.", wire="-")
    deleted: bool | None = field("It was deleted and grants nothing, but can be restored.")
    defined_in: str | None = ref(
        ("GCPOrganization", "GCPProject"), by="id", rel="PART_OF", wire="-"
    )
