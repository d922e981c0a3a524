"""Google Cloud in the attack graph."""

from .provider import GCPProvider

PROVIDER = GCPProvider

__all__ = ["PROVIDER", "GCPProvider"]
