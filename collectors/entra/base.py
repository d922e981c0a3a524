"""What every Entra ID model and collector has in common."""

from typing import ClassVar

from ...graph.model import Resource, field
from ..collector import Collector

DIRECTORY = "//graph.microsoft.com/tenants/{account}"
"""How identities begin. Microsoft has no full names for directory objects: these are made like
Google's, of the API's host, the tenant and the object's path."""


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

    object_id: str | None = field("Object id.", wire="id")


class EntraCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.entra.session.GraphApi`; its listing
    methods are asynchronous."""

    provider: ClassVar[str] = "entra"
    regional: ClassVar[bool] = False


def identity(tenant: str, kind: str, object_id: str) -> str:
    """The full identity of a directory object, e.g. of kind ``users``."""
    return f"{DIRECTORY.format(account=tenant)}/{kind}/{object_id.lower()}"
