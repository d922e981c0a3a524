"""The steps of attack paths on AWS."""

from .derive import derive_into, pairs
from .engine import attack_graph

__all__ = ["attack_graph", "derive_into", "pairs"]
