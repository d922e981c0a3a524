"""What conditions can ask of a request that its permission and its resource tell."""

import re
from typing import Any

from .cel import Begun
from .members import ACCOUNT, USER, pooled

_RESOURCE = re.compile(r"//(?P<service>[^/]+)/(?P<rest>.+)")
_VERSION = re.compile(r"v\d[^/]*/")
_BUCKETS = "storage.googleapis.com"
_DESCRIBING = (
    *("apigee", "bigquery", "bigqueryreservation", "bigtableadmin", "binaryauthorization"),
    *("cloudkms", "cloudresourcemanager", "cloudsql", "compute", "connectors", "container"),
    *("dataform", "firestore", "iap", "integrations", "logging", "pubsublite", "secretmanager"),
    *("spanner", "storage"),
)
"""The services that tell conditions of their resources, by host
(https://cloud.google.com/iam/docs/conditions-resource-attributes). Conditions on resources of
others do not hold as a rule, but services are added to the list."""
_OTHERWISE_CALLED = {"cloudsql.googleapis.com": "sqladmin.googleapis.com"}
"""Hosts in full resource names that conditions call otherwise."""
_BY_NUMBER = "secretmanager.googleapis.com"
"""The service whose resources conditions name by the number of their project."""


def described(asked: str, resource: str, number: str) -> dict[str, Any]:
    """``resource.name``, ``resource.type`` and ``resource.service``. Of what a permission is about
    that lies below the resource asked for only the beginning of its name is known.

    ``number`` is that of the project, empty if it is not known.
    """
    match = _RESOURCE.fullmatch(resource)
    if match is None or match["service"].partition(".")[0] not in _DESCRIBING:
        return {}
    service, rest = match["service"], match["rest"]
    asked_service, noun, _ = (*asked.split("."), "", "")[:3]
    if asked_service != _service_of(service):
        return {}
    if service == _BUCKETS:
        name = f"projects/_/buckets/{rest}"
    else:
        name = _VERSION.sub("", rest, count=1) if _VERSION.match(rest) else rest
    called = _OTHERWISE_CALLED.get(service, service)
    known: dict[str, Any] = {"resource.service": called}
    if service == _BY_NUMBER:
        parts = name.split("/")
        if not number:
            return known
        name = "/".join((parts[0], number, *parts[2:]))
    collection = (["", *name.split("/")])[-2]
    is_itself = noun == collection
    known["resource.name"] = name if is_itself else Begun(f"{name}/")
    if is_itself and (kind := _singular(collection)):
        known["resource.type"] = f"{called}/{kind}"
    elif service == _BUCKETS and noun == "objects":
        known["resource.type"] = f"{service}/Object"
    return known


def kind_of(who: str) -> Any:
    """What conditions of access boundaries call the kind of a principal."""
    if who.startswith(USER):
        return "iam.googleapis.com/WorkspaceIdentity"
    if who.startswith(ACCOUNT):
        return "iam.googleapis.com/ServiceAccount"
    identity = pooled(who)
    if identity is not None:
        is_workload = identity.pool.startswith("projects/")
        kind = "WorkloadPoolIdentity" if is_workload else "WorkforcePoolIdentity"
        return f"iam.googleapis.com/{kind}"
    return None


def _service_of(host: str) -> str:
    service = host.partition(".")[0]
    return "resourcemanager" if service == "cloudresourcemanager" else service


def _singular(collection: str) -> str:
    if collection.endswith("ies"):
        word = f"{collection[:-3]}y"
    elif collection.endswith("sses"):
        word = collection[:-2]
    else:
        word = collection.removesuffix("s")
    return word[:1].upper() + word[1:]
