"""Management groups: the tree above subscriptions, from which they inherit roles and policies."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource
from .reading import detailed, listed
from .session import AzureApi

_API_VERSION = "2020-05-01"
_DESCENDANTS = "management_groups.get_descendants"
_PATH = "/providers/Microsoft.Management/managementGroups"
_GROUP = {"properties": {"displayName": str, "tenantId": str}}
_DESCENDANT = {"type": str, "properties": {"displayName": str, "parent": {"id": str}}}


class ManagementGroup(AzureResource):
    """A management group (Management Groups - List, Get Descendants)."""

    label = "AzureManagementGroup"
    identity = "/providers/microsoft.management/managementgroups/{group_id}"
    unique_within = "global"

    name: str | None = field("Display name.", wire="displayName")
    group_id: str | None = field("Id without the path; the root group has the tenant's.")
    tenant: str | None = ref("AzureTenant", by="id", rel="IN_ACCOUNT")
    parent: str | None = ref("AzureManagementGroup", by="id", rel="PART_OF", call=_DESCENDANTS)
    subscriptions: list[str] | None = ref(
        "AzureSubscription", by="id", rel="PART_OF", inverse=True, call=_DESCENDANTS
    )


class ManagementGroups(AzureCollector):
    """The management groups of the subscription's tenant, as far as they can be seen."""

    service = "management-groups"
    permissions = (
        "Microsoft.Management/managementGroups/descendants/read",
        "Microsoft.Management/managementGroups/read",
    )

    @lists(ManagementGroup)
    def groups(self, api: AzureApi) -> Iterator[ManagementGroup]:
        """The groups, with what lies directly below each.

        One call for the root group tells of the whole tree. Where the root cannot be seen, each
        group that can is asked for what lies below it, and those at the top have no known parent.
        """
        tenant = api.account.tenant
        names = {
            raw["id"].lower(): raw.get("displayName") or ""
            for raw in listed(api, "management_groups.list", _PATH, _API_VERSION, _GROUP)
        }
        root = f"{_PATH}/{tenant}".lower()
        parents = {root: ""}
        subscriptions: dict[str, list[str]] = {}
        for top in [root] if root in names else sorted(names):
            if top in subscriptions:
                continue
            path = f"{top}/descendants"
            below = detailed(api, _DESCENDANTS, path, _API_VERSION, _DESCENDANT)
            if below is None:
                continue
            subscriptions[top] = []
            of_group = [raw for raw in below if "managementgroups/" in raw["id"].lower()]
            for raw in of_group:
                names[raw["id"].lower()] = raw.get("displayName") or ""
                parents[raw["id"].lower()] = raw["parent"]["id"].lower()
                subscriptions[raw["id"].lower()] = []
            for raw in below:
                if raw not in of_group:
                    above = raw["parent"]["id"].lower()
                    subscriptions.setdefault(above, []).append(raw["id"].lower())
        for id_, name in sorted(names.items()):
            yield ManagementGroup.load(
                {},
                api.here,
                id=id_,
                name=name,
                group_id=id_.rpartition("/")[2],
                account=tenant,
                tenant=f"/tenants/{tenant}",
                parent=parents.get(id_),
                subscriptions=subscriptions.get(id_),
            )
