"""The graph as those who derive from it look at it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .model import ListingStatus, PolicyField, Status
from .schema import declared_policies

if TYPE_CHECKING:
    import networkx


class GraphView:
    """Resources by label and by the fields that join them, in a NetworkX graph.

    Without ``reads`` every label counts as fully listed: the caller then answers for that.
    """

    def __init__(
        self, graph: "networkx.MultiDiGraph", reads: Sequence[ListingStatus] | None = None
    ) -> None:
        self.graph = graph
        self.listings = reads or ()
        self._counts_as_listed = reads is None
        # NetworkX wraps each answer of its own anew; these are what it wraps.
        self._nodes, self._succ, self._pred = graph._node, graph._succ, graph._pred

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """The ids of all nodes, by label."""
        found: dict[str, list[str]] = {}
        for id_, properties in self._nodes.items():
            found.setdefault(properties.get("label"), []).append(id_)
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
        return self._nodes[id_].get("missing") is not None

    def is_there(self, id_: str) -> bool:
        """Whether a resource of this identity was read."""
        return id_ in self._nodes and not self.is_missing(id_)

    def get(self, id_: str, name: str) -> Any:
        """A property of a node; None if it is unread."""
        return self._nodes[id_].get(name)

    def name(self, id_: str) -> str:
        """What to call a node."""
        return self.get(id_, "name") or id_

    def targets(self, id_: str, via: str) -> tuple[str, ...]:
        """What a field of a node refers to."""
        found = {
            target
            for target, edges in self._succ[id_].items()
            for edge in edges.values()
            if edge.get("via") == via
        }
        return tuple(sorted(found))

    def sources(self, id_: str, label: str, via: str) -> list[str]:
        """The nodes of a label whose field refers to a node."""
        nodes = self._nodes
        found = {
            source
            for source, edges in self._pred[id_].items()
            if nodes[source]["label"] == label
            for edge in edges.values()
            if edge.get("via") == via
        }
        return sorted(found)

    def is_complete(self, label: str, near: str) -> bool:
        """Whether a label was fully listed in the account and region of a node; a label whose
        listing covers all regions, in its account."""
        if self._counts_as_listed:
            return True
        owner = self._nodes[near]
        account = owner.get("account")
        return not self._listed.isdisjoint(
            {(label, account, owner.get("region")), (label, account, "global")}
        )

    @cached_property
    def _listed(self) -> frozenset[tuple[str, str, str]]:
        """The labels that were fully listed, with account and region."""
        return frozenset(
            (read.label, read.account, read.region)
            for read in self.listings
            if read.status == Status.OK
        )
