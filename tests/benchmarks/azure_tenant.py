"""Makes a tenant of Entra ID with any number of principals, and Azure resources on which they hold
roles, mostly inherited: from management groups, subscriptions and resource groups, by nested
groups."""

import json
import random
from collections.abc import Iterator
from typing import Any

from clew.collectors.azure.authorization import DenyAssignment, Lock, RoleAssignment, RoleDefinition
from clew.collectors.azure.automation import AutomationAccount
from clew.collectors.azure.base import AzureResource, normalised
from clew.collectors.azure.compute import Disk, VirtualMachine
from clew.collectors.azure.keyvault import AccessPolicy, KeyVault
from clew.collectors.azure.managedidentity import UserAssignedIdentity
from clew.collectors.azure.management_groups import ManagementGroup
from clew.collectors.azure.resources import ResourceGroup
from clew.collectors.azure.storage import StorageAccount
from clew.collectors.azure.subscriptions import Subscription, Tenant
from clew.collectors.azure.web import AppService, FunctionApp
from clew.collectors.registry import models
from clew.graph.attack.azure.role_choices import OWNER, role_id
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Location, Resource, Scope, Status
from support.tenant import TENANT, SmallTenant

_ROOT = f"/providers/microsoft.management/managementgroups/{TENANT}"
_GROUPS = 20
_RESOURCE_GROUPS = 5
"""How many there are in a subscription."""
_KINDS: tuple[type[AzureResource], ...] = (
    *(VirtualMachine, VirtualMachine, VirtualMachine, Disk, Disk, AppService, FunctionApp),
    *(StorageAccount, StorageAccount, KeyVault, AutomationAccount, UserAssignedIdentity),
)
"""What the resources are, in turn."""
_ROLES: dict[str, list[dict[str, Any]]] = {
    OWNER: [{"actions": ["*"]}],
    "contributor": [
        {
            "actions": ["*"],
            "notActions": [
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
            ],
        }
    ],
    "reader": [{"actions": ["*/read"]}],
    "access": [{"actions": ["*/read", "Microsoft.Authorization/*"]}],
    "access-of-some": [
        {
            "actions": ["Microsoft.Authorization/roleAssignments/write"],
            "condition": (
                "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
                "StringEqualsIgnoreCase 'ServicePrincipal'"
            ),
        }
    ],
    "machines": [{"actions": ["Microsoft.Compute/virtualMachines/*", "*/read"]}],
    "websites": [{"actions": ["Microsoft.Web/sites/*", "Microsoft.Web/serverFarms/*"]}],
    "automation": [{"actions": ["Microsoft.Automation/automationAccounts/*"]}],
    "identities": [{"actions": ["Microsoft.ManagedIdentity/userAssignedIdentities/*"]}],
    "vaults": [{"actions": ["Microsoft.KeyVault/vaults/*"]}],
    "secrets": [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}],
    "blobs": [
        {
            "actions": ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
            "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"],
        }
    ],
    "keys": [{"actions": ["Microsoft.Storage/storageAccounts/listKeys/action"]}],
}
_STRONG = (OWNER, "access", "access-of-some", "contributor")
_COMMON = tuple(name for name in _ROLES if name not in _STRONG)
_DIRECTORY_ROLES = (
    *("Helpdesk Administrator", "User Administrator", "Groups Administrator"),
    *("Application Administrator", "Directory Readers", "Global Reader"),
)
_APP_ROLES = ("User.Read.All", "Directory.Read.All", "Group.ReadWrite.All", "Mail.Read")


def estate(
    principals: int, resources: int, subscriptions: int, seed: int = 1
) -> tuple[ResourceGraph, list[ListingStatus]]:
    """The linked graph of a tenant, always the same for the same numbers: seven users for three
    service principals, a group for ten of these and an assignment of a role for each, one in ten
    to what runs as a service principal."""
    made = _Estate(principals, resources, subscriptions, random.Random(seed))
    found = [*made.directory.resources.values(), *made.azure]
    accounts = [*made.subscriptions, TENANT]
    reads = [
        ListingStatus(model.label, account, "global", Status.OK)
        for model in models()
        for account in (made.subscriptions if model.provider == "azure" else [TENANT])
        if model.provider in ("azure", "entra")
    ]
    scope = Scope(
        accounts={"azure": made.subscriptions, "entra": [TENANT]},
        regions={account: ["global"] for account in accounts},
        labels=[model.label for model in models()],
    )
    return link(found, models(), reads, scope), reads


