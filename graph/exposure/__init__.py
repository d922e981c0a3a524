"""Who can send packets to what, derived from groups, lists, routes, gateways and addresses."""

from .internet import Internet

MODELS = (Internet,)

__all__ = ["MODELS", "Internet"]
