"""The steps of attack paths on AWS."""

from .derive import derive_into, pairs
from .engine import path_graph

__all__ = ["derive_into", "pairs", "path_graph"]
