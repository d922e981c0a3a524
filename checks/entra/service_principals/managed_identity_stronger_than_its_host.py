"""Managed identities with strong permissions that others take by what runs as them."""

from collections import defaultdict
from collections.abc import Iterator

from ....graph.attack.model import StepType
from ....graph.authorization.azure.authorizer import AZURE
from ....graph.authorization.azure.scopes import SUBSCRIPTIONS
from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.environment import SERVICE_PRINCIPAL
from ....graph.logic import all_of, negation
from ....graph.sets import NONE, MaySet, exactly, members
from ...access import Access, access, worst
from ...access_rule import AccessRule
from ...azure.assigning import CONTROL
from ...check import Category, Check, Row, Severity
from ..holding import StrongHolding, holds, strong_holdings
from ..privileged import HIGHEST, TIER_0

_MANAGED = "ManagedIdentity"


def _walk(azure: Access) -> Iterator[Row]:
    entra = access(azure.graph, ENTRA)
    hosts, unread = _hosts(azure)
    for identity in entra.view.labelled(SERVICE_PRINCIPAL):
        kind = entra.view.get(identity, "service_principal_type")
        if kind not in (None, _MANAGED):
            continue
        yield Row(identity, True)
        for strong in strong_holdings(entra, identity):
            for host, is_certain in (*hosts[identity].items(), *((each, False) for each in unread)):
                yield from _rows(azure, entra, identity, strong, host, is_certain=is_certain)


def _hosts(azure: Access) -> tuple[dict[str, dict[str, bool]], list[str]]:
    """By principal, what runs as it in Azure, each with whether that is certain; and that of which
    it was not read what it runs as."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    unread: list[str] = []
    running = {
        source: None
        for source, _, rel in azure.graph.edges(data="rel")
        if rel == StepType.RUNS_AS and source.startswith(SUBSCRIPTIONS)
    }
    for host in running:
        if azure.view.is_missing(host):
            continue
        for one in azure.identities(host):
            if azure.is_principal(one.id):
                found[one.id][host] = one.is_certain
            else:
                unread.append(host)
    return found, unread


def _rows(
    azure: Access,
    entra: Access,
    identity: str,
    strong: StrongHolding,
    host: str,
    *,
    is_certain: bool,
) -> Iterator[Row]:
    """The verdict because of who controls a host of an identity and does not hold what it holds."""
    found, controlling = NONE, azure.who_controls(host)
    for number in members(controlling.possible):
        who = azure.principals[number]
        has = who == identity or _has(entra, who, strong)
        truth = all_of((controlling.holds(number), strong.truth, is_certain or None, negation(has)))
        if truth is not False:
            found |= exactly(1 << number).only_if(truth is True)
    if found.possible:
        yield _row(azure, identity, strong, host, found)


def _has(entra: Access, who: str, strong: StrongHolding) -> bool | None:
    return holds(entra, who, strong.roles.union(HIGHEST), strong.app_roles.union(TIER_0))


def _row(azure: Access, identity: str, strong: StrongHolding, host: str, found: MaySet) -> Row:
    those = found.certain or found.possible
    technique = azure.control(next(members(those)), host)
    words = (
        f"{azure.named(those)} may take control of {azure.name(host)} ({technique}), which runs as "
        f"it, and it holds {strong.name}"
    )
    return Row(
        identity,
        worst(found),
        unread=[] if found.certain else [f"whether {words} could not be read"],
        evidence=(host, *strong.evidence, *azure.ids(those)),
        values={"path": words},
    )


check = Check(
    id="managed_identity_stronger_than_its_host",
    title="Anyone who runs code as a managed identity holds what it holds in Entra ID",
    provider="entra",
    service="service-principals",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=SERVICE_PRINCIPAL,
    what=(
        "A managed identity that holds a privileged directory role, or an app role on Microsoft "
        "Graph that changes who holds what or leads to Global Administrator, runs in Azure on "
        "nothing that somebody controls by a known technique who does not hold the same, and could "
        "not make itself Global Administrator anyway. Other service principals get no verdict."
    ),
    why=(
        "Roles in Azure are given out without a thought to Entra ID: a contributor of a machine or "
        "an app takes a token of its identity, and with it the tenant."
    ),
    remediation=(
        "Take the app role away from the identity, or give it a host of its own that only "
        "administrators of the tenant change: az rest --method delete --url "
        "https://graph.microsoft.com/v1.0/servicePrincipals/ID/appRoleAssignments/ASSIGNMENT"
    ),
    passes="{resource} holds nothing strong in Entra ID, or only who holds it runs code as it.",
    fails="{resource}: {path}.",
    rule=AccessRule(
        authorizer=AZURE,
        walk=_walk,
        own_labels=(SERVICE_PRINCIPAL, *sorted(ENTRA.reads)),
        edges=CONTROL,
    ),
    pass_requires_listing=("EntraAppRoleAssignment", "EntraRoleAssignment", "EntraRoleDefinition"),
    references=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/"
        "managed-identity-best-practice-recommendations",
    ),
)
