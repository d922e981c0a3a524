"""What principals of AWS can show elsewhere: a signed request that tells who they are, and tokens
of their clusters."""

from collections.abc import Iterator

from ...authorization.aws.arns import parse_arn
from ...authorization.aws.labels import ROLE, USER
from ...model import Status
from ...view import GraphView
from ..federation.model import ANYTHING, Claim, Picked, TokenClaims
from ..model import Node
from .external_callers import node
from .identity_center import assigned, assignment_issuer

CALLER = "https://sts.amazonaws.com/"
"""Before an account: what stands for the issuer of a signed request for the caller's identity."""
CLUSTER = "AWSEKSCluster"
"""Whose own service accounts have tokens."""
SERVICE_ACCOUNTS = Picked(("system:serviceaccount:{name}:{name}",))
"""Subjects of tokens that whoever controls a Kubernetes cluster can have made."""
_ISSUER = "https://oidc.eks.{}.amazonaws.com/id/*"
"""Of clusters in a region, as far as it is known without asking."""


def tokens(view: GraphView) -> Iterator[tuple[Node, TokenClaims]]:
    """All of them."""
    for label in (ROLE, USER):
        for id_ in view.labelled(label):
            yield node(view, id_), _caller(id_)
    for id_ in view.labelled(CLUSTER):
        if issuer := _issuer(view, id_):
            claims: dict[str, Claim] = {"sub": SERVICE_ACCOUNTS, "aud": ANYTHING}
            yield node(view, id_), TokenClaims(issuer, claims, is_whole=False)
    for each in assigned(view):
        yield node(view, each.user), TokenClaims(assignment_issuer(each), {})


def unread_issuers(view: GraphView) -> Iterator[str]:
    """Those of clusters of which that, or that they are there, could not be read."""
    yield from (issuer for id_ in view.labelled(CLUSTER) if "*" in (issuer := _issuer(view, id_)))
    for each in view.listings:
        if each.label == CLUSTER and each.status != Status.OK:
            yield _ISSUER.format(each.region)


def _issuer(view: GraphView, id_: str) -> str:
    """Of a cluster; empty if it has none."""
    known: str | None = view.get(id_, "oidc_issuer")
    return _ISSUER.format(view.get(id_, "region")) if known is None else known


def _caller(arn: str) -> TokenClaims:
    """What GetCallerIdentity answers: of a role its session, which the caller names, without the
    role's path."""
    parts = parse_arn(arn)
    account = parts.account if parts else ""
    name = arn.rpartition("/")[2]
    said: Claim = (arn,)
    if ":role/" in arn:
        partition = arn.split(":")[1]
        said = Picked((f"arn:{partition}:sts::{account}:assumed-role/{name}/{{name}}",))
    claims: dict[str, Claim] = {"arn": said, "account": (account,), "userid": None}
    return TokenClaims(f"{CALLER}{account}", claims)
