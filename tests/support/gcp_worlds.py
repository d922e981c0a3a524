"""Small worlds of Google Cloud: an organization, its projects, and who holds what in them, in few
words."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import networkx
from clew.graph.authorization.gcp.authorizer import GCPAuthorizer
from clew.graph.authorization.gcp.constraints import POLICY
from clew.graph.authorization.gcp.decision import Answer
from clew.graph.authorization.gcp.environment import LABELS, GCPEnvironment, PrincipalState
from clew.graph.model import ListingStatus, MissingReason, Status
from clew.graph.view import GraphView
from support.graphs import empty_graph

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TREE = "//cloudresourcemanager.googleapis.com/"
IAM = "//iam.googleapis.com/"
_ORGANIZATION = "organizations/o"
_LABELS = {"organizations": "GCPOrganization", "folders": "GCPFolder", "projects": "GCPProject"}


class GCPWorld:
    """What is not declared does not exist, and all of it was listed."""

    def __init__(self) -> None:
        self.graph: networkx.MultiDiGraph = empty_graph(scanned=NOW)
        self._numbers = iter(range(10_000))

    def scope(self, path: str, parent: str = "", **fields: Any) -> str:
        """Adds an organization, folder or project (``projects/p``) in another; one whose parent is
        ``?`` lies in what was not read."""
        id_ = f"{TREE}{path}"
        kind, _, short = path.partition("/")
        account = short if kind == "projects" else "organizations/o"
        self._add(id_, _LABELS[kind], **{"name": short, "account": account, **fields})
        if parent == "?":
            above = self._unread(id_, "parent", "GCPFolder")
            self.graph.add_edge(id_, above, rel="PART_OF", via="parent")
        elif parent:
            self.graph.add_edge(id_, f"{TREE}{parent}", rel="PART_OF", via="parent")
        return id_

    def principal(self, member: str) -> str:
        """Adds whom a binding names (``user:…``, ``serviceAccount:NAME@PROJECT.iam…``); its id."""
        kind, _, name = member.partition(":")
        if kind == "serviceAccount":
            project = name.partition("@")[2].partition(".")[0]
            id_ = f"{IAM}projects/{project}/serviceAccounts/{name}"
            return self._add(
                id_, "GCPServiceAccount", name=name, email=name, account=project, disabled=False
            )
        labels = {"user": "GCPUser", "principal": "GCPFederatedPrincipal"}
        label = labels.get(kind, "GCPEveryone")
        return self._add(member, label, name=name, account="")

    def group(self, email: str, members: Sequence[str] | None = ()) -> str:
        """Adds a group with members by id; None if they were not read."""
        id_ = self._add(f"group:{email}", "GCPGroup", name=email, account="organizations/o")
        unread = [self._unread(id_, "members", "GCPUser")] if members is None else []
        for one in unread or members or ():
            self.graph.add_edge(one, id_, rel="MEMBER_OF", via="members")
        return id_

    def foreign_account(self, email: str) -> str:
        """Adds a service account of a project that was not scanned; its id."""
        project = email.partition("@")[2].partition(".")[0]
        id_ = f"{IAM}projects/{project}/serviceAccounts/{email}"
        return self._add(id_, "GCPServiceAccount", name=email, missing=MissingReason.CROSS_ACCOUNT)

    def unlisted_group(self, email: str) -> str:
        """Adds a group that bindings name and no listing holds; its id."""
        return self._add(f"group:{email}", "GCPGroup", missing=MissingReason.UNREADABLE)

    def resource(self, label: str, id_: str, project: str, **fields: Any) -> str:
        """Adds a resource of a project."""
        name = id_.rpartition("/")[2]
        return self._add(id_, label, **{"name": name, "account": project, **fields})

    def role(self, permissions: Sequence[str] | None, name: str = "", **fields: Any) -> str:
        """Adds a role; without permissions they were not read. What bindings call it."""
        role = name or f"roles/{self._new()}"
        self._add(
            f"{IAM}{role}",
            "GCPRole",
            **{
                "account": "google",
                "role": role,
                "permissions": permissions,
                "is_custom": False,
                **fields,
            },
        )
        return role

    def grant(
        self,
        members: Sequence[str] | None,
        permissions: Sequence[str] | None,
        scope: str,
        *,
        condition: str | None = "",
        role: str = "",
    ) -> str:
        """Gives a role on a resource."""
        id_ = self._add(
            f"{scope}/iamPolicyBindings/{self._new()}",
            "GCPPolicyBinding",
            name=role or self.role(permissions),
            account="p",
            scope=scope,
            members=members,
            condition=condition,
        )
        for each in members or ():
            if each in self.graph:
                self.graph.add_edge(id_, each, rel="GRANTED_TO", via="principals")
        return id_

    def deny(
        self,
        principals: Sequence[str],
        permissions: Sequence[str],
        scope: str,
        *,
        excluded: Sequence[str] = (),
        spared: Sequence[str] = (),
        condition: str = "",
        is_read: bool = True,
    ) -> str:
        """Denies permissions on a scope, in one rule."""
        rule = {
            "deniedPrincipals": list(principals),
            "exceptionPrincipals": list(excluded),
            "deniedPermissions": list(permissions),
            "exceptionPermissions": list(spared),
            "denialCondition": {"expression": condition},
        }
        return self._add(
            f"{scope}/denyPolicies/{self._new()}",
            "GCPDenyPolicy",
            name="a denial",
            account="p",
            scope=scope,
            rules=json.dumps([rule]) if is_read else None,
        )

    def boundary(
        self,
        scopes: Sequence[str] | None,
        whom: str | None,
        *,
        condition: str = "",
        version: str | None = "1",
    ) -> str:
        """Bounds a set of principals to scopes."""
        policy = f"{IAM}organizations/o/locations/global/principalAccessBoundaryPolicies/"
        rules = None if scopes is None else json.dumps([{"effect": "ALLOW", "resources": scopes}])
        id_ = self._add(
            policy + self._new(),
            "GCPPrincipalAccessBoundary",
            name="a boundary",
            account="organizations/o",
            enforcement_version=version,
            rules=rules,
        )
        bound = self._add(
            f"{TREE}organizations/o/policyBindings/{self._new()}",
            "GCPPrincipalAccessBoundaryBinding",
            account="organizations/o",
            principal_set=whom,
            condition=condition,
        )
        self.graph.add_edge(bound, id_, rel="HAS_POLICY", via="policy")
        return id_

    def perimeter(self, scopes: Sequence[str] | None, services: Sequence[str] | None) -> str:
        """Draws a perimeter around projects; None if it was not read."""
        id_ = self._add(
            f"//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/{self._new()}",
            "GCPServicePerimeter",
            name="a perimeter",
            account="organizations/o",
            restricted_services=services,
        )
        for each in [self._unread(id_, "covers", "GCPProject")] if scopes is None else scopes:
            self.graph.add_edge(id_, each, rel="COVERS", via="covers")
        return id_

    def constrain(self, constraint: str, scope: str, enforced: bool | None, **fields: Any) -> str:
        """Sets an organization policy."""
        fields = {"constraint": constraint, "scope": scope, "enforced": enforced, **fields}
        return self._add(f"{scope}/policies/{constraint}", POLICY, account="o", **fields)

    def tag(self, scope: str, key: str, value: str) -> None:
        """Gives a resource or a part of the tree a tag (``o/env``, ``test``)."""
        key_id = self._add(
            f"{TREE}tagKeys/{key}", "GCPTagKey", account=_ORGANIZATION, namespaced_name=key
        )
        named = f"{key}/{value}"
        value_id = f"{TREE}tagValues/{named}"
        if value_id not in self.graph:
            self._add(value_id, "GCPTagValue", account=_ORGANIZATION, namespaced_name=named)
            self.graph.add_edge(value_id, key_id, rel="PART_OF", via="key")
        label = "GCPTagBinding" if scope.startswith(TREE) else "GCPResourceTagBinding"
        id_ = self._add(f"{scope}/tagBindings/{named}", label, account="o")
        if scope not in self.graph:
            self._add(scope, "UnknownResource", missing=MissingReason.UNKNOWN_OWNER)
        self.graph.add_edge(scope, id_, rel="MEMBER_OF", via="resource")
        self.graph.add_edge(id_, value_id, rel="MEMBER_OF", via="value")

    def listings(
        self, unlisted: Collection[str] = (), more: Collection[str] = ()
    ) -> list[ListingStatus]:
        """All labels of all projects listed, but for some; ``more`` are labels of which there is
        nothing."""
        labels = {*LABELS, *more, POLICY, *(label for _, label in self.graph.nodes(data="label"))}
        projects = [id_ for id_, label in self.graph.nodes(data="label") if label == "GCPProject"]
        return [
            ListingStatus(
                label,
                project.rpartition("/")[2],
                "global",
                Status.DENIED if label in unlisted else Status.OK,
                "list" if label in unlisted else "",
                "PERMISSION_DENIED" if label in unlisted else "",
            )
            for project in projects
            for label in sorted(labels)
        ]

    def authorizer(self, *unlisted: str) -> GCPAuthorizer:
        """What decides in it; some labels could not be listed."""
        listings = self.listings(unlisted)
        return GCPAuthorizer(GCPEnvironment(GraphView(self.graph, listings), listings))

    def answer(
        self,
        who: str,
        asked: str,
        resource: str,
        *unlisted: str,
        given: Mapping[str, Any] | None = None,
    ) -> Answer:
        """What is decided of a request, and why."""
        return self.authorizer(*unlisted).decide(PrincipalState(who), asked, resource, given or {})

    def decision(self, who: str, asked: str, resource: str, *unlisted: str, **given: Any) -> str:
        """What is decided of a request."""
        return self.answer(who, asked, resource, *unlisted, given=given).decision.value

    def _unread(self, id_: str, name: str, label: str) -> str:
        return self._add(f"unread:{id_}#{name}", label, missing=MissingReason.UNREADABLE)

    def _new(self) -> str:
        return f"n{next(self._numbers)}"

    def _add(self, id_: str, label: str, **fields: Any) -> str:
        self.graph.add_node(id_, **{"id": id_, "label": label, "missing": None, **fields})
        return id_
