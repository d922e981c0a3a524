"""AWS's authorizer, as rules ask it."""

from ...graph.authorization.aws.authorizer import AWSAuthorizer
from ...graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from ...graph.authorization.aws.labels import (
    ACCOUNT,
    CONTROL_POLICY,
    GROUP,
    ORGANIZATION,
    ROLE,
    USER,
)
from ...graph.authorization.model import AuthorizerType
from ...graph.view import GraphView

_ABOVE = frozenset((ACCOUNT, CONTROL_POLICY, ORGANIZATION, "AWSOrganizationalUnit"))
"""What stands over principals and resources; where it could not be listed the answers themselves
are not certain."""


def _may_act(view: GraphView, id_: str) -> bool:  # noqa: ARG001
    return True


AWS = AuthorizerType(
    make=lambda view, listings: AWSAuthorizer(AWSEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_act,
    reads=frozenset((GROUP, ROLE, USER, "AWSInlinePolicy", "AWSPolicy")) | _ABOVE,
    notices=_ABOVE,
)
