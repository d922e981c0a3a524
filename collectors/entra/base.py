"""What every Entra ID model and collector has in common."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ...graph.model import Resource, field
from ..collector import Collector

DIRECTORY = "//graph.microsoft.com/tenants/{account}"
"""How identities begin. Microsoft has no full names for directory objects: these are made like
Google's, of the API's host, the tenant and the object's path."""

APPLICATION = DIRECTORY + "/applications(appId='{app_id}')"
"""The identity of an application: the only id by which other tenants know it."""

PRINCIPALS = ("EntraUser", "EntraGroup", "EntraServicePrincipal", "UnknownResource")
"""Labels of what can be given access."""
MEMBERS = ("EntraUser", "EntraGroup", "EntraServicePrincipal", "EntraDevice", "UnknownResource")
"""Labels of what can be in a group or a unit."""
PAGE = 999
"""The most objects that Graph gives at a time."""

PRINCIPAL = {"id": str, "@odata.type": str}
"""What is read of a member or an owner."""

_KINDS = {
    "User": "users",
    "Group": "groups",
    "ServicePrincipal": "servicePrincipals",
    "#microsoft.graph.user": "users",
    "#microsoft.graph.group": "groups",
    "#microsoft.graph.servicePrincipal": "servicePrincipals",
    "#microsoft.graph.device": "devices",
    "#microsoft.graph.orgContact": "contacts",
}
"""The collection that an object of a type is in."""


class EntraResource(Resource):
    """A resource in Entra ID (Microsoft Graph)."""

    provider = "entra"
    owner_identity = DIRECTORY + "/{rest}"
    account_label = "EntraTenant"
    wire_case = "camel"

    id: str = field("Full identity: tenant, kind and object id.", wire="-")
    name: str | None = field("Display name.", wire="displayName")


class DirectoryObject(EntraResource):
    """A user, a group or another object with an id of its own."""

    global_keys = ("object_id",)

    object_id: str | None = field("Object id.", wire="id")


class EntraCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.entra.session.GraphApi`; its listing
    methods are asynchronous."""

    provider: ClassVar[str] = "entra"
    regional: ClassVar[bool] = False


def identity(tenant: str, kind: str, object_id: str) -> str:
    """The full identity of a directory object, e.g. of kind ``users``."""
    return f"{DIRECTORY.format(account=tenant)}/{kind}/{object_id.lower()}"


def typed_identity(tenant: str, kind: str | None, object_id: str) -> str:
    """The same of an object of a type, as Graph calls it: ``User``, ``#microsoft.graph.user``."""
    return identity(tenant, _KINDS.get(kind or "", "directoryObjects"), object_id)


def identities(
    tenant: str, objects: Iterable[Mapping[str, Any]] | None, kind: str | None = None
) -> list[str] | None:
    """The identities of members or owners, of whom Graph tells the type if it is not given; None
    if they were not read."""
    if objects is None:
        return None
    return sorted(
        typed_identity(tenant, kind or each.get("@odata.type"), each["id"]) for each in objects
    )


def is_synchronised(raw: Mapping[str, Any]) -> bool:
    """Whether an object comes from Active Directory; Graph documents null as never."""
    return bool(raw.get("onPremisesSyncEnabled"))
