"""Azure in the attack graph."""

from .provider import AzureProvider

PROVIDER = AzureProvider

__all__ = ["PROVIDER", "AzureProvider"]
