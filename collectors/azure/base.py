"""What every Azure model and collector has in common."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator

from ...graph.model import KeyValues, Location, Resource, field, ref
from ..collector import Collector, Loader, lists
from ..shape import Shape

_GROUP = "/subscriptions/{account}/resourcegroups/{resource_group}/providers/"
_BEGINNINGS = ("/subscriptions/", "/providers/microsoft.")
"""How the ids begin in which ARM tells no case apart."""


def _host(value: object) -> object:
    if isinstance(value, str):
        return value.lower().rpartition("://")[2].partition("/")[0].partition(":")[0]
    return value


def _hosts(value: object) -> object:
    return [_host(each) for each in value] if isinstance(value, list) else value


def _without_version(value: object) -> object:
    if isinstance(value, str):
        return "/".join(value.lower().rstrip("/").split("/")[:5])
    return [_without_version(each) for each in value] if isinstance(value, list) else value


Host = Annotated[str, BeforeValidator(_host)]
"""The host that an address or a URL names, in lower case."""
Hosts = Annotated[list[str], BeforeValidator(_hosts)]
"""The hosts that addresses or URLs name, in lower case."""
VaultUris = Annotated[list[str], BeforeValidator(_without_version)]
"""Several of :data:`VaultUri`."""
VaultUri = Annotated[str, BeforeValidator(_without_version)]
"""The address of a key, secret or certificate in a vault, in lower case and without the version:
``https://VAULT.vault.azure.net/keys/NAME``."""


class AzureResource(Resource):
    """A resource in Azure; its id is its ARM id in lower case, since ARM tells no case apart."""

    provider = "azure"
    owner_identity = "/subscriptions/{account}/{rest}"
    account_label = "AzureSubscription"
    wire_case = "camel"

    arm_type: ClassVar[str] = ""
    """Its type in ARM as Microsoft spells it, where it is read from Resource Graph or by path: the
    identity and the permission to read it follow from it."""
    table: ClassVar[str] = "resources"
    """The table of Resource Graph that has it."""
    api_version: ClassVar[str] = ""
    """The version of the API that lists it under what it is a part of; empty for what Resource
    Graph has."""
    collection: ClassVar[str] = ""
    """The path under which that is, if it is not the last part of the type."""
    empty_codes: ClassVar[tuple[str, ...]] = ("ParentResourceNotFound", "ResourceNotFound")
    """The codes by which that listing says that there are none."""
    shape: ClassVar[Shape] = {}
    """What those members of an answer look like that no field reads as they are."""

    tags: KeyValues | None = field("Tags as `key=value`, sorted.", wire="tags")

    @classmethod
    def __pydantic_init_subclass__(cls, **more: object) -> None:
        """Makes the identity out of the type where none is written down."""
        super().__pydantic_init_subclass__(**more)
        if "arm_type" in cls.__dict__ and "identity" not in cls.__dict__:
            cls.identity = _GROUP + _path_of_type(cls.arm_type)

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource of a :func:`normalised` answer; it lies in its own location."""
        return super().load(raw, here, **{"region": raw.get("location"), **known})


class TrackedResource(AzureResource):
    """A resource that lies in a resource group and has a location of its own."""

    subscription: str | None = ref("AzureSubscription", by="id", rel="IN_ACCOUNT")
    resource_group: str | None = field("Resource group.")
    group: str | None = ref("AzureResourceGroup", by="id", rel="IN_ACCOUNT", wire="resourceGroupId")


class Acting(AzureResource):
    """What acts in Azure and Entra ID as managed identities."""

    identity_type: str | None = field(
        "SystemAssigned, UserAssigned, both, or None.", wire="identity.type"
    )
    system_identity: str | None = ref("EntraServicePrincipal", by="id", rel="RUNS_AS", wire="-")
    user_identities: list[str] | None = ref(
        "AzureUserAssignedIdentity", by="id", rel="RUNS_AS", wire="-"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the resource, whose identities ARM gives in a form of its own."""
        identity = raw.get("identity") or {}
        identities = {
            "system_identity": principal(identity.get("tenantId"), identity.get("principalId")),
            "user_identities": sorted(identity.get("userAssignedIdentities") or {}),
        }
        return super().load(raw, here, **identities, **known)


class Identified(Acting, TrackedResource):
    """A resource that acts as managed identities."""


class Connectable(TrackedResource):
    """What private endpoints may lead to."""

    private_endpoints: list[str] | None = ref(
        "AzurePrivateEndpoint",
        by="id",
        rel="CONNECTS_TO",
        inverse=True,
        wire="privateEndpointConnections[].privateEndpoint.id",
    )


class PlatformService(Connectable):
    """A service that answers at an address of Azure's own, unless that is switched off."""

    public_network_access: str | None = field(
        "Whether the public network reaches it: Enabled, Disabled, or SecuredByPerimeter; empty "
        "where Azure does not say, which is Enabled unless said otherwise."
    )


