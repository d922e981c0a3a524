"""Entra ID in the attack graph."""

from .provider import EntraProvider

__all__ = ["EntraProvider"]
