"""What principals of Google Cloud can show elsewhere, and to pools: identity tokens of service
accounts, and tokens of their clusters.

https://cloud.google.com/docs/authentication/token-types#id
"""

from collections.abc import Iterator

from ...authorization.gcp.impersonation import ACCOUNT
from ...view import GraphView
from ..federation.model import ANYTHING, Claim, Picked, TokenClaims
from ..model import Node

ISSUER = "https://accounts.google.com"
CLUSTER = "GKECluster"
READS = frozenset({ACCOUNT, CLUSTER})
"""Labels of what has tokens to show."""
CLUSTER_ISSUER = "https://container.googleapis.com/v1/"
_CLUSTERS = "//container.googleapis.com/"
_SERVICE_ACCOUNTS = Picked(("system:serviceaccount:{name}:{name}",))
_PODS = Picked(("ns/{name}/sa/{name}",))


def tokens(view: GraphView) -> Iterator[tuple[Node, TokenClaims]]:
    """All of them."""
    for id_ in view.labelled(ACCOUNT):
        number, email = view.get(id_, "unique_id"), view.get(id_, "email")
        if not view.get(id_, "disabled"):
            known: Claim = (number,) if number else None
            claims: dict[str, Claim] = {
                "sub": known,
                "azp": known,
                "aud": ANYTHING,
                "email": (email,) if email else None,
            }
            yield _node(view, id_), TokenClaims(ISSUER, claims)
    for id_ in view.labelled(CLUSTER):
        claims = {"sub": _SERVICE_ACCOUNTS, "aud": ANYTHING}
        issuer = CLUSTER_ISSUER + id_.removeprefix(_CLUSTERS)
        yield _node(view, id_), TokenClaims(issuer, claims, is_whole=False)
        pool = view.get(id_, "workload_pool")
        if pool:
            yield _node(view, id_), TokenClaims(pod_issuer(pool), {"sub": _PODS})


def pod_issuer(pool: str) -> str:
    """What stands for the issuer of the tokens that pods get of the pool of their project."""
    return f"gke:{pool}"


def _node(view: GraphView, id_: str) -> Node:
    label, account = str(view.get(id_, "label")), view.get(id_, "account")
    return Node(id_, label, view.name(id_), account or "")
