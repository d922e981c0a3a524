"""The names of the starts and ends of paths."""

from collections.abc import Iterable
from functools import cached_property

import networkx

from ..model import MissingReason
from ..sets import exactly, members
from .model import AttackGraph
from .search import Target, admin

ANY, INTERNET, OUTSIDE = "any", "internet", "outside"
"""Words for starts: every principal that is not an administrator already, the internet, and all
that is outside of the scan."""
ADMIN, DATA, TAG = "admin", "data", "tag:"
"""Words for ends: any administrator, whatever holds data, what has a tag (``tag:KEY=VALUE``)."""


class NamingError(Exception):
    """A name stands for nothing, or for more than one thing."""


class UnknownNameError(NamingError):
    """Nothing in the scan has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"Nothing in the scan is called '{name}'")
        self.name = name
        self.known = list(known)
        """What there is."""


class AmbiguousNameError(NamingError):
    """More than one thing has this name."""

    def __init__(self, name: str, ids: Iterable[str]) -> None:
        self.ids = sorted(ids)
        super().__init__(f"'{name}' can be {' or '.join(self.ids)}")


class NotFollowedError(NamingError):
    """Something was named that paths neither start at nor lead to."""

    def __init__(self, name: str, labels: Iterable[str]) -> None:
        what = " or ".join(sorted(labels))
        super().__init__(f"{_is(name, what)}, which attack paths do not include")


class NotCoveredError(NamingError):
    """Something of a cloud was named that attack paths do not cover."""

    def __init__(self, name: str, labels: Iterable[str], providers: Iterable[str]) -> None:
        what, cloud = " or ".join(sorted(labels)), " and ".join(sorted(providers))
        super().__init__(f"{_is(name, what)}: attack paths do not cover {cloud} yet")


class MissingError(NamingError):
    """Something was named that a reference leads to and that the scan does not hold."""

    def __init__(self, name: str, reason: MissingReason) -> None:
        super().__init__(f"'{name}' {reason.meaning}, so it has no attack paths in this scan")


def _is(name: str, what: str) -> str:
    return name if name == what else f"'{name}' is an {what}"


class PathEndpoints:
    """The nodes of a path graph by what people call them."""

    def __init__(self, graph: AttackGraph, resources: networkx.MultiDiGraph) -> None:
        self._graph = graph
        self._resources = resources
        self._by_id: dict[str, int] = {}
        self._by_name: dict[str, set[str]] = {}
        for number, node in enumerate(graph.nodes):
            self._by_id[node.id] = self._by_id.get(node.id, 0) | 1 << number
            self._by_name.setdefault(node.name, set()).add(node.id)

    def starts(self, text: str) -> int:
        """The nodes that a path may start at: a word, a full identity, or a name.

        A name that a principal shares with other things is the principal's. Raises NamingError.
        """
        graph = self._graph
        if text == ANY:
            return graph.principals & ~graph.administrators.certain
        if text == OUTSIDE:
            return graph.outside
        if text == INTERNET:
            return sum(
                1 << number
                for number in members(graph.outside)
                if graph.nodes[number].label == "Internet"
            )
        ids = self._ids(text, prefer=graph.principals | graph.outside)
        return sum(1 << graph.number[id_, ""] for id_ in ids if (id_, "") in graph.number)

    def end(self, text: str) -> Target:
        """What a path may lead to: a word, a label, a tag, a full identity, or a name.

        Raises NamingError.
        """
        graph = self._graph
        if text == ADMIN:
            return admin(graph)
        if text == DATA:
            return exactly(graph.data)
        if text.startswith(TAG):
            return exactly(self._all(self._tagged(text.removeprefix(TAG))))
        labelled = [number for number, node in enumerate(graph.nodes) if node.label == text]
        if labelled:
            return exactly(sum(1 << number for number in labelled))
        resources = self._resources.nodes(data="label")
        if of_label := [id_ for id_, label in resources if label == text]:
            self._must_be_included(text, of_label)
        return exactly(self.nodes(text))

    def nodes(self, text: str) -> int:
        """The nodes of one thing, in all its states, by full identity or name. None if no step
        leads from or to it.

        Raises NamingError.
        """
        return self._all(self._ids(text))

    def _all(self, ids: Iterable[str]) -> int:
        found = 0
        for id_ in ids:
            found |= self._by_id.get(id_, 0)
        return found

    def _ids(self, text: str, prefer: int = 0) -> set[str]:
        """The one id that a name stands for, as a set; empty if it is no node."""
        if text in self._by_id:
            return {text}
        ids = self._by_name.get(text, set())
        preferred = {id_ for id_ in ids if self._by_id[id_] & prefer}
        if len(preferred or ids) > 1:
            raise AmbiguousNameError(text, preferred or ids)
        if not ids:
            self._must_be_followed(text)
        return preferred or ids

    def _tagged(self, tag: str) -> set[str]:
        """The ids of what has a tag.

        Raises NamingError if nothing has it, or only what paths do not include.
        """
        nodes = self._resources.nodes(data=True)
        tags = {id_: properties.get("tags") or () for id_, properties in nodes}
        found = {id_ for id_, has in tags.items() if tag in has}
        if not found:
            raise UnknownNameError(
                f"{TAG}{tag}", {f"{TAG}{each}" for has in tags.values() for each in has}
            )
        if found.isdisjoint(self._by_id):
            self._must_be_included(f"{TAG}{tag}", found)
        return found

    def _must_be_followed(self, text: str) -> None:
        """Whether there are paths of what has a name, though none leads from it or to it."""
        found = {
            id_
            for id_, properties in self._resources.nodes(data=True)
            if text in (id_, properties.get("name"))
        }
        if not found:
            raise UnknownNameError(text, [*self._by_name, *self._by_id])
        self._must_be_included(text, found)

    def _must_be_included(self, text: str, ids: Iterable[str]) -> None:
        """Whether attack paths include any of these resources."""
        nodes = self._resources.nodes
        resources = [nodes[id_] for id_ in ids]
        labels = {properties["label"] for properties in resources}
        is_included = bool(labels & {node.label for node in self._graph.nodes})
        providers = {properties.get("provider") for properties in resources} - {None}
        if providers and self._covered and providers.isdisjoint(self._covered) and not is_included:
            raise NotCoveredError(text, labels, providers)
        reasons = [properties.get("missing") for properties in resources]
        if None not in reasons:
            raise MissingError(text, MissingReason(min(reasons)))
        if not is_included:
            raise NotFollowedError(text, labels)

    @cached_property
    def _covered(self) -> set[str]:
        """The clouds whose principals are in the graph."""
        nodes = self._resources.nodes
        ids = {self._graph.nodes[number].id for number in members(self._graph.principals)}
        return {nodes[id_]["provider"] for id_ in ids if "provider" in nodes.get(id_, ())}
