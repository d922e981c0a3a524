"""Google Cloud's authorizer, as rules ask it."""

from ...graph.authorization.gcp.authorizer import GCPAuthorizer
from ...graph.authorization.gcp.environment import (
    BOUND,
    BOUNDARY,
    DENY,
    LABELS,
    GCPEnvironment,
    PrincipalState,
)
from ...graph.authorization.gcp.perimeters import PERIMETER
from ...graph.authorization.model import AuthorizerType
from ...graph.view import GraphView


def _may_act(view: GraphView, id_: str) -> bool:
    return view.get(id_, "disabled") is not True


GCP = AuthorizerType(
    make=lambda view, listings: GCPAuthorizer(GCPEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_act,
    reads=LABELS,
    notices=frozenset((BOUND, BOUNDARY, DENY, PERIMETER)),
)
