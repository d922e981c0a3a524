"""Entra ID in the attack graph."""

from .provider import EntraProvider

PROVIDER = EntraProvider

__all__ = ["PROVIDER", "EntraProvider"]
