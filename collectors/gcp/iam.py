"""Google Cloud IAM: service accounts with their keys, and roles."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from ...graph.model import Location, Resource, Timestamp, field, ref
from ..collector import lists
from .base import (
    RESOURCE_MANAGER,
    SERVICE_ACCOUNT,
    AssetResource,
    GCPCollector,
    GCPResource,
    last,
)
from .members import ServiceAccountAsset
from .session import GCPApi

_SCOPED = "//iam.googleapis.com/"
_ROLE = {
    "name": str,
    "title": str,
    "description": str,
    "includedPermissions": [str],
    "stage": str,
    "deleted": bool,
}
_LATELY = timedelta(days=180)
_METRICS = "iam.googleapis.com/service_account"
_COUNTED = (
    (f"{_METRICS}/authn_events_count", "resource", "unique_id"),
    (f"{_METRICS}/key/authn_events_count", "metric", "key_id"),
)
"""What counts the uses of accounts and of keys, and where each of them is named."""
_SERIES = {
    "metric": {"type": str, "labels": {"key_id": str}},
    "resource": {"labels": {"unique_id": str}},
}


class ServiceAccount(ServiceAccountAsset):
    """A service account (projects.serviceAccounts.list)."""

    label = "GCPServiceAccount"

    name: str | None = field("Address.", wire="email")
    display_name: str | None = field("Display name.")
    description: str | None = field("Description.")
    disabled: bool | None = field("Nobody can act as it.")
    oauth2_client_id: str | None = field(
        "Id by which Workspace delegates authority over its domain.", wire="oauth2ClientId"
    )
    used: bool | None = field(
        "Somebody signed in as it in the last 180 days, as far back as that is kept.",
        call="timeSeries.list",
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the account, which is in use where nothing is said of that."""
        return super().load(raw, here, **_switched_off(raw), **known)


class ServiceAccountKey(AssetResource):
    """A key of a service account (projects.serviceAccounts.keys.list). Only what describes it is
    kept."""

    label = "GCPServiceAccountKey"
    identity = SERVICE_ACCOUNT + "/keys/{key_id}"
    unique_within = "global"
    asset_type = "iam.googleapis.com/ServiceAccountKey"
    path = "iam.googleapis.com/v1/{parent}/keys"

    key_id: str | None = field("Id.", wire="shortName")
    service_account: str | None = ref("GCPServiceAccount", by="id", rel="PART_OF", wire="-")
    key_type: str | None = field("USER_MANAGED or SYSTEM_MANAGED, which Google rotates.")
    key_origin: str | None = field("GOOGLE_PROVIDED or USER_PROVIDED.")
    key_algorithm: str | None = field("Algorithm.")
    valid_after: Timestamp | None = field("From when on it is good.", wire="validAfterTime")
    valid_before: Timestamp | None = field("Until when it is good.", wire="validBeforeTime")
    disabled: bool | None = field("Opens nothing for now.")
    used: bool | None = field(
        "Somebody signed in with it in the last 180 days, as far back as that is kept.",
        call="timeSeries.list",
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the key. Its own name has the account's address, Asset Inventory's its number."""
        id_ = f"{_SCOPED}{raw['name']}" if raw.get("name") else raw["fullName"]
        account = id_.partition("/keys/")[0]
        return super().load(
            raw, here, **{"id": id_, "service_account": account, **known, **_switched_off(raw)}
        )


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


class IAM(GCPCollector):
    """Service accounts with their keys, and roles."""

    service = "iam"
    permissions = (
        "cloudasset.assets.listResource",
        "iam.roles.list",
        "iam.serviceAccountKeys.list",
        "iam.serviceAccounts.list",
        "monitoring.timeSeries.list",
        "resourcemanager.projects.get",
    )

    @lists(ServiceAccount, ServiceAccountKey, through={ServiceAccountKey: ServiceAccount})
    def accounts(self, api: GCPApi) -> Iterator[Resource]:
        """Service accounts and their keys, and which of both are used."""
        used, used_keys = (_used(api, *each) for each in _COUNTED)
        found = [
            ServiceAccount.load(raw, api.here, used=_is_in(raw.get("uniqueId"), used))
            for raw in api.resources(ServiceAccount, lists=ServiceAccount)
        ]
        yield from found
        for raw in api.parts(ServiceAccountKey, found):
            key_id = last(raw.get("name") or raw["fullName"])
            yield ServiceAccountKey.load(raw, api.here, used=_is_in(key_id, used_keys))

    @lists(Role)
    def roles(self, api: GCPApi) -> Iterator[Role]:
        """Google's own roles, and the custom ones of the project and of its organization."""
        own, *above = api.scopes()
        organizations = [each for each in above if each.startswith("organizations/")]
        for scope in ("", own, *organizations):
            operation = f"{scope.partition('/')[0]}.roles.list".lstrip(".")
            address = f"iam.googleapis.com/v1/{scope}/roles".replace("//", "/")
            asked = {"view": "FULL", "pageSize": "1000"}
            asked |= {"showDeleted": "true"} if scope else {}
            found = api.listed(operation, address, "roles", _ROLE, params=asked)
            for raw in found:
                if not api.tells(scope):
                    continue
                yield Role.load(
                    raw,
                    api.here,
                    id=f"{_SCOPED}{raw['name']}",
                    role=raw["name"],
                    is_custom=bool(scope),
                    deleted=raw.get("deleted", False),
                    defined_in=f"{RESOURCE_MANAGER}{scope}" if scope else "",
                    account=api.here.account if scope == own else scope or "google",
                )


def _used(api: GCPApi, metric: str, kind: str, label: str) -> set[str] | None:
    """The ids that a metric of Cloud Monitoring counted lately; None if that could not be read."""
    now = datetime.now(UTC)
    asked = {
        "filter": f'metric.type = "{metric}"',
        "interval.startTime": f"{now - _LATELY:%Y-%m-%dT%H:%M:%SZ}",
        "interval.endTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "view": "HEADERS",
    }
    address = f"monitoring.googleapis.com/v3/projects/{api.here.account}/timeSeries"
    found = api.detailed("timeSeries.list", address, "timeSeries", _SERIES, params=asked)
    if found is None:
        return None
    series = [each for each in found if (each.get("metric") or {}).get("type") == metric]
    return {str(((each.get(kind) or {}).get("labels") or {}).get(label)) for each in series}


def _is_in(id_: str | None, used: set[str] | None) -> bool | None:
    return None if used is None or not id_ else id_ in used


def _switched_off(raw: Mapping[str, Any]) -> dict[str, bool]:
    """What both sources leave out where it is not so."""
    return {"disabled": raw.get("disabled", False)}