class Part(AzureResource):
    """A resource that exists only within another one."""

    resource_group: str | None = field("Resource group.")


class AzureCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.azure.session.AzureApi`."""

    provider: ClassVar[str] = "azure"
    regional: ClassVar[bool] = False
    client: ClassVar[str] = ""
    """The SDK's client, ``package.Class``; none for what is read by path."""
    also_reads: ClassVar[tuple[type[AzureResource], ...]] = ()
    """Models of further types in ARM that the same labels are of."""

    def __init_subclass__(cls, **more: object) -> None:
        """Adds the permissions that follow from the types of the models."""
        super().__init_subclass__(**more)
        types = {model.arm_type for model in cls.typed()}
        needed = {f"{each}/read" for each in types}
        if any(not model.api_version for model in cls.typed()):
            needed.add(f"{EVERY_RESOURCE}/read")
        cls.permissions = tuple(sorted({*cls.permissions, *needed}))

    @classmethod
    def typed(cls) -> list[type[AzureResource]]:
        """The models that are read from Resource Graph or by path."""
        models = (*cls.models(), *cls.also_reads)
        return [each for each in models if issubclass(each, AzureResource) and each.arm_type]


EVERY_RESOURCE = "Microsoft.Resources/subscriptions/resources"
"""The listing that Resource Graph is held against."""


def listing(model: type[AzureResource], *parts: type[AzureResource]) -> Loader:
    """What a collector writes in place of a method that lists a model from Resource Graph, and of
    each resource its parts by path, if that is all there is to do."""

    @lists(model, *parts, through=dict.fromkeys(parts, model))
    def load(_: Any, api: Any) -> Iterator[AzureResource]:
        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            whole = model.load(raw, api.here)
            return [whole, *(each for part in parts for each in api.parts(part, whole))]

        found = api.resources(model)
        if not parts:
            for raw in found:
                yield model.load(raw, api.here)
            return
        for resources in api.each(detailed, found):
            yield from resources

    load.__name__ = model.label
    load.__doc__ = model.__doc__
    return load


def principal(tenant: str | None, object_id: str | None) -> str:
    """The id of a service principal in Entra ID; its object id alone where its tenant is not known,
    empty if there is none."""
    if not object_id or not tenant:
        return object_id or ""
    return f"//graph.microsoft.com/tenants/{tenant.lower()}/servicePrincipals/{object_id.lower()}"


def normalised(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as ARM tells of it, made comparable: ids in lower case wherever they occur, keys
    of maps included, and what is in ``properties`` on the level of the rest. What is called as
    a member there is (``type``) stays in ``properties``.

    Its id tells ``subscription``, ``resourceGroup``, ``resourceGroupId`` and ``containedIn``, which
    is the resource or scope that it lies in; each is empty where there is none.
    """
    found: dict[str, Any] = _comparable({**raw, **_places(raw.get("id"))})
    return found


def _places(id_: Any) -> dict[str, str]:
    """Where a resource lies, by its id."""
    parts = id_.split("/") if isinstance(id_, str) else []
    names = [part.lower() for part in parts]
    in_subscription = names[:2] == ["", "subscriptions"] and len(parts) > 2
    in_group = in_subscription and names[3:4] == ["resourcegroups"] and len(parts) > 4
    above = len(parts) - 2
    if above >= 2 and names[above - 2] == "providers":
        above -= 2  # The first type after a provider lies in what is before the provider.
    return {
        "subscription": "/".join(names[:3]) if in_subscription else "",
        "resourceGroup": parts[4] if in_group else "",
        "resourceGroupId": "/".join(names[:5]) if in_group else "",
        "containedIn": "/".join(names[: max(above, 0)]),
    }


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        items = {
            _in_one_case(key): item if key == "tags" else _comparable(item)
            for key, item in value.items()
        }
        inner = items.get("properties")
        if not isinstance(inner, dict):
            return items
        outer = {key: item for key, item in items.items() if key != "properties"}
        kept = {key: item for key, item in inner.items() if key in outer or key == "properties"}
        flat = {key: item for key, item in inner.items() if key not in kept}
        return {**flat, **outer, **({"properties": kept} if kept else {})}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return _in_one_case(value)


def _in_one_case(value: Any) -> Any:
    if isinstance(value, str) and value[:21].lower().startswith(_BEGINNINGS):
        return value.lower()
    return value


def _path_of_type(arm_type: str) -> str:
    """``Microsoft.Sql/servers/databases`` as a part of a template of ids."""
    namespace, *types = arm_type.lower().split("/")
    above = "".join(f"/{each}/{{{each}_name}}" for each in types[:-1])
    return f"{namespace}{above}/{types[-1]}/{{name}}"
