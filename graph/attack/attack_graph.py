"""The one attack graph of a scan, over all clouds that have a provider."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..model import ListingStatus
from ..view import GraphView
from .engine.build import build
from .model import AttackGraph
from .provider import known_techniques, provider_types

if TYPE_CHECKING:
    import networkx


def attack_graph(graph: "networkx.MultiDiGraph", listings: Sequence[ListingStatus]) -> AttackGraph:
    """All steps of an estate.

    The graph's nodes have their model's fields and ``label``, its edges ``rel`` and ``via``;
    ``listings`` say what was listed whole.
    """
    known_techniques()  # so that what is wrong with any file is said, and not only passed over
    view = GraphView(graph, listings)
    providers = [provider(view, listings) for provider in provider_types().values()]
    found = build(providers)
    unread = [sentence for each in providers for sentence in each.authorizer.unread]
    left_out = [sentence for each in providers for sentence in each.left_out]
    found.notes = [*unread, *found.notes, *left_out]
    found.gaps = [gap for each in providers for gap in each.gaps]
    return found
