"""What the internet reaches in Azure."""

from ...derivation import Derivation
from ...schema import Schema
from . import interfaces, platform


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """Interfaces with the machines that they belong to, and services of the platform."""
    return (interfaces.DERIVATION, *platform.DERIVATIONS)
