"""The steps of attack paths on AWS."""

from .engine import path_graph

__all__ = ["path_graph"]
