"""What the internet reaches in Google Cloud."""

from ...derivation import Derivation
from ...schema import Schema
from . import instances, platform


def derivations(_: Schema) -> tuple[Derivation, ...]:
    """Instances with their interfaces, and services of the platform."""
    return (instances.DERIVATION, *platform.DERIVATIONS)
