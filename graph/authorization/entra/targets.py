"""What decides about an object for all who ask: its kinds, who guards it, what it holds itself."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from ...logic import Truth
from .app_roles import GRAPH, OLD_GRAPH
from .environment import (
    APPLICATION,
    GROUP,
    SERVICE_PRINCIPAL,
    USER,
    EntraEnvironment,
    Holding,
)

MICROSOFT = frozenset(
    {"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"}
)
"""The tenants of Microsoft's own applications."""
_BLUEPRINT = frozenset({"agentidentityblueprints"})
_SYNCED = frozenset({USER, GROUP})


class Target(NamedTuple):
    """An object as far as decisions tell objects apart."""

    label: str
    kinds: tuple[frozenset[str], ...]
    """What its kind is called by actions; several if it could not be read which it is."""
    restricted: Truth = False
    """It is in a restricted administrative unit."""
    holding: Holding | None = None
    """Of a user: which roles it holds."""
    is_external: Truth = False
    """It signs in with another tenant, or with a provider of its own."""
    is_synchronised: Truth = False
    is_dynamic: Truth = False
    """A rule decides who is in the group."""
    is_without_credentials: Truth = False
    """It signs in by what it belongs to: a managed identity by an Azure resource, an agent by its
    blueprint."""
    is_agent_blueprint: Truth = False
    is_microsofts: Truth = False
    is_graph: Truth = False
    """It is Microsoft Graph, or Azure AD Graph, whose app roles not everybody may give."""
    is_foreign: Truth = False
    """Its application is another tenant's, which may lock it."""


class Targets:
    """The objects of a directory."""

    def __init__(self, environment: EntraEnvironment) -> None:
        self._environment = environment
        self._view = environment.view
        self.of = cache(self._of)

    def _of(self, id_: str) -> Target:
        """What decides about one."""
        label = self._environment.label(id_)
        read = _READERS.get(label)
        if read is None:
            return Target(label, (frozenset(),))
        return read(self, id_)._replace(restricted=self._restricted(id_))

    def _restricted(self, id_: str) -> Truth:
        found: Truth = False
        restricted: bool | None = self._view.get(id_, "is_management_restricted")
        for unit in self._environment.units_of(id_):
            if self._environment.is_restricted(unit):
                return True
            if self._environment.is_restricted(unit) is None:
                found = None
        if restricted is not None:
            return restricted
        unread = self._environment.unread_units
        if any(self._environment.is_restricted(unit) is not False for unit in unread):
            found = None
        return found if self._environment.is_listed("EntraAdministrativeUnit") else None

    def _user(self, id_: str) -> Target:
        invited = self._view.get(id_, "external_user_state")
        is_guest = self._view.get(id_, "user_type") == "Guest"
        return Target(
            USER,
            (frozenset({"users"}),),
            holding=self._environment.holding(id_),
            is_external=bool(invited) if invited is not None else None if is_guest else False,
            is_synchronised=self._view.get(id_, "on_premises_sync_enabled"),
        )

    def _group(self, id_: str) -> Target:
        types = self._view.get(id_, "group_types")
        kinds: list[frozenset[str]] = []
        may_hold = self._view.get(id_, "is_assignable_to_role")
        if may_hold is not False:
            kinds.append(frozenset({"groupsassignabletoroles"}))
        if may_hold is not True:
            kinds += _kinds_of_group(types)
        return Target(
            GROUP,
            tuple(kinds),
            is_synchronised=self._view.get(id_, "on_premises_sync_enabled"),
            is_dynamic=None if types is None else "DynamicMembership" in types,
        )

    def _application(self, id_: str) -> Target:
        audience = self._view.get(id_, "sign_in_audience")
        is_blueprint = self._view.get(id_, "is_agent_blueprint")
        own = frozenset({"applications", "applications.myorganization"})
        everybodys = frozenset({"applications"})
        kinds = [own if audience in ("", "AzureADMyOrg") else everybodys]
        kinds += [own] if audience is None else []
        if is_blueprint:
            # Microsoft's documentation names roles of their own for these, and does not say that
            # those over applications do not hold.
            kinds = [_BLUEPRINT, *(each | _BLUEPRINT for each in kinds)]
        elif is_blueprint is None:
            kinds += [each | _BLUEPRINT for each in kinds]
        return Target(APPLICATION, tuple(kinds), is_agent_blueprint=is_blueprint)

    def _service_principal(self, id_: str) -> Target:
        kind = self._view.get(id_, "service_principal_type")
        owner = self._view.get(id_, "app_owner_organization_id")
        client = self._view.get(id_, "app_id")
        has_none = None if kind is None else kind in ("ManagedIdentity", "ServiceIdentity")
        account = self._view.get(id_, "account") or ""
        return Target(
            SERVICE_PRINCIPAL,
            (frozenset({"serviceprincipals"}),),
            is_without_credentials=has_none,
            is_microsofts=None if owner is None else owner in MICROSOFT,
            is_graph=None if client is None else client in (GRAPH, OLD_GRAPH),
            is_foreign=None if owner is None else owner not in ("", account),
        )

    def _device(self, id_: str) -> Target:  # noqa: ARG002
        return Target("EntraDevice", (frozenset({"devices"}),))


def _kinds_of_group(types: list[str] | None) -> list[frozenset[str]]:
    """What actions call a group that may not hold roles."""
    if types is None:
        return [_group_kinds("unified", True), _group_kinds("security", True)]
    kind = "unified" if "Unified" in types else "security"
    return [_group_kinds(kind, "DynamicMembership" not in types)]


def _group_kinds(kind: str, is_assigned: bool) -> frozenset[str]:
    found = {"groups", f"groups.{kind}"}
    if is_assigned:
        found |= {f"groups.{kind}.assignedmembership", "groups.assignedmembership"}
    return frozenset(found)


_READERS: dict[str, Callable[[Targets, str], Target]] = {
    USER: Targets._user,
    GROUP: Targets._group,
    APPLICATION: Targets._application,
    SERVICE_PRINCIPAL: Targets._service_principal,
    "EntraDevice": Targets._device,
}
