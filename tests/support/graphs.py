"""Graphs of NetworkX that a test fills by hand."""

from functools import cache
from typing import Any

import networkx
from clew.collectors.registry import models
from clew.graph.model import PolicyField
from clew.graph.schema import own_policies


@cache
def _declared() -> dict[str, PolicyField]:
    return own_policies(models())


def empty_graph(**attributes: Any) -> networkx.MultiDiGraph:
    """A graph without nodes that carries what the models declare, as one that is loaded does."""
    return networkx.MultiDiGraph(own_policies=_declared(), **attributes)
