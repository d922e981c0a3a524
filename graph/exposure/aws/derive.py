"""What the internet reaches in AWS."""

from ...derivation import Derivation
from ...schema import Schema
from . import balancers, behind_apis, databases, endpoints, instances, targets, tasks


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """One for each kind of target and of path to it, so that each rests on its own listings."""
    return (
        instances.DERIVATION,
        tasks.DERIVATION,
        databases.DERIVATION,
        balancers.CLASSIC_BALANCERS,
        balancers.BALANCERS,
        targets.TARGETS,
        targets.FUNCTIONS,
        behind_apis.API_FUNCTIONS,
        behind_apis.API_BALANCERS,
        *endpoints.ENDPOINTS,
    )
