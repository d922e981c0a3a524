"""Reads an export of Cloud Asset Inventory (``gcloud asset export``) in the place of Google Cloud:
the collectors run as they do in a scan, and whatever the export does not tell is unread.

An export says nothing of what was left out of it. So a type that it has no asset of is unread, and
so are allow policies where it has none.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...graph.model import Location, Resource, Status
from ..api import Limits
from ..collector import Collector
from ..errors import CollectError
from ..failure import AnswerError
from ..scan import Collected, Spool, Task, plan, run
from ..shape import hold
from .asset_inventory import Asset, data_of
from .base import GCPCollector, last, normalised
from .session import RESOURCE_MANAGER, GCPAccount, GCPApi, Google
from .shared import SharedAnswers

NOT_EXPORTED = "NotExported"
"""The code of what an export does not tell."""
_HOST = f"//{RESOURCE_MANAGER}/"
_ASSET = {
    "name": str,
    "assetType": str,
    "ancestors": [str],
    "resource": {"data": {}, "parent": str, "location": str},
    "iamPolicy": {},
}
_CONTAINER = {
    "projectId": str,
    "projectNumber": str,
    "name": str,
    "displayName": str,
    "lifecycleState": str,
    "createTime": str,
    "creationTime": str,
    "owner": {"directoryCustomerId": str},
    "labels": {},
}
_KINDS: Mapping[str, Sequence[str]] = {
    "addresses": ("Address", "GlobalAddress"),
    "backendBuckets": ("BackendBucket",),
    "backendServices": ("BackendService", "RegionBackendService"),
    "disks": ("Disk", "RegionDisk"),
    "firewalls": ("Firewall",),
    "forwardingRules": ("ForwardingRule", "GlobalForwardingRule"),
    "images": ("Image",),
    "instanceGroupManagers": ("InstanceGroupManager",),
    "instanceGroups": ("InstanceGroup",),
    "instanceTemplates": ("InstanceTemplate",),
    "instances": ("Instance",),
    "networkEndpointGroups": ("NetworkEndpointGroup",),
    "networks": ("Network",),
    "routes": ("Route",),
    "securityPolicies": ("SecurityPolicy",),
    "serviceAttachments": ("ServiceAttachment",),
    "snapshots": ("Snapshot",),
    "sslCertificates": ("SslCertificate",),
    "subnetworks": ("Subnetwork",),
    "targetHttpProxies": ("TargetHttpProxy",),
    "targetHttpsProxies": ("TargetHttpsProxy",),
    "targetInstances": ("TargetInstance",),
    "targetPools": ("TargetPool",),
    "targetSslProxies": ("TargetSslProxy",),
    "targetTcpProxies": ("TargetTcpProxy",),
    "urlMaps": ("UrlMap",),
}
"""The types of assets by what the compute API calls their listings."""


def compute_types() -> frozenset[str]:
    """The types of assets of the compute API that are read, without the API's name."""
    return frozenset(each for kinds in _KINDS.values() for each in kinds)


def not_exported(what: str) -> AnswerError:
    """That an export does not tell of something."""
    return AnswerError(NOT_EXPORTED, f"The export does not tell of {what}.", Status.UNSUPPORTED)


