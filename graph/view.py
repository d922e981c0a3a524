"""The graph as those who derive from it look at it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .model import ListingStatus, PolicyField, Status
from .schema import declared_policies

if TYPE_CHECKING:
    import networkx


class GraphView:
    """Resources by label and by the fields that join them, in a NetworkX graph.

    Without ``reads`` every label counts as fully listed: whoever asks then answers for that.
    """

    def __init__(
        self, graph: "networkx.MultiDiGraph", reads: Sequence[ListingStatus] | None = None
    ) -> None:
        self.graph = graph
        self.listings = reads or ()
        self._complete = (
            None
            if reads is None
            else {
                (read.label, read.account, read.region)
                for read in reads
                if read.status == Status.OK
            }
        )

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """The ids of all nodes, by label."""
        found: dict[str, list[str]] = {}
        for id_, label in self.graph.nodes(data="label"):
            found.setdefault(label, []).append(id_)
        return found

    @property
    def own_policies(self) -> Mapping[str, PolicyField]:
        """The fields that hold the policies of resources themselves, by label.

        :raises UndeclaredPoliciesError: if the graph does not say.
        """
        return declared_policies(self.graph.graph.get("own_policies"))

    def labelled(self, label: str) -> Iterator[str]:
        """The ids of the resources of a label that are there."""
        return (id_ for id_ in self.by_label.get(label, ()) if not self.is_missing(id_))

    @property
    def scanned(self) -> datetime | None:
        """When the scan began; None if that is not known."""
        found: datetime | None = self.graph.graph.get("scanned")
        return found

    def is_missing(self, id_: str) -> bool:
        """Whether a node stands for something that was not found."""
        return self.graph.nodes[id_].get("missing") is not None

    def get(self, id_: str, name: str) -> Any:
        """A property of a node; None if it is unread."""
        return self.graph.nodes[id_].get(name)

    def name(self, id_: str) -> str:
        """What to call a node."""
        return self.get(id_, "name") or id_

    def targets(self, id_: str, via: str) -> tuple[str, ...]:
        """What a field of a node refers to."""
        neighbours = self.graph.succ[id_].items()
        return tuple(
            sorted(target for target, edges in neighbours if _any_via(edges.values(), via))
        )

    def sources(self, id_: str, label: str, via: str) -> list[str]:
        """The nodes of a label whose field refers to a node."""
        nodes = self.graph.nodes
        return sorted(
            source
            for source, edges in self.graph.pred[id_].items()
            if nodes[source]["label"] == label and _any_via(edges.values(), via)
        )

    def is_complete(self, label: str, beside: str) -> bool:
        """Whether a label was fully listed in the account and region of a node; a label whose
        listing covers all regions, in its account."""
        if self._complete is None:
            return True
        owner = self.graph.nodes[beside]
        account = owner.get("account")
        return not self._complete.isdisjoint(
            {(label, account, owner.get("region")), (label, account, "global")}
        )


def _any_via(edges: Iterable[Mapping[str, Any]], via: str) -> bool:
    return any(edge.get("via") == via for edge in edges)
