"""Tags of Resource Manager, which conditions of IAM and constraints ask for."""

from ...graph.model import field, ref
from .base import GCPResource
from .iam_policies import SCOPES
from .organizations import RESOURCE_MANAGER


class TagKey(GCPResource):
    """A key of tags (tagKeys.list)."""

    label = "GCPTagKey"
    identity = RESOURCE_MANAGER + "tagKeys/{key_number}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Short name.", wire="shortName")
    key_number: str | None = field("Number.", wire="-")
    namespaced_name: str | None = field("`ORGANIZATION/KEY` or `PROJECT/KEY`.")
    defined_in: str | None = ref(
        ("GCPOrganization", "GCPProject"), by="id", rel="PART_OF", wire="-"
    )


class TagValue(GCPResource):
    """A value of a tag (tagValues.list)."""

    label = "GCPTagValue"
    identity = RESOURCE_MANAGER + "tagValues/{value_number}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    name: str | None = field("Short name.", wire="shortName")
    value_number: str | None = field("Number.", wire="-")
    namespaced_name: str | None = field("`ORGANIZATION/KEY/VALUE` or `PROJECT/KEY/VALUE`.")
    key: str | None = ref("GCPTagKey", by="id", rel="PART_OF", wire="-")


class TagBinding(GCPResource):
    """That a resource, and all below it, has a tag (tagBindings.list)."""

    label = "GCPTagBinding"
    identity = RESOURCE_MANAGER + "tagBindings/{binding}"
    unique_within = "global"

    id: str = field("Full resource name.", wire="-")
    binding: str | None = field("What names it beside the resource.", wire="-")
    resource: str | None = ref(SCOPES, by="id", rel="MEMBER_OF", inverse=True, wire="-")
    value: str | None = ref("GCPTagValue", by="id", rel="MEMBER_OF", wire="-")