def is_export(text: str) -> bool:
    """Whether a text begins as an export does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        asset = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(asset, dict) and not {"asset_type", "assetType"}.isdisjoint(asset)


def collect(assets: Sequence[Asset], collectors: Sequence[type[Collector]]) -> Collected:
    """What collectors read of an export.

    :raises CollectError: if it has no project.
    """
    tasks = plan(accounts_of(assets), collectors)
    with TemporaryDirectory() as folder:
        return run(tasks, Limits(4), _Quiet(), Spool(Path(folder)))


class _Quiet:
    """Tells nobody how it goes on."""

    def started(self, tasks: Sequence[Task]) -> None:
        """See :class:`Progress`."""

    def finished(self, task: Task, result: Collected) -> None:
        """See :class:`Progress`."""


def read_export(text: str) -> list[Asset]:
    """The assets of an export, a JSON object a line; its keys may be in snake case.

    :raises CollectError: where it is no export.
    """
    assets: list[Asset] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            asset = {_camel(key): item for key, item in json.loads(line).items()}
            hold(_ASSET, asset, ["name", "assetType"])
        except (ValueError, RecursionError, AttributeError, AnswerError) as error:
            raise CollectError(f"Line {number} is no asset of an export: {error}") from error
        assets.append(asset)
    return assets


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(map(str.title, others))


def accounts_of(assets: Sequence[Asset]) -> "list[ExportedProject]":
    """The projects that an export is about.

    :raises CollectError: where it has no project.
    """
    export = Export(assets)
    if not export.projects:
        raise CollectError("The export has no project: export resources of it or above it.")
    numbers = {id_: number for number, id_ in export.projects.items()}
    return [ExportedProject(id_, export, export.projects, numbers[id_]) for id_ in sorted(numbers)]


class Export(Google):
    """An export in the place of Google's APIs."""

    def __init__(self, assets: Sequence[Asset]) -> None:
        self.first_below = {}
        self.shared = SharedAnswers()
        self.lock = threading.Lock()
        self.reads_all = False
        self.inventory: Any = self
        self.projects: dict[str, str] = {}
        """Ids of the projects by their numbers."""
        self._by_type: dict[str, list[Asset]] = defaultdict(list)
        self._policies: dict[str, Mapping[str, Any]] = {}
        self._policy_assets: list[Asset] = []
        self._containers: dict[str, Mapping[str, Any]] = {}
        self._parents: dict[str, str] = {}
        for asset in assets:
            self._take(asset)

    def assets(
        self, parents: Sequence[str], content: str, types: frozenset[str], type_: str, project: str
    ) -> list[Asset]:
        """What Asset Inventory would answer for a project, which the ``parents`` are above."""
        del parents, types
        if content == "IAM_POLICY":
            if not self._policy_assets:
                raise not_exported("allow policies")
            found = self._policy_assets
        else:
            found = self._by_type.get(type_, [])
            if not found:
                raise not_exported(f"resources of type {type_}")
        return [each for each in found if self.project_of(each) == project]

    def listed(self, kinds: Sequence[str], project: str) -> list[Asset]:
        """The assets of types of the compute API in a project."""
        types = [f"compute.googleapis.com/{each}" for each in kinds]
        if not any(each in self._by_type for each in types):
            raise not_exported(f"resources of type {types[0]}")
        found = [asset for each in types for asset in self._by_type.get(each, ())]
        return [each for each in found if self.project_of(each) == project]

    def get(self, address: str, *asked: Any, **more: Any) -> dict[str, Any]:
        """What Resource Manager would answer.

        :raises AnswerError: for anything else.
        """
        del asked, more
        host, _, path = address.partition("/")
        what = path.partition("/")[2]
        scope, _, method = what.partition(":")
        if host == RESOURCE_MANAGER and method == "getIamPolicy":
            if self._policies and self._full(scope) in self._policies:
                return dict(self._policies[self._full(scope)])
        elif host == RESOURCE_MANAGER and method == "getAncestry":
            return {"ancestor": self._ancestry(scope)}
        elif host == RESOURCE_MANAGER and self._full(scope) in self._containers:
            return self._container(scope)
        elif host == "iam.googleapis.com" and what.endswith("/roles"):
            return {"roles": self._roles(what.removesuffix("/roles"))}
        elif host == "logging.googleapis.com" and what.endswith("/sinks"):
            return {"sinks": self._sinks(what)}
        raise not_exported(f"https://{address}")

    def client(self, service: str) -> Any:
        """No client: what needs one is not in an export."""
        raise not_exported(service)

    def project_of(self, asset: Asset) -> str:
        """The id of the project that an asset is in; empty where it is in none."""
        for each in self._above(asset):
            kind, _, name = each.partition("/")
            if kind == "projects":
                return self.projects.get(name, name)
        parts = asset["name"].split("/")
        named = parts[parts.index("projects") + 1] if "projects" in parts[:-1] else ""
        return self.projects.get(named, named)

    def _take(self, asset: Asset) -> None:
        name = asset["name"]
        if "iamPolicy" in asset:
            self._policies[name] = asset["iamPolicy"] or {}
            self._policy_assets.append(asset)
        if not (asset.get("resource") or {}).get("data"):
            return
        data = data_of(asset)
        self._by_type[asset["assetType"]].append(asset)
        if name.startswith(_HOST) and asset["assetType"].startswith(RESOURCE_MANAGER):
            hold(_CONTAINER, data)
            self._containers[name] = data
            self._parents[name] = asset["resource"].get("parent") or ""
            if data.get("projectId"):
                self.projects[data.get("projectNumber") or last(name)] = data["projectId"]

    def _above(self, asset: Asset) -> Iterator[str]:
        """What an asset is in, from below: ``projects/NUMBER``."""
        if asset.get("ancestors"):
            yield from asset["ancestors"]
            return
        parent = (asset.get("resource") or {}).get("parent") or ""
        if not parent and asset["name"] in self._containers:
            parent = asset["name"]
        while parent.startswith(_HOST):
            yield parent.removeprefix(_HOST)
            parent = self._parents.get(parent, "")

    def _full(self, scope: str) -> str:
        """The full name of a project, folder or organization, by number."""
        kind, _, name = scope.partition("/")
        by_id = {id_: number for number, id_ in self.projects.items()}
        return f"{_HOST}{kind}/{by_id.get(name, name) if kind == 'projects' else name}"

    def _ancestry(self, scope: str) -> list[dict[str, Any]]:
        full = self._full(scope)
        if full not in self._containers:
            raise not_exported(f"what is above {scope}")
        found = []
        while full.startswith(_HOST):
            kind, _, name = full.removeprefix(_HOST).partition("/")
            found.append({"resourceId": {"type": kind.removesuffix("s"), "id": name}})
            if kind != "organizations" and full not in self._parents:
                raise not_exported(f"what is above {kind}/{name}")
            full = self._parents.get(full, "")
        return found

    def _container(self, scope: str) -> dict[str, Any]:
        """A project, folder or organization as version 3 tells of it; an export has version 1."""
        full = self._full(scope)
        data = self._containers[full]
        parent = self._parents[full].removeprefix(_HOST)
        customer = (data.get("owner") or {}).get("directoryCustomerId") or data.get(
            "directoryCustomerId"
        )
        found = {
            "name": full.removeprefix(_HOST),
            "projectId": data.get("projectId"),
            "displayName": data.get("displayName") or data.get("name"),
            "state": data.get("lifecycleState") or data.get("state"),
            "createTime": data.get("createTime") or data.get("creationTime"),
            "labels": data.get("labels"),
            "directoryCustomerId": customer,
            "parent": parent,
        }
        return {key: item for key, item in found.items() if item}

    def _sinks(self, path: str) -> list[Mapping[str, Any]]:
        """The sinks of a folder or organization."""
        every = self._by_type.get("logging.googleapis.com/LogSink", ())
        if not every:
            raise not_exported("sinks")
        return [data_of(each) for each in every if each["name"].rpartition("/")[0].endswith(path)]

    def _roles(self, scope: str) -> list[Mapping[str, Any]]:
        found = [data_of(each) for each in self._by_type.get("iam.googleapis.com/Role", ())]
        if not found or not scope:
            raise not_exported("roles")
        return [each for each in found if str(each.get("name")).startswith(f"{scope}/")]


class ExportedApi(GCPApi):
    """What collectors read an export through."""

    def pages(
        self,
        operation: str,
        key: str = "",
        *,
        lists: type[Resource] | None = None,
        never_empty: Collection[str] = (),
    ) -> Iterator[dict[str, Any]]:
        """See :meth:`GCPApi.pages`: from the assets of the types that the method lists."""
        del key, never_empty
        export = self.account.google
        assert isinstance(export, Export)

        def listed() -> Iterator[list[dict[str, Any]]]:
            kinds = _KINDS.get(operation.partition(".")[0])
            if kinds is None:
                raise not_exported(operation)
            assets = export.listed(kinds, self.here.account)
            yield [normalised(data_of(each), self.account.ids) for each in assets]

        return self.list_through(operation, listed, lists)


@dataclass
class ExportedProject(GCPAccount):
    """A project that an export is about."""

    regions: Sequence[str] = field(default=())

    def api(self, collector: type[Collector], region: str, limits: Limits) -> GCPApi:
        """What a collector reads the export through."""
        assert issubclass(collector, GCPCollector)
        here = Location(self.id, region)
        return ExportedApi(
            "gcp", collector.service, here, limits, account=self, collector=collector
        )
