"""What the internet reaches in Azure."""

from ...derivation import Derivation
from ...schema import Schema
from . import front_door, gateways, interfaces, platform


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """Interfaces with the machines that they belong to, gateways, services of the platform."""
    return (
        front_door.DERIVATION,
        gateways.DERIVATION,
        interfaces.DERIVATION,
        *platform.DERIVATIONS,
    )
