"""Whom policies of IAM name, in both of its forms, as one id each."""

import re
from collections.abc import Mapping
from typing import Any, Self

from ...graph.model import Location, field
from .base import (
    SERVICE_ACCOUNT,
    AssetResource,
    GCPResource,
    service_account,
    with_project_id,
)

_GKE = re.compile(
    r"serviceAccount:(?P<pool>(?P<project>[^\[\]]+)\.svc\.id\.goog)\[(?P<who>.+)/(?P<account>[^/]+)\]"
)
_OF_DENIAL = (
    (re.compile(r"principalSet://goog/public:all"), "allUsers"),
    (re.compile(r"principal://goog/subject/([^/]+)"), "user:"),
    (re.compile(r"principalSet://goog/group/([^/]+)"), "group:"),
    (
        re.compile(r"principal://iam\.googleapis\.com/projects/[^/]+/serviceAccounts/([^/]+)"),
        "serviceAccount:",
    ),
)
_POOLED = re.compile(
    r"(?P<kind>principal|principalSet)://iam\.googleapis\.com/"
    r"(?P<pool>(?:projects/[^/]+/)?locations/global/(?:workloadIdentityPools|workforcePools)/[^/]+)"
    r"/(?P<rest>.+)"
)


PRINCIPALS = (
    "GCPUser",
    "GCPGroup",
    "GCPServiceAccount",
    "GCPWorkspaceDomain",
    "GCPFederatedPrincipal",
    "GCPEveryone",
    "UnknownResource",
)
"""Labels of whom a binding can name."""


class Member(GCPResource):
    """Whom bindings name; it belongs to no project."""

    unique_within = "global"


class ServiceAccountAsset(AssetResource):
    """A service account by its address and its number, which Asset Inventory names it by."""

    identity = SERVICE_ACCOUNT
    unique_within = "global"
    asset_type = "iam.googleapis.com/ServiceAccount"
    path = "iam.googleapis.com/v1/projects/{project}/serviceAccounts"
    collection = "accounts"

    email: str | None = field("Address.")
    unique_id: str | None = field("Number, which is never given out again.")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the account, known by its address."""
        id_ = SERVICE_ACCOUNT.format(account=here.account, email=raw.get("email"))
        return super().load(raw, here, **{"id": id_, **known})


def principal_id(member: str, ids: Mapping[str, str]) -> str:
    """The id of whom a policy names; empty for whom was deleted. Projects are named by their ids
    where ``ids`` knows them by number.

    A user, group or domain is named as bindings do, in lower case; a service account by its full
    resource name; an identity of a pool by ``principal://…`` or ``principalSet://…``.
    """
    if member.startswith("deleted:"):
        return ""
    for form, kind in _OF_DENIAL:
        if match := form.fullmatch(member):
            member = kind + "".join(match.groups())
            break
    if match := _GKE.fullmatch(member):
        return (
            f"principal://iam.googleapis.com/projects/{match['project']}/locations/global/"
            f"workloadIdentityPools/{match['pool']}/subject/ns/{match['who']}/sa/{match['account']}"
        )
    kind, colon, name = member.partition(":")
    if kind == "serviceAccount" and colon:
        return service_account(name, ids)
    if kind in ("user", "group", "domain") and colon:
        return f"{kind}:{name.lower()}"
    if match := _POOLED.fullmatch(member):
        pool = with_project_id(match["pool"], ids)
        return f"{match['kind']}://iam.googleapis.com/{pool}/{match['rest']}"
    return member


def pooled(identity: str) -> tuple[str, str, str]:
    """The pool that an identity of one is from, as a full resource name; by what those that are
    meant are selected (``subject``, ``group``, ``attribute.NAME``; ``*`` for all); and its value.
    All are empty for any other identity."""
    match = _POOLED.fullmatch(identity)
    if match is None:
        return "", "", ""
    attribute, _, value = match["rest"].partition("/")
    return f"//iam.googleapis.com/{match['pool']}", attribute, value
