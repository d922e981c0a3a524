"""Small AWS estates of users, roles, groups and policies, declared in few words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import networkx
from clew.collectors.aws import authorization_details
from clew.collectors.registry import models
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Resource, Scope, Status
from clew.graph.traversal import network

ACCOUNT = "111111111111"
OTHER = "222222222222"
REGION = "us-east-1"

Document = Mapping[str, Any]


def allow(*actions: str, on: str | Sequence[str] = "*", **more: Any) -> Document:
    """A statement that allows actions; ``more`` are further elements, such as Condition."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: str | Sequence[str] = "*", **more: Any) -> Document:
    """A statement that denies actions."""
    return {**allow(*actions, on=on, **more), "Effect": "Deny"}


def trust(*principals: str, condition: Document | None = None) -> Document:
    """A statement of a trust policy; a name with a dot is a service's."""
    aws = [one for one in principals if "." not in one]
    services = [one for one in principals if "." in one]
    who: Any = {**({"AWS": aws} if aws else {}), **({"Service": services} if services else {})}
    statement = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    return {**statement, "Condition": condition} if condition else statement


def policy(*statements: Document) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


ADMIN = policy(allow("*"))


class Identities:
    """One account's IAM, as GetAccountAuthorizationDetails would tell of it."""

    def __init__(self, account: str = ACCOUNT, partition: str = "aws") -> None:
        self.account = account
        self.partition = partition
        self.answer: dict[str, list[dict[str, Any]]] = {
            "UserDetailList": [],
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        }

    def arn(self, kind: str, name: str) -> str:
        """ARN of a user, role, group or policy."""
        return f"arn:{self.partition}:iam::{self.account}:{kind}/{name}"

    def user(
        self,
        name: str,
        *statements: Document,
        groups: Iterable[str] = (),
        attached: Iterable[str] = (),
        boundary: str = "",
    ) -> str:
        """Adds a user with an inline policy; its ARN."""
        details = {
            **self._details("user", name, statements, attached),
            "UserName": name,
            "GroupList": list(groups),
            "UserPolicyList": _inline(statements),
            **_bounded(boundary),
        }
        return self._add("UserDetailList", details)

    def group(self, name: str, *statements: Document, attached: Iterable[str] = ()) -> str:
        """Adds a group with an inline policy; its ARN."""
        details = {
            **self._details("group", name, statements, attached),
            "GroupName": name,
            "GroupPolicyList": _inline(statements),
        }
        return self._add("GroupDetailList", details)

    def role(
        self,
        name: str,
        *statements: Document,
        trusts: Document | Sequence[Document] = (),
        attached: Iterable[str] = (),
        boundary: str = "",
        path: str = "/",
    ) -> str:
        """Adds a role with an inline policy; its ARN."""
        trusted = [trusts] if isinstance(trusts, Mapping) else trusts
        details = {
            **self._details("role", name, statements, attached, path),
            "RoleName": name,
            "RolePolicyList": _inline(statements),
            "AssumeRolePolicyDocument": policy(*trusted),
            **_bounded(boundary),
        }
        return self._add("RoleDetailList", details)

    def managed(self, name: str, *versions: Document, owner: str = "") -> str:
        """Adds a managed policy, of AWS itself if the owner is ``aws``; its ARN. The last version
        is in force."""
        arn = f"arn:{self.partition}:iam::{owner or self.account}:policy/{name}"
        listed = [
            {"VersionId": f"v{number}", "Document": document, "IsDefaultVersion": False}
            for number, document in enumerate(versions, 1)
        ]
        listed[-1]["IsDefaultVersion"] = True
        details = {
            "Arn": arn,
            "PolicyName": name,
            "Path": "/",
            "DefaultVersionId": listed[-1]["VersionId"],
            "PolicyVersionList": listed,
        }
        return self._add("Policies", details)

    def _details(
        self,
        kind: str,
        name: str,
        statements: Sequence[Document],
        attached: Iterable[str],
        path: str = "/",
    ) -> dict[str, Any]:
        return {
            "Path": path,
            "Arn": f"arn:{self.partition}:iam::{self.account}:{kind}{path}{name}",
            "AttachedManagedPolicies": [
                {"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in attached
            ],
        }

    def _add(self, listing: str, details: dict[str, Any]) -> str:
        self.answer[listing].append(details)
        return str(details["Arn"])


def linked(
    *accounts: Identities,
    resources: Iterable[Resource] = (),
    listed: Iterable[str] = (),
    denied: Iterable[str] = (),
    service_controls: Mapping[str, Sequence[Sequence[Document]]] | None = None,
    resource_controls: Mapping[str, Sequence[Sequence[Document]]] | None = None,
    known: Mapping[str, Mapping[str, Any]] | None = None,
    scanned: datetime | None = None,
) -> tuple[ResourceGraph, list[ListingStatus]]:
    """The linked graph of a scan of these accounts, and what was read.

    In addition to IAM these ``resources`` were found, and of the labels ``listed`` all there are;
    those ``denied`` could not be listed, and others were left out of the scan.
    Without controls no organization's policy binds an account. ``known`` are fields of resources by
    id which an imported answer leaves unread; ``scanned`` is when it was read, if that is known.
    """
    numbers = [one.account for one in accounts]
    collected = authorization_details.collect(
        {one.account: [one.answer] for one in accounts},
        {**dict.fromkeys(numbers, ()), **(service_controls or {})},
        {**dict.fromkeys(numbers, ()), **(resource_controls or {})},
    )
    everything = [*collected.resources, *resources]
    for resource in everything:
        for name, value in (known or {}).get(resource.id, {}).items():
            setattr(resource, name, value)
    reads = [
        *collected.reads,
        *(
            ListingStatus(label, number, REGION, status)
            for labels, status in ((listed, Status.OK), (denied, Status.DENIED))
            for label in labels
            for number in numbers
        ),
    ]
    scope = Scope(
        accounts={"aws": numbers},
        regions={number: [REGION] for number in numbers},
        labels=[model.label for model in models()],
    )
    graph = link(everything, models(), reads, scope)
    graph.scanned = scanned
    return graph, reads


def graph_of(
    *accounts: Identities, **read: Any
) -> tuple[networkx.MultiDiGraph, list[ListingStatus]]:
    """The same as a graph of NetworkX."""
    graph, reads = linked(*accounts, **read)
    return network(graph, {model.label for model in models()}), reads


def _inline(statements: Sequence[Document]) -> list[dict[str, Any]]:
    return [{"PolicyName": "own", "PolicyDocument": policy(*statements)}] if statements else []


def _bounded(boundary: str) -> dict[str, Any]:
    return {"PermissionsBoundary": {"PermissionsBoundaryArn": boundary}} if boundary else {}


__all__ = [
    "ACCOUNT",
    "ADMIN",
    "OTHER",
    "REGION",
    "Identities",
    "allow",
    "deny",
    "graph_of",
    "linked",
    "policy",
    "trust",
]
