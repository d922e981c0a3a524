"""What every Google Cloud model and collector has in common."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import KeyValues, Location, Resource, field, ref
from ..collector import Collector

PROJECT = "//cloudresourcemanager.googleapis.com/projects/{account}"
SERVICE_ACCOUNT = "//iam.googleapis.com/projects/{account}/serviceAccounts/{email}"

_LINK = re.compile(r"https://(?:www|compute)\.googleapis\.com/compute/[^/]+/(projects/.+)")
_NUMBERED = re.compile(r"(//[^/]+/projects/)(\d+)(/.*)?")
_EMAILS = tuple(
    re.compile(pattern)
    for pattern in (
        r"service-(?P<project>\d+)@[^@]+",
        r"(?P<project>\d+)(?:-compute)?@(?:developer|cloudservices)\.gserviceaccount\.com",
        r"(?P<project>[^@]+)@appspot\.gserviceaccount\.com",
        r"[^@]+@(?P<project>[^@.]+)(?:\.(?P<domain>[^@]+))?\.iam\.gserviceaccount\.com",
    )
)
"""How the addresses of service accounts name their project, by its id or its number."""


class GCPResource(Resource):
    """A resource in Google Cloud; its id is its full resource name."""

    provider = "gcp"
    owner_identity = "//{service}/projects/{account}/{rest}"
    account_label = "GCPProject"
    wire_case = "camel"

    tags: KeyValues | None = field("Labels as `key=value`, sorted.", wire="labels")


class ComputeResource(GCPResource):
    """A resource of the compute API."""

    id: str = field("Full resource name.", wire="selfLink")
    project: str | None = ref("GCPProject", by="id", rel="IN_ACCOUNT")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource of a :func:`normalised` answer; it lies in its own region."""
        zone, region = last(raw.get("zone")), last(raw.get("region"))
        return super().load(
            raw,
            here,
            **{
                "region": region or zone.rpartition("-")[0] or here.region,
                "project": PROJECT.format(account=raw["selfLink"].split("/")[4]),
                **known,
            },
        )


class GCPCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.gcp.session.GCPApi`."""

    provider: ClassVar[str] = "gcp"
    regional: ClassVar[bool] = False


def last(name: str | None) -> str:
    """The last part of a resource name; empty if there is none."""
    return (name or "").rpartition("/")[2]


def normalised(value: Any, ids: Mapping[str, str]) -> Any:
    """An answer with every link turned into a full resource name, and projects named by their ids
    where ``ids`` knows them by number."""
    if isinstance(value, Mapping):
        return {
            key: item if key == "labels" else normalised(item, ids) for key, item in value.items()
        }
    if isinstance(value, list):
        return [normalised(item, ids) for item in value]
    link = _LINK.fullmatch(value) if isinstance(value, str) else None
    return _with_project_id(f"//compute.googleapis.com/{link[1]}", ids) if link else value


def service_account(email: str, ids: Mapping[str, str]) -> str:
    """The full name of a service account; its address alone if that names no project."""
    for pattern in _EMAILS:
        match = pattern.fullmatch(email)
        if match:
            project, domain = match["project"], match.groupdict().get("domain")
            owner = f"{domain}:{project}" if domain else ids.get(project, project)
            return SERVICE_ACCOUNT.format(account=owner, email=email)
    return email


def _with_project_id(name: str, ids: Mapping[str, str]) -> str:
    match = _NUMBERED.fullmatch(name)
    return f"{match[1]}{ids.get(match[2], match[2])}{match[3] or ''}" if match else name
