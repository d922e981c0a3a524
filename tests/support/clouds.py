"""Scans of replayed accounts of any cloud: collected, linked, and asked about by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.collectors.registry import collectors, models
from clew.collectors.scan import Account, Collected, scope_of
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import Coverage, Resource, Status
from support.collecting import collect


@dataclass
class Scanned:
    """What a scan came to."""

    collected: Collected
    graph: ResourceGraph

    def named(self, label: str, name: str) -> Resource:
        """The one node of a label with a name, missing ones included."""
        (found,) = [
            node for node in self.graph.nodes.values() if (node.label, node.name) == (label, name)
        ]
        return found

    def names(self, label: str) -> set[str | None]:
        """The names of a label's resources."""
        return {each.name for each in self.collected.resources if each.label == label}

    def edges(self, rel: str, source: str = "", target: str = "") -> set[tuple[str, str]]:
        """The ends of a type's edges by name, a missing end with its reason: ``hub!NOT_FOUND``."""
        return {
            (self._shown(edge.source), self._shown(edge.target))
            for pair, edges in self.graph.edges.items()
            if pair.rel == rel and source in ("", pair.source) and target in ("", pair.target)
            for edge in edges
        }

    def incomplete(self, account: str = "") -> set[str]:
        """The labels that were not fully listed."""
        return {
            read.label
            for read in self.collected.reads
            if read.status != Status.OK and account in ("", read.account)
        }

    def coverage(self, operation: str) -> Coverage:
        """How an operation of the one scanned account ended."""
        (found,) = [each for each in self.collected.coverage if each.operation == operation]
        return found

    def _shown(self, id_: str) -> str:
        node = self.graph.nodes[id_]
        return f"{node.name}!{node.missing}" if node.missing else str(node.name)


def scan(folder: Path, accounts: Sequence[Account]) -> Scanned:
    """All services of these accounts, which are of one provider."""
    services = collectors(accounts[0].provider)
    collected = collect(folder, accounts, *services)
    scope = scope_of(accounts, services, ())
    return Scanned(collected, link(collected.resources, models(), collected.reads, scope))
