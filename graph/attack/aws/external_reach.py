"""What external principals take over that they reach over the network."""

from collections.abc import Iterator

from ...view import GraphView
from ..exposed import THE_INTERNET, exposed
from .external_callers import node
from .external_techniques import EXPOSED, ExternalAccess

RUNS_CODE = frozenset({"AWSAppRunnerService", "AWSEC2Instance", "AWSECSTask", "AWSLambda"})
"""Labels of what runs code of the account's: a flaw in it gives its credentials. What a service of
AWS runs (a database, an API server, a load balancer) gives none."""


def reached(view: GraphView) -> Iterator[ExternalAccess]:
    """What the graph's CAN_REACH edges lead to and can be taken over."""
    for each in exposed(view, RUNS_CODE):
        yield ExternalAccess(
            EXPOSED,
            THE_INTERNET,
            node(view, each.id),
            not each.unread,
            conditions=each.unread,
            evidence=each.evidence,
        )
