"""How external principals get into a tenant: as guests, as owners of applications that are used
here, by synchronisation from another tenant or from Active Directory; and with whose tokens
applications act."""

from collections.abc import Iterator

from ...authorization.entra.environment import SERVICE_PRINCIPAL, USER, EntraEnvironment
from ...authorization.entra.targets import MICROSOFT
from ...view import GraphView
from ..external_entries import Entry
from ..federation.model import TrustRule
from ..model import Node
from .credentials import trust_rule
from .vocabulary import techniques

APPLICATION = "entra-outside-application"
GUEST = "entra-outside-guest"
SYNCED_TENANT = "entra-outside-tenant-synchronization"
ACTIVE_DIRECTORY = "entra-outside-active-directory"
FEDERATED = "entra-outside-federated-credential"
"""Ids of the techniques by which external principals come in."""

_TENANTS = "//graph.microsoft.com/tenants/"
TENANT = "EntraTenant"
CREDENTIAL, CROSS_TENANT = "EntraFederatedIdentityCredential", "EntraCrossTenantPolicy"
UNKNOWN = "UnknownResource"


def entries(environment: EntraEnvironment) -> Iterator[Entry]:
    """All of them."""
    view = environment.view
    for id_ in view.labelled(SERVICE_PRINCIPAL):
        yield from _application(view, id_)
    for id_ in view.labelled(USER):
        yield from _user(view, id_)


def _application(view: GraphView, id_: str) -> Iterator[Entry]:
    """Who owns an application that another tenant registered."""
    owner, account = view.get(id_, "app_owner_organization_id"), view.get(id_, "account")
    if not owner or owner in (account, *MICROSOFT) or not view.get(id_, "account_enabled"):
        return
    yield Entry(APPLICATION, _tenant(view, owner), id_)


def _user(view: GraphView, id_: str) -> Iterator[Entry]:
    """Who rules the account that a user signs in with."""
    if view.get(id_, "account_enabled") is False:
        return
    if view.get(id_, "user_type") == "Guest":
        home = "the guests' own tenants"
        source = Node(f"outside:{home}", TENANT, home, "")
        yield Entry(GUEST, source, id_)
        yield from _synchronized(view, id_)
    if view.get(id_, "on_premises_sync_enabled"):
        domain = view.get(id_, "on_premises_domain_name") or "Active Directory"
        yield Entry(ACTIVE_DIRECTORY, Node(f"outside:{domain}", UNKNOWN, domain, ""), id_)


def _synchronized(view: GraphView, id_: str) -> Iterator[Entry]:
    """The tenants that make and change guests here."""
    for policy in view.labelled(CROSS_TENANT):
        allowed = view.get(policy, "synchronises_users_in")
        name = view.get(policy, "partner_id")
        if allowed is False or name in (None, "default"):
            continue
        said = "whether it is this tenant that synchronises the guest"
        unread = () if allowed else (f"whether {name} may synchronise users could not be read",)
        conditions = (f"{said} is not known", *unread)
        yield Entry(SYNCED_TENANT, _tenant(view, name), id_, False, conditions, (policy,))


def trust_rules(view: GraphView) -> Iterator[TrustRule]:
    """Which tokens applications take for their own."""
    declared = techniques().external[FEDERATED]
    for id_ in view.labelled(CREDENTIAL):
        issuer = view.get(id_, "issuer")
        for application in view.targets(id_, "application") if issuer else ():
            for each in _acting(view, application):
                account, name = view.get(each, "account") or "", view.name(each)
                yield trust_rule(
                    id_,
                    Node(each, SERVICE_PRINCIPAL, name, account),
                    declared,
                    issuer=issuer,
                    audiences=view.get(id_, "audiences"),
                    subject=view.get(id_, "subject"),
                    expression=view.get(id_, "claims_matching_expression"),
                )


def _acting(view: GraphView, application: str) -> Iterator[str]:
    """The service principals that an application runs as."""
    for target, edges in view.graph.succ[application].items():
        if view.get(target, "label") == SERVICE_PRINCIPAL and any(
            each["rel"] == "RUNS_AS" for each in edges.values()
        ):
            yield target


def _tenant(view: GraphView, tenant: str) -> Node:
    id_ = _TENANTS + tenant.lower()
    known = view.graph.nodes[id_].get("name") if id_ in view.graph else None
    return Node(id_, TENANT, known or tenant, tenant.lower())
