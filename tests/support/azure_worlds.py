"""Small worlds of Azure: a tenant, its subscriptions, and who holds what in them, in few words."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import networkx
from clew.graph.authorization.azure.authorizer import AzureAuthorizer
from clew.graph.authorization.azure.environment import LABELS, AzureEnvironment, PrincipalState
from clew.graph.exposure.azure import platform
from clew.graph.exposure.reach import INTERNET
from clew.graph.model import Internet, ListingStatus, MissingReason, Status
from clew.graph.view import GraphView
from support.graphs import empty_graph

TENANT = "/tenants/t"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
GROUPS = "/providers/microsoft.management/managementgroups/"
KINDS = {
    "user": ("EntraUser", "users"),
    "group": ("EntraGroup", "groups"),
    "app": ("EntraServicePrincipal", "servicePrincipals"),
}
TYPES = {"users": "User", "groups": "Group", "servicePrincipals": "ServicePrincipal"}
OWNER = [{"actions": ["*"]}]
CONTRIBUTOR = [
    {
        "actions": ["*"],
        "notActions": [
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ],
    }
]


class AzureWorld:
    """A tenant; what is not declared does not exist, and all of it was listed."""

    def __init__(self) -> None:
        self.graph: networkx.MultiDiGraph = empty_graph(scanned=NOW)
        self.subscriptions: list[str] = []
        self._numbers = iter(range(10_000))
        self._add(TENANT, "AzureTenant", account="t")

    def principal(self, name: str, kind: str = "user", **fields: Any) -> str:
        """Adds a user, a group or an app; its id."""
        label, path = KINDS[kind]
        id_ = f"//graph.microsoft.com/tenants/t/{path}/{name}"
        if id_ not in self.graph:
            self._add(id_, label, name=name, account="t", object_id=name, **fields)
        return id_

    def group(self, name: str, members: Sequence[str] | None = ()) -> str:
        """Adds a group with members by id; None if they were not read."""
        id_ = self.principal(name, "group")
        if members is None:
            unread = f"unread:{id_}#members"
            self._add(unread, "EntraUser", missing=MissingReason.UNREADABLE)
        for member in [unread] if members is None else members:
            self.graph.add_edge(member, id_, rel="MEMBER_OF", via="members")
        return id_

    def management_group(self, name: str, parent: str | None = "") -> str:
        """Adds a management group; without a parent at the root, None if that was not read."""
        above = f"{GROUPS}{parent}" if parent else parent
        self._add(
            GROUPS + name,
            "AzureManagementGroup",
            name=name,
            account="t",
            tenant=TENANT,
            parent=above,
            subscriptions=[],
        )
        return GROUPS + name

    def subscription(self, name: str, group: str | None = None) -> str:
        """Adds a subscription, in a management group if there are any."""
        id_ = f"/subscriptions/{name}"
        self._add(id_, "AzureSubscription", name=name, account=name, tenant=TENANT)
        self.subscriptions.append(name)
        if group is not None:
            self.graph.nodes[GROUPS + group]["subscriptions"].append(id_)
        return id_

    def resource(self, label: str, id_: str, **fields: Any) -> str:
        """Adds a resource."""
        account = id_.split("/")[2]
        fields = {"name": id_.rpartition("/")[2], "account": account, **fields}
        return self._add(id_.lower(), label, **fields)

    def internet(self) -> str:
        """Adds the Internet."""
        return self._add(INTERNET, Internet.label, name=Internet.label, account="")

    def expose(self) -> None:
        """Adds what the internet reaches of the services of the platform."""
        for each in platform.DERIVATIONS:
            found = each.derive(GraphView(self.graph, self.listings()))
            if found.edges:
                self.internet()
            for edge in found.edges:
                self.graph.add_edge(edge.source_id, edge.target_id, rel=edge.rel, **edge.properties)

    def role(
        self, entries: Sequence[Mapping[str, Any]] | None, name: str = "", id_: str = ""
    ) -> str:
        """Adds a role; without entries they were not read."""
        role = f"/providers/microsoft.authorization/roledefinitions/{id_ or self._new()}"
        return self._add(
            role,
            "AzureRoleDefinition",
            name=name or "a role",
            account="t",
            permissions=None if entries is None else json.dumps(entries),
        )

    def assign(
        self,
        who: str,
        entries: Sequence[Mapping[str, Any]] | None,
        scope: str,
        *,
        condition: str | None = "",
        end: str | None = "",
        eligible: bool = False,
        role: str = "",
    ) -> str:
        """Gives a principal a role on a scope, or makes it eligible for it."""
        label = "AzureRoleEligibility" if eligible else "AzureRoleAssignment"
        id_ = f"{scope.rstrip('/')}/providers/microsoft.authorization/grants/{self._new()}"
        kind = who.split("/")[5] if who.startswith("//graph") else ""
        self._add(
            id_,
            label,
            account=scope.split("/")[2] if scope.startswith("/subscriptions") else "t",
            scope=scope.lower(),
            principal_id=who.rpartition("/")[2],
            principal_type=TYPES.get(kind, "Group"),
            role=role or self.role(entries),
            condition=condition,
            end=end,
        )
        return id_

    def deny(
        self,
        entries: Sequence[Mapping[str, Any]] | None,
        scope: str,
        principals: Collection[str] | None = None,
        excluded: Collection[str] = (),
        *,
        below: bool | None = True,
        condition: str | None = "",
    ) -> str:
        """Denies actions on a scope to principals by id; to everyone if none are named."""
        id_ = f"{scope.rstrip('/')}/providers/microsoft.authorization/denyassignments/{self._new()}"
        return self._add(
            id_,
            "AzureDenyAssignment",
            name="a denial",
            account=scope.split("/")[2] if scope.startswith("/subscriptions") else "t",
            scope=scope.lower(),
            permissions=None if entries is None else json.dumps(entries),
            applies_to_child_scopes=below,
            everyone=principals is None,
            principal_ids=[each.rpartition("/")[2] for each in principals or ()],
            excluded_ids=[each.rpartition("/")[2] for each in excluded],
            condition=condition,
        )

    def lock(self, level: str | None, scope: str) -> str:
        """Locks a scope."""
        id_ = f"{scope}/providers/microsoft.authorization/locks/{self._new()}"
        account = scope.split("/")[2]
        return self._add(id_, "AzureLock", name="a lock", account=account, scope=scope, level=level)

    def vault(
        self, id_: str, by_roles: bool | None, policies: Mapping[str, Any] | None = None
    ) -> str:
        """Adds a vault with access policies by principal: kinds to permissions."""
        self.resource("AzureKeyVault", id_, rbac_authorization=by_roles)
        for who, permissions in (policies or {}).items():
            policy = f"{id_}/accesspolicies/{who.rpartition('/')[2]}".lower()
            fields = {
                f"{kind[:-1]}_permissions": permissions.get(kind, [])
                for kind in ("keys", "secrets", "certificates")
            }
            self._add(
                policy,
                "AzureKeyVaultAccessPolicy",
                account=id_.split("/")[2],
                key_vault=id_.lower(),
                application_id=permissions.get("application", ""),
                **fields,
            )
            if who not in self.graph:
                self._add(who, "UnknownResource", missing=MissingReason.UNKNOWN_OWNER)
            self.graph.add_edge(policy, who, rel="GRANTED_TO", via="principal")
        return id_.lower()

    def listings(
        self, unlisted: Collection[str] = (), more: Collection[str] = ()
    ) -> list[ListingStatus]:
        """All labels of all subscriptions, and ``more`` of which there are none, listed but for
        some."""
        labels = {*LABELS, *more, *(label for _, label in self.graph.nodes(data="label"))}
        return [
            ListingStatus(
                label,
                account,
                "global",
                Status.DENIED if label in unlisted else Status.OK,
                "list" if label in unlisted else "",
                "AuthorizationFailed" if label in unlisted else "",
            )
            for account in (*self.subscriptions, "t")
            for label in sorted(labels)
        ]

    def authorizer(self, *unlisted: str) -> AzureAuthorizer:
        """What decides in it; some labels could not be listed."""
        listings = self.listings(unlisted)
        return AzureAuthorizer(AzureEnvironment(GraphView(self.graph, listings), listings))

    def decision(self, who: str, action: str, resource: str, *unlisted: str, **given: Any) -> str:
        """What is decided of a request."""
        found = self.authorizer(*unlisted).decide(PrincipalState(who), action, resource, given)
        return found.decision.value

    def _new(self) -> str:
        return f"n{next(self._numbers)}"

    def _add(self, id_: str, label: str, **fields: Any) -> str:
        self.graph.add_node(id_, **{"id": id_, "label": label, "missing": None, **fields})
        return id_
