"""Tags of Resource Manager, which conditions of IAM and constraints ask for."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, Resource, field, ref
from ..collector import lists
from ..shape import Shape, hold
from .base import (
    RESOURCE_MANAGER,
    SCOPES,
    AssetResource,
    GCPCollector,
    GCPResource,
    last,
    with_project_id,
)
from .session import GCPApi

_HOST = RESOURCE_MANAGER[2:] + "v3"
_TAG = {"name": str, "parent": str, "shortName": str, "namespacedName": str}
_BINDING = {"name": str, "parent": str, "tagValue": str}


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
    identity = "{resource}/tagBindings/{name}"
    unique_within = "global"

    id: str = field("Id of the resource, `/tagBindings/` and the value's number.", wire="-")
    name: str | None = field("Number of the value.", wire="-")
    resource: str | None = ref(SCOPES, by="id", rel="MEMBER_OF", inverse=True, wire="-")
    value: str | None = ref("GCPTagValue", by="id", rel="MEMBER_OF", wire="-")


_BUCKETS = "//storage.googleapis.com/"


class ResourceTagBinding(AssetResource):
    """That a resource of a project has a tag (Asset Inventory; the product's own listing takes one
    resource at a time)."""

    label = "GCPResourceTagBinding"
    identity = "{resource}/tagBindings/{name}"
    asset_type = "cloudresourcemanager.googleapis.com/TagBinding"
    shape: ClassVar[Shape] = {"parent": str, "tagValue": str}

    name: str | None = field("Number of the value.", wire="-")
    resource: str | None = ref(
        ("UnknownResource",), by="id", rel="MEMBER_OF", inverse=True, wire="-"
    )
    value: str | None = ref("GCPTagValue", by="id", rel="MEMBER_OF", wire="-")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the binding, of a resource as its own product names it."""
        hold(cls.shape, raw, cls.shape)
        value = raw["tagValue"]
        resource = raw["parent"].replace(f"{_BUCKETS}projects/_/buckets/", _BUCKETS)
        fields = {
            "id": f"{resource}/tagBindings/{last(value)}",
            "name": last(value),
            "resource": resource,
            "value": f"{RESOURCE_MANAGER}{value}",
        }
        return super().load(raw, here, **fields, **known)


class Tags(GCPCollector):
    """Tags of the project, of what is in it, and of what is above it."""

    service = "tags"
    permissions = (
        "cloudasset.assets.listResource",
        "resourcemanager.hierarchyNodes.listTagBindings",
        "resourcemanager.projects.get",
        "resourcemanager.tagKeys.list",
        "resourcemanager.tagValues.list",
    )

    @lists(TagKey, TagValue, through={TagValue: TagKey})
    def keys(self, api: GCPApi) -> Iterator[Resource]:
        """Keys that the project and its organization define, with their values."""
        own, *above = api.scopes(TagKey)
        for scope in (own, *(each for each in above if each.startswith("organizations/"))):
            account = api.here.account if scope == own else scope
            found = api.listed(
                "tagKeys.list",
                f"{_HOST}/tagKeys",
                "tagKeys",
                _TAG,
                lists=TagKey,
                params={"parent": scope},
            )
            for raw in found:
                address = f"{_HOST}/tagValues"
                values = api.detailed(
                    "tagValues.list",
                    address,
                    "tagValues",
                    _TAG,
                    lists=TagValue,
                    params={"parent": raw["name"]},
                )
                if not api.tells(scope):
                    continue
                key = f"{RESOURCE_MANAGER}{raw['name']}"
                place = f"{RESOURCE_MANAGER}{scope}"
                yield TagKey.load(
                    raw,
                    api.here,
                    id=key,
                    key_number=last(key),
                    defined_in=place,
                    account=account,
                )
                for each in values or ():
                    yield TagValue.load(
                        each,
                        api.here,
                        id=f"{RESOURCE_MANAGER}{each['name']}",
                        value_number=last(each["name"]),
                        key=key,
                        account=account,
                    )

    @lists(TagBinding)
    def bindings(self, api: GCPApi) -> Iterator[TagBinding]:
        """Which tags the project and what is above it have."""
        scopes = api.scopes()
        for scope in scopes:
            parent = f"{RESOURCE_MANAGER}{scope}"
            found = api.listed(
                "tagBindings.list",
                f"{_HOST}/tagBindings",
                "tagBindings",
                _BINDING,
                params={"parent": parent},
            )
            for raw in found:
                if not api.tells(scope):
                    continue
                value = raw.get("tagValue") or ""
                yield TagBinding.load(
                    raw,
                    api.here,
                    id=f"{parent}/tagBindings/{last(value)}",
                    name=last(value),
                    resource=with_project_id(raw.get("parent") or parent, api.account.ids),
                    value=f"{RESOURCE_MANAGER}{value}",
                    account=api.here.account if scope == scopes[0] else scopes[-1],
                )

    @lists(ResourceTagBinding)
    def of_resources(self, api: GCPApi) -> Iterator[ResourceTagBinding]:
        """Which tags resources of the project have. A part of the tree has its own listing."""
        for raw in api.resources(ResourceTagBinding):
            if not str(raw.get("parent") or "").startswith(RESOURCE_MANAGER):
                yield ResourceTagBinding.load(raw, api.here)
