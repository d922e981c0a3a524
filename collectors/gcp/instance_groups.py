"""Groups of instances, and the templates that these are made from."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import (
    COMPUTE,
    ComputeResource,
    GCPCollector,
    compute_listing,
    normalised,
    service_account,
)
from .session import GCPApi

_MANY = {"maxResults": "500"}


class InstanceTemplate(ComputeResource):
    """What instances are made from (instanceTemplates.aggregatedList). Of its metadata only the
    keys are kept."""

    label = "GCPInstanceTemplate"
    identity = COMPUTE + "/global/instanceTemplates/{name}"

    service_accounts: list[str] | None = ref("GCPServiceAccount", by=("id", "email"), rel="RUNS_AS")
    scopes: list[str] | None = field("What its instances may ask tokens for.")
    network_tags: list[str] | None = field("Tags of its instances.", wire="properties.tags.items")
    networks: list[str] | None = ref(
        "GCPVpc", by="id", rel="IN_NETWORK", wire="properties.networkInterfaces[].network"
    )
    subnetworks: list[str] | None = ref(
        "GCPSubnet", by="id", rel="IN_SUBNET", wire="properties.networkInterfaces[].subnetwork"
    )
    images: list[str] | None = field("Images that its disks are made from.")
    metadata_keys: list[str] | None = field(
        "Keys of its metadata.", wire="properties.metadata.items[].key"
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")


class InstanceGroup(ComputeResource):
    """Instances that are one to a load balancer (instanceGroups.aggregatedList)."""

    label = "GCPInstanceGroup"
    identity = COMPUTE + "/zones/{zone_name}/instanceGroups/{name}"

    network: str | None = ref("GCPVpc", by="id", rel="IN_NETWORK")
    subnetwork: str | None = ref("GCPSubnet", by="id", rel="IN_SUBNET")
    size: int | None = field("How many instances it has.")
    instances: list[str] | None = ref(
        "GCPInstance",
        by="id",
        rel="MEMBER_OF",
        inverse=True,
        call="instanceGroups.listInstances",
    )
    created: Timestamp | None = field("When it was made.", wire="creationTimestamp")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the group; the answer leaves the size out where it is 0."""
        return super().load(raw, here, **{"size": raw.get("size", 0), **known})


class InstanceGroupManager(ComputeResource):
    """What makes the instances of a group from a template
    (instanceGroupManagers.aggregatedList)."""

    label = "GCPInstanceGroupManager"
    identity = COMPUTE + "/zones/{zone_name}/instanceGroupManagers/{name}"

    instance_template: str | None = ref("GCPInstanceTemplate", by="id", rel="USES_IMAGE")
    instance_group: str | None = ref("GCPInstanceGroup", by="id", rel="MANAGES")
    target_size: int | None = field("How many instances it keeps.")
    health_checks: list[str] | None = field(
        "Full names of what tells whether instances are made anew.",
        wire="autoHealingPolicies[].healthCheck",
    )


class InstanceGroups(GCPCollector):
    """Templates, groups and their managers."""

    service = "instance-groups"
    permissions = (
        "compute.instanceGroupManagers.list",
        "compute.instanceGroups.list",
        "compute.instanceTemplates.list",
    )

    @lists(InstanceTemplate)
    def templates(self, api: GCPApi) -> Iterator[InstanceTemplate]:
        """Templates, global and regional."""
        for raw in api.pages("instanceTemplates.aggregatedList"):
            properties = raw.get("properties") or {}
            accounts = properties.get("serviceAccounts") or []
            disks = properties.get("disks") or []
            images = {(each.get("initializeParams") or {}).get("sourceImage") for each in disks}
            yield InstanceTemplate.load(
                raw,
                api.here,
                service_accounts=[
                    service_account(each["email"], api.account.ids)
                    if "@" in each["email"]
                    else api.account.compute_account
                    for each in accounts
                ],
                scopes=sorted({scope for each in accounts for scope in each.get("scopes", [])}),
                images=sorted(each for each in images if each),
            )

    @lists(InstanceGroup)
    def groups(self, api: GCPApi) -> Iterator[InstanceGroup]:
        """Groups with their instances."""

        def detailed(raw: dict[str, Any]) -> InstanceGroup:
            return InstanceGroup.load(raw, api.here, instances=_instances(api, raw["selfLink"]))

        yield from api.each(detailed, api.pages("instanceGroups.aggregatedList"))

    managers = compute_listing(InstanceGroupManager, "instanceGroupManagers.aggregatedList")


def _instances(api: GCPApi, group: str) -> list[str] | None:
    """The instances of a group, zonal or regional; None if they could not be read."""
    place = group.split("/")[5]
    kind = {"zones": "instanceGroups", "regions": "regionInstanceGroups"}[place]
    address = f"compute.googleapis.com/compute/v1/{group[2:].partition('/')[2]}/listInstances"
    found = api.detailed(
        f"{kind}.listInstances",
        address,
        "items",
        {"instance": str},
        body={},
        params=_MANY,
        required=["kind"],
    )
    if found is None:
        return None
    return sorted(normalised(each["instance"], api.account.ids) for each in found)
