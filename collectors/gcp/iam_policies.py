"""Allow policies of IAM: who holds which role where, under which condition."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from ...graph.model import Resource, field, ref
from ..collector import lists
from .base import RESOURCE_MANAGER, SCOPES, GCPCollector, GCPResource, with_project_id
from .members import PRINCIPALS, Member, ServiceAccountAsset, pooled, principal_id
from .session import GCPApi

EVERYONE = ("allUsers", "allAuthenticatedUsers")
"""Those who are there, whether or not a binding names them."""

_POLICY = {
    "bindings": [
        {
            "role": str,
            "members": [str],
            "condition": {"expression": str, "title": str},
        }
    ],
    "version": int,
}
_VERSION = {"options": {"requestedPolicyVersion": 3}}
"""Without it conditions are left out of the answer."""


class User(Member):
    """A Google account that some policy names (allow policies)."""

    label = "GCPUser"
    identity = "user:{email}"

    email: str | None = field("Address, in lower case.")


class WorkspaceDomain(Member):
    """All accounts of a Workspace or Cloud Identity customer, by one of its domains (allow
    policies)."""

    label = "GCPWorkspaceDomain"
    identity = "domain:{domain}"

    domain: str | None = field("Domain, in lower case.")


class FederatedPrincipal(Member):
    """An identity, or a set of identities, of a workload or workforce pool that some policy names
    (allow policies)."""

    label = "GCPFederatedPrincipal"
    identity = "principal://{subject}"
    listing_omits = ("principalSet://{subject}",)

    pool: str | None = ref(
        ("GCPWorkloadIdentityPool", "GCPWorkforcePool"), by="id", rel="MEMBER_OF", wire="-"
    )
    is_set: bool | None = field("It stands for all identities with an attribute, or of a pool.")
    attribute: str | None = field(
        "What tells those that are meant: `subject`, `group`, `attribute.NAME`; `*` for all."
    )
    value: str | None = field("What that must be; empty for all.")


class Everyone(Member):
    """`allUsers`, everybody without signing in, or `allAuthenticatedUsers`, everybody with any
    Google account (allow policies)."""

    label = "GCPEveryone"
    identity = "all{whom}"


class PolicyBinding(GCPResource):
    """That principals hold a role on a resource and all below it (getIamPolicy, or assets.list with
    the content IAM_POLICY)."""

    label = "GCPPolicyBinding"
    identity = "{scope}/iamPolicyBindings/{digest}"
    unique_within = "global"

    name: str | None = field("The role as the binding names it.", wire="role")
    digest: str | None = field("Digest of the role and the condition, which no two share.")
    scope: str | None = field("Id of what it holds for, with all below.")
    granted_on: str | None = ref(SCOPES, by="id", rel="GRANTS_ON", wire="-")
    role: str | None = ref("GCPRole", by="id", rel="GRANTS_ROLE", wire="-")
    members: list[str] | None = field(
        "Who holds it, as the binding names them, sorted; also those that were deleted."
    )
    principals: list[str] | None = ref(PRINCIPALS, by="id", rel="GRANTED_TO", wire="-")
    condition: str | None = field(
        "What must hold for each request, in CEL; empty for always.", wire="condition.expression"
    )
    condition_title: str | None = field("What the condition is called.", wire="condition.title")


class IAMPolicies(GCPCollector):
    """Allow policies of the project, of what is in it and of what is above it."""

    service = "iam-policies"
    permissions = (
        "cloudasset.assets.listIamPolicy",
        "cloudasset.assets.listResource",
        "iam.serviceAccounts.getIamPolicy",
        "iam.serviceAccounts.list",
        "resourcemanager.folders.getIamPolicy",
        "resourcemanager.organizations.getIamPolicy",
        "resourcemanager.projects.get",
        "resourcemanager.projects.getIamPolicy",
    )

    @lists(
        PolicyBinding,
        User,
        WorkspaceDomain,
        FederatedPrincipal,
        Everyone,
        through=dict.fromkeys((User, WorkspaceDomain, FederatedPrincipal, Everyone), PolicyBinding),
    )
    def bindings(self, api: GCPApi) -> Iterator[Resource]:
        """Bindings, and those that they name. Where Asset Inventory cannot be had, only those of
        the project, of its service accounts and of what is above it are known."""
        yield from _named(EVERYONE)
        above = api.scopes(PolicyBinding)
        for scope in above:
            operation = f"{scope.partition('/')[0]}.getIamPolicy"
            address = f"{RESOURCE_MANAGER[2:]}v3/{scope}:getIamPolicy"
            policy = api.answer(operation, address, _POLICY, body=_VERSION, lists=PolicyBinding)
            if policy and api.tells(scope):
                account = api.here.account if scope == above[0] else above[-1]
                yield from _bindings(api, f"{RESOURCE_MANAGER}{scope}", policy, account)
        for name, below in self._below(api):
            yield from _bindings(api, name, below, api.here.account)

    def _below(self, api: GCPApi) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The policies of what is in the project, by full resource name."""
        accounts = [
            ServiceAccountAsset.load(raw, api.here)
            for raw in api.resources(ServiceAccountAsset, lists=PolicyBinding)
        ]
        assets = api.policies(_POLICY, PolicyBinding)
        if assets is None:
            policies = api.each(lambda account: _policy_of(api, account), accounts)
            yield from zip([each.id for each in accounts], policies, strict=True)
            return
        numbered = {
            f"//iam.googleapis.com/projects/{each.account}/serviceAccounts/{each.unique_id}": each
            for each in accounts
        }
        for asset in assets:
            name = with_project_id(asset["name"], api.account.ids)
            if not name.startswith(RESOURCE_MANAGER):
                known = numbered.get(name)
                yield (known.id if known else name), asset.get("iamPolicy") or {}


