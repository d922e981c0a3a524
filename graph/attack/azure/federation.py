"""Which tokens of others act as managed identities, and whose tokens clusters issue."""

from collections.abc import Iterator

from ...authorization.azure.environment import SERVICE_PRINCIPAL
from ...model import Status
from ...view import GraphView
from ..entra.credentials import trust_rule
from ..federation.model import ANYTHING, Claim, Picked, TokenClaims, TrustRule
from ..model import Node
from .vocabulary import techniques

FEDERATED = "azure-outside-federated-identity"
"""Id of the technique by which a token of another issuer acts as a managed identity."""
CREDENTIAL, IDENTITY = "AzureFederatedIdentityCredential", "AzureUserAssignedIdentity"
_ISSUERS = {
    "AzureKubernetesCluster": "https://*.oic.prod-aks.azure.com/*",
    "AzureArcCluster": "https://*.oic.prod-arc.azure.com/*",
}
"""Of clusters, by label, as far as they are known without asking."""
CLUSTERS = tuple(_ISSUERS)
READS = frozenset({CREDENTIAL, *CLUSTERS})
"""Labels that decide on whose tokens are taken and shown; identities are named by them."""
_TENANTS = "//graph.microsoft.com/tenants/"
_SERVICE_ACCOUNTS = Picked(("system:serviceaccount:{name}:{name}",))


def trust_rules(view: GraphView) -> Iterator[TrustRule]:
    """Which tokens managed identities take for their own."""
    declared = techniques().external[FEDERATED]
    for id_ in view.labelled(CREDENTIAL):
        issuer = view.get(id_, "issuer")
        for identity in view.targets(id_, "managed_identity") if issuer else ():
            for each in view.targets(identity, "service_principal"):
                tenant = each.removeprefix(_TENANTS).partition("/")[0]
                known = view.graph.nodes[each]
                name = known.get("name") or view.name(identity)
                yield trust_rule(
                    id_,
                    Node(each, SERVICE_PRINCIPAL, name, known.get("account") or tenant),
                    declared,
                    issuer=issuer,
                    audiences=view.get(id_, "audiences"),
                    subject=view.get(id_, "subject"),
                    expression=view.get(id_, "matching_expression"),
                )


def unread_issuers(view: GraphView) -> Iterator[str]:
    """Those of clusters of which that, or that they are there, could not be read."""
    for label, issuer in _ISSUERS.items():
        failed = (each.status != Status.OK for each in view.listings if each.label == label)
        unread = (view.get(each, "oidc_issuer") is None for each in view.labelled(label))
        if any(failed) or any(unread):
            yield issuer


def tokens(view: GraphView) -> Iterator[tuple[Node, TokenClaims]]:
    """Tokens of service accounts that whoever controls a cluster can have made."""
    for label in CLUSTERS:
        for id_ in view.labelled(label):
            known = view.get(id_, "oidc_issuer")
            if issuer := _ISSUERS[label] if known is None else known:
                claims: dict[str, Claim] = {"sub": _SERVICE_ACCOUNTS, "aud": ANYTHING}
                node = Node(id_, label, view.name(id_), view.get(id_, "account") or "")
                yield node, TokenClaims(issuer, claims, is_whole=False)
