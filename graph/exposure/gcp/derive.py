"""What the internet reaches in Google Cloud."""

from ...derivation import Derivation
from ...schema import Schema
from . import instances


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """Instances and their interfaces."""
    return (instances.DERIVATION,)
