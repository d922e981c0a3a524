"""What the internet reaches in Azure."""

from ...derivation import Derivation
from ...schema import Schema
from . import interfaces


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """Interfaces, and the machines that they belong to."""
    return (interfaces.DERIVATION,)
