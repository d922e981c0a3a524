"""What every Google Cloud model and collector has in common."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator

from ...graph.model import Identity, KeyValues, Location, Resource, field, ref
from ..collector import Collector, Loader, lists
from ..shape import Shape

RESOURCE_MANAGER = "//cloudresourcemanager.googleapis.com/"
COMPUTE = "//compute.googleapis.com/projects/{account}"
PROJECT = "//cloudresourcemanager.googleapis.com/projects/{account}"
SERVICE_ACCOUNT = "//iam.googleapis.com/projects/{account}/serviceAccounts/{email}"

ABOVE = ("GCPOrganization", "GCPFolder")
"""Labels of what a folder or project can lie in."""
SCOPES = (*ABOVE, "GCPProject", "UnknownResource")
"""Labels of what has an allow policy: any resource, found by its id."""

_LINK = re.compile(r"https://(?:www|compute)\.googleapis\.com/compute/[^/]+/(projects/.+)")
_NUMBERED = re.compile(r"((?:(?://)?[^/]+\.googleapis\.com/)?projects/)(\d+)(/.*)?")
_PLACE = re.compile(r"/(?:locations|regions|zones)/([^/]+)")
_ZONE = re.compile(r"[a-z]+-[a-z]+\d+-[a-z]")
_EMAILS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<project>\d+)-compute@developer\.gserviceaccount\.com",
        r"(?P<project>[^@]+)@appspot\.gserviceaccount\.com",
        r"[^@]+@(?P<project>[^@.]+)\.gserviceaccount\.com",
        r"[^@]+@(?P<project>[^@.]+)(?:\.(?P<domain>[^@]+))?\.iam\.gserviceaccount\.com",
    )
)
"""How the addresses of service accounts name their project, by its id or its number. What Google's
services act as (service agents) belongs to projects of Google's, named after the service."""


class GCPResource(Resource):
    """A resource in Google Cloud; its id is its full resource name."""

    provider = "gcp"
    owner_identity = "//{service}/projects/{account}/{rest}"
    account_label = "GCPProject"
    wire_case = "camel"

    tags: KeyValues | None = field("Labels as `key=value`, sorted.", wire="labels")


class ComputeResource(GCPResource):
    """A resource of the compute API."""

    never_empty: ClassVar[tuple[str, ...]] = ()
    """Which members say something where they are there: Google's client takes an empty value of a
    wrong type for an empty member."""

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


def compute_listing(model: type[ComputeResource], operation: str, key: str = "") -> Loader:
    """What a collector writes in place of a method that lists a model by a method of the compute
    API, if that is all there is to do."""

    @lists(model)
    def load(_: Any, api: Any) -> Iterator[ComputeResource]:
        for raw in api.pages(operation, key, never_empty=model.never_empty):
            yield model.load(raw, api.here)

    load.__name__ = model.label
    load.__doc__ = model.__doc__
    return load


class AssetResource(GCPResource):
    """A resource that Asset Inventory has, or that its product lists by a path."""

    asset_type: ClassVar[str] = ""
    """Its type in Asset Inventory; empty for what that does not have."""
    path: ClassVar[str] = ""
    """Host and path under which its product lists all of a project, with ``{project}``, or all
    parts of a resource, with ``{parent}``; empty for what only Asset Inventory lists."""
    collection: ClassVar[str] = ""
    """What the list is called in the answer, if it is not the last part of the path."""
    asked: ClassVar[Mapping[str, str]] = {}
    """Parameters that the listing takes besides, with ``{project}``."""
    called: ClassVar[str] = ""
    """What its product calls the resources in the names of methods, if not as the path ends."""
    shape: ClassVar[Shape] = {}
    """What those members of an answer look like that no field reads as they are."""

    id: str = field("Full resource name.", wire="fullName")
    name: str | None = field("Name.", wire="shortName")
    project: str | None = ref("GCPProject", by="id", rel="IN_ACCOUNT", wire="projectName")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource of a :func:`described` answer; it lies in its own location."""
        return super().load(raw, here, **{"region": raw["place"], **known})

    @classmethod
    def method(cls) -> str:
        """The name of the product's method that lists it: ``serviceAccounts.list``."""
        return f"{cls.called or cls.path.rpartition('/')[2]}.list"


class GCPCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.gcp.session.GCPApi`."""

    provider: ClassVar[str] = "gcp"
    regional: ClassVar[bool] = False

    @classmethod
    def asset_types(cls) -> frozenset[str]:
        """The types that it reads from Asset Inventory."""
        models = (each for each in cls.models() if issubclass(each, AssetResource))
        return frozenset(each.asset_type for each in models if each.asset_type)


def listing(model: type[AssetResource], *parts: type[AssetResource]) -> Loader:
    """What a collector writes in place of a method that lists a model, and the parts of each, if
    that is all there is to do."""

    @lists(model, *parts, through=dict.fromkeys(parts, model))
    def load(_: Any, api: Any) -> Iterator[AssetResource]:
        found = [model.load(raw, api.here) for raw in api.resources(model, lists=model)]
        yield from found
        for part in parts:
            for raw in api.parts(part, found):
                yield part.load(raw, api.here)

    load.__name__ = model.label
    load.__doc__ = model.__doc__
    return load


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
    return with_project_id(f"//compute.googleapis.com/{link[1]}", ids) if link else value


def service_account(email: str, ids: Mapping[str, str]) -> str:
    """The full name of a service account; its address alone if that names no project."""
    for pattern in _EMAILS:
        match = pattern.fullmatch(email)
        if match:
            project, domain = match["project"], match.groupdict().get("domain")
            owner = f"{domain}:{project}" if domain else ids.get(project, project)
            return SERVICE_ACCOUNT.format(account=owner, email=email)
    return email


def comparable(value: Any, ids: Mapping[str, str]) -> Any:
    """What :func:`normalised` does, and more for products other than compute: relative names of
    projects by number get their ids, and addresses of service accounts become full names but where
    they are called ``email``."""
    if isinstance(value, Mapping):
        return {
            key: item if key in ("labels", "email") else comparable(item, ids)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [comparable(item, ids) for item in value]
    if not isinstance(value, str):
        return value
    if value.endswith(".gserviceaccount.com") and "/" not in value:
        return service_account(value.removeprefix("serviceAccount:"), ids)
    return with_project_id(str(normalised(value, ids)), ids)


def described(
    model: type[AssetResource],
    data: Mapping[str, Any],
    project: str,
    number: str,
    ids: Mapping[str, str],
    *,
    full_name: str = "",
    location: str = "",
) -> dict[str, Any]:
    """A resource as its product's API tells of it, made :func:`comparable`, with what follows from
    its name next to the rest: ``fullName``, ``shortName``, ``containedIn``, ``projectName``,
    ``place``, and the service accounts that act where none is named, ``computeAccount`` and
    ``appAccount``.

    ``full_name`` is what Asset Inventory calls it, if it comes from there.
    """
    raw = comparable(data, ids)
    names = (raw.get(each) for each in ("resourceName", "name", "id"))
    name = next((each for each in names if isinstance(each, str)), "")
    host = "/".join(model.identity.split("/")[:3])
    full = with_project_id(full_name, ids)
    if not full:
        link = raw.get("selfLink") or ""
        if isinstance(link, str) and link.startswith("//"):
            full = link
        elif "/" in name:
            full = f"{host}/{name}"
        else:
            parts = {"account": project, "name": name, "place": raw.get("location")}
            full = Identity.of(model.identity).build(parts) or ""
    where = _PLACE.search(full)
    own = (raw.get(each) for each in ("zone", "region", "location"))
    given = next((last(each) for each in own if isinstance(each, str) and each), location)
    place = where[1] if where else given or "global"
    named = {
        "fullName": full,
        "shortName": last(name) if "/" in name else name or last(full),
        "containedIn": "/".join(full.split("/")[:-2]),
        "projectName": PROJECT.format(account=project),
        "place": place.rpartition("-")[0] if _ZONE.fullmatch(place) else place.lower(),
    }
    if number:
        computing = f"{number}-compute@developer.gserviceaccount.com"
        named["computeAccount"] = service_account(computing, ids)
    named["appAccount"] = service_account(f"{project}@appspot.gserviceaccount.com", ids)
    return {**raw, **named}


def _named(host: str, value: object) -> object:
    if isinstance(value, str) and value and not value.startswith("//"):
        return f"//{host}/{value}"
    return [_named(host, each) for each in value] if isinstance(value, list) else value


def _key(value: object) -> object:
    named = _named("cloudkms.googleapis.com", value)
    return named.partition("/cryptoKeyVersions/")[0] if isinstance(named, str) else named


ComputeName = Annotated[str, BeforeValidator(partial(_named, "compute.googleapis.com"))]
"""The full name of what the compute API calls ``projects/…``."""
TopicName = Annotated[str, BeforeValidator(partial(_named, "pubsub.googleapis.com"))]
"""The full name of a topic of Pub/Sub."""
CryptoKeyName = Annotated[str, BeforeValidator(_key)]
"""The full name of a key, without its version."""


def with_project_id(name: str, ids: Mapping[str, str]) -> str:
    """A name, full or relative, with the project's id in place of its number."""
    match = _NUMBERED.fullmatch(name)
    return f"{match[1]}{ids.get(match[2], match[2])}{match[3] or ''}" if match else name
