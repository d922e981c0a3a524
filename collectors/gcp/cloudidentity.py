"""Groups of Cloud Identity and Google Workspace, with their members."""

from ...graph.model import Timestamp, field, ref
from .iam_policies import Member


class Group(Member):
    """A group (groups.list, memberships.list of Cloud Identity). Where it was not listed, who is in
    it is unknown."""

    label = "GCPGroup"
    identity = "group:{email}"

    name: str | None = field("Display name.", wire="displayName")
    email: str | None = field("Address, in lower case.", wire="-")
    resource_name: str | None = field("Name in Cloud Identity: `groups/ID`.", wire="name")
    description: str | None = field("Description.")
    customer: str | None = field("The customer that it belongs to.", wire="parent")
    members: list[str] | None = ref(
        ("GCPUser", "GCPGroup", "GCPServiceAccount", "UnknownResource"),
        by="id",
        rel="MEMBER_OF",
        inverse=True,
        call="groups.memberships.list",
    )
    expiring_members: list[str] | None = field(
        "Which memberships end, as `MEMBER=TIME`.", call="groups.memberships.list"
    )
    created: Timestamp | None = field("When it was made.", wire="createTime")
