"""Who can send packets to what, derived from groups, lists, routes, gateways and addresses."""

from collections.abc import Sequence

from ..linking import ResourceGraph
from ..model import LabelRead
from ..schema import Pair

PAIRS: tuple[Pair, ...] = ()
"""Between which labels edges are derived; the schema has them from the start."""

__all__ = ["PAIRS", "derive_into"]


def derive_into(graph: ResourceGraph, reads: Sequence[LabelRead]) -> None:
    """Adds the derived nodes and edges to a linked graph."""