class _Estate:
    """A tenant as it is filled."""

    def __init__(
        self, principals: int, resources: int, subscriptions: int, chance: random.Random
    ) -> None:
        self._chance = chance
        self.directory = SmallTenant()
        self.subscriptions = [f"{number:08d}-0000" for number in range(subscriptions)]
        self.users = [self.directory.user(f"user-{n}") for n in range(principals * 7 // 10)]
        self.apps = [
            self.directory.service_principal(
                f"app-{n}",
                service_principal_type="ManagedIdentity" if n % 2 else "Application",
                owners=chance.sample(self.users, 1) if n % 8 == 0 else [],
            )
            for n in range(principals - len(self.users))
        ]
        self.groups: list[str] = []
        for number in range(principals // 10):
            inside = chance.sample(self.users, chance.randint(2, 20))
            if number % 5 == 4:
                inside += chance.sample(self.groups, 2)
            self.groups.append(self.directory.group(f"group-{number}", members=inside))
        for number in range(principals // 50):
            self.directory.assign(
                _DIRECTORY_ROLES[number % len(_DIRECTORY_ROLES)], chance.choice(self.users)
            )
        for number in range(principals // 10):
            self.directory.app_role(_APP_ROLES[number % len(_APP_ROLES)], chance.choice(self.apps))
        self.directory.assign("Global Administrator", self.users[0])
        self.azure = [*self._scopes(), *self._resources(resources), *self._grants(principals)]

    def _scopes(self) -> Iterator[Resource]:
        """A tree of management groups two deep, the subscriptions below it, and their groups."""
        tenant = f"/tenants/{TENANT}"
        ids = [f"{_ROOT}-{number}" for number in range(_GROUPS)]
        subscriptions = [f"/subscriptions/{each}" for each in self.subscriptions]
        self._tops = [_ROOT, *ids]
        self._resource_groups = [
            f"{each}/resourcegroups/group-{number}"
            for each in subscriptions
            for number in range(_RESOURCE_GROUPS)
        ]
        yield Tenant.load(
            {"displayName": "tenant", "tenantId": TENANT},
            Location(TENANT),
            id=tenant,
            directory=self.directory.tenant,
        )
        for number, id_ in enumerate([_ROOT, *ids]):
            inside = subscriptions[number - 1 :: _GROUPS] if number else []
            parent = "" if number == 0 else _ROOT if number <= 4 else ids[number % 4]
            yield ManagementGroup.load(
                {},
                Location(TENANT),
                id=id_,
                name=id_.rpartition("/")[2],
                group_id=id_.rpartition("/")[2],
                tenant=tenant,
                parent=parent,
                subscriptions=inside,
            )
        for account, id_ in zip(self.subscriptions, subscriptions, strict=True):
            raw = normalised({"id": id_, "displayName": account, "subscriptionId": account})
            yield Subscription.load(raw, Location(account), tenant=tenant)
        for id_ in self._resource_groups:
            yield ResourceGroup.load(_raw(id_), _place(id_), managed_by="")

    def _resources(self, count: int) -> Iterator[Resource]:
        self._ids: list[str] = []
        identities = iter(self.apps[1::2] * count)
        for number in range(count):
            kind = _KINDS[number % len(_KINDS)]
            group = self._chance.choice(self._resource_groups)
            id_ = f"{group}/providers/{kind.arm_type.lower()}/r{number}"
            self._ids.append(id_)
            raw = _raw(id_)
            if kind is UserAssignedIdentity or number % 4 == 0:
                held = {"tenantId": TENANT, "principalId": next(identities).rpartition("/")[2]}
                raw |= held if kind is UserAssignedIdentity else {"identity": held}
            if kind is KeyVault:
                raw["enableRbacAuthorization"] = number % 3 > 0
            found = kind.load(raw, _place(id_))
            yield found
            if isinstance(found, KeyVault) and not found.rbac_authorization:
                who = self._chance.choice(self.users).rpartition("/")[2]
                yield AccessPolicy.load(
                    {"id": f"{id_}/accesspolicies/{who}", "name": who, "objectId": who},
                    _place(id_),
                    key_vault=id_,
                    secret_permissions=["get"],
                    key_permissions=[],
                    certificate_permissions=[],
                )

    def _grants(self, count: int) -> Iterator[Resource]:
        chance = self._chance
        for name, entries in _ROLES.items():
            yield RoleDefinition.load(
                {"roleName": name},
                Location(TENANT),
                id=role_id(name),
                role_id=name,
                is_custom=False,
                assignable_scopes=["/"],
                permissions=json.dumps(entries),
            )
        subscriptions = [f"/subscriptions/{each}" for each in self.subscriptions]
        scopes = (self._tops, subscriptions, self._resource_groups, self._ids)
        holders = (self.groups, self.users, self.apps)
        for number in range(count):
            (among,) = chance.choices(scopes, (1, 20, 50, 29))
            (held_by,) = chance.choices(holders, (50, 25, 25))
            role = chance.choice(_STRONG if number % 40 == 0 else _COMMON)
            yield self._grant(number, chance.choice(among), chance.choice(held_by), role)
        for number in range(count // 100):
            scope = chance.choice(self._resource_groups)
            id_ = f"{scope}/providers/microsoft.authorization/denyassignments/{number}"
            yield DenyAssignment.load(
                {"id": id_, "denyAssignmentName": f"denial {number}"},
                _place(id_),
                deny_id=str(number),
                scope=scope,
                denied_on=scope,
                permissions=json.dumps([{"actions": ["*/delete", "*/write"]}]),
                applies_to_child_scopes=True,
                everyone=True,
                principal_ids=[],
                principals=[],
                excluded_ids=[self.apps[0].rpartition("/")[2]],
                excluded=[self.apps[0]],
            )
            scope = chance.choice(self._resource_groups)
            id_ = f"{scope}/providers/microsoft.authorization/locks/{number}"
            yield Lock.load(
                {**_raw(id_), "level": ("ReadOnly", "CanNotDelete")[number % 2]},
                _place(id_),
                scope=scope,
                locked=scope,
            )

    def _grant(self, number: int, scope: str, holder: str, role: str) -> Resource:
        id_ = f"{scope}/providers/microsoft.authorization/roleassignments/{number}"
        kind = {"users": "User", "groups": "Group"}.get(holder.split("/")[-2], "ServicePrincipal")
        return RoleAssignment.load(
            _raw(id_),
            _place(id_),
            scope=scope,
            principal_id=holder.rpartition("/")[2],
            principal_type=kind,
            condition="",
            principal=holder,
            role=role_id(role),
            granted_on=scope,
            end="",
        )


def _raw(id_: str) -> dict[str, Any]:
    return normalised({"id": id_, "name": id_.rpartition("/")[2], "location": "westeurope"})


def _place(id_: str) -> Location:
    parts = id_.split("/")
    return Location(parts[2] if parts[1] == "subscriptions" else TENANT)