def _policy_of(api: GCPApi, account: ServiceAccountAsset) -> Mapping[str, Any]:
    address = f"{account.id[2:].replace('/', '/v1/', 1)}:getIamPolicy"
    operation = "serviceAccounts.getIamPolicy"
    asked = {"options.requestedPolicyVersion": "3"}
    return api.answer(operation, address, _POLICY, body={}, params=asked) or {}


def _bindings(
    api: GCPApi, scope: str, policy: Mapping[str, Any], account: str
) -> Iterator[Resource]:
    """The bindings of a policy, and those that they name."""
    ids = api.account.ids
    for raw in policy.get("bindings") or ():
        members = sorted(raw.get("members") or ())
        principals = sorted({principal_id(each, ids) for each in members} - {""})
        role, condition = raw.get("role") or "", raw.get("condition") or {}
        parts = "\n".join((role, condition.get("expression") or "", condition.get("title") or ""))
        digest = sha256(parts.encode()).hexdigest()[:16]
        yield PolicyBinding.load(
            raw,
            api.here,
            id=f"{scope}/iamPolicyBindings/{digest}",
            digest=digest,
            scope=scope,
            granted_on=scope,
            role=f"//iam.googleapis.com/{role}",
            members=members,
            principals=principals,
            account=account,
        )
        yield from _named(principals)


def _named(principals: Iterable[str]) -> Iterator[Resource]:
    """The principals that nothing else lists."""
    for each in principals:
        kind, _, rest = each.partition(":")
        known = {"id": each, "account": "", "region": "global"}
        if kind == "user":
            yield User(**known, name=rest, email=rest)
        elif kind == "domain":
            yield WorkspaceDomain(**known, name=rest, domain=rest)
        elif each in EVERYONE:
            yield Everyone(**known, name=each)
        elif kind in ("principal", "principalSet"):
            pool, attribute, value = pooled(each)
            if pool:
                yield FederatedPrincipal(
                    **known,
                    name=value or attribute,
                    pool=pool,
                    is_set=kind == "principalSet",
                    attribute=attribute,
                    value=value,
                )
