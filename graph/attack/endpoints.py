"""The names of the sources and targets of paths."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol

from ...errors import UsageError
from ..model import Internet, MissingReason
from ..sets import exactly, members, number_set
from .model import AttackGraph
from .provider import provider_types
from .search import Target, admin

if TYPE_CHECKING:
    from networkx.classes.reportviews import NodeView

ANY, INTERNET, OUTSIDE = "any", "internet", "outside"
"""Words for sources: every principal that is not an administrator already, the internet, and every
external principal."""
ADMIN, DATA, TAG = "admin", "data", "tag:"
"""Words for targets: any administrator, whatever holds data, what has a tag (``tag:KEY=VALUE``)."""


_NO_CLOUD = "any"
"""The provider of what belongs to no cloud."""


class NamingError(UsageError):
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


class NotIncludedError(NamingError):
    """Something was named at which no path can start or end."""

    def __init__(self, name: str, labels: Iterable[str]) -> None:
        what = " or ".join(sorted(labels))
        super().__init__(
            f"No attack path starts or ends at {_one(what)}"
            if name == what
            else f"'{name}' is {_one(what)}, and no attack path starts or ends at one"
        )


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
    return name if name == what else f"'{name}' is {_one(what)}"


def _one(label: str) -> str:
    return f"{'an' if label[0] in 'AEIOU' else 'a'} {label}"


def internet(graph: AttackGraph) -> int:
    """The nodes that stand for everyone on the internet."""
    return number_set(
        number for number in members(graph.external) if graph.nodes[number].label == Internet.label
    )


class Resources(Protocol):
    """The resources of a scan: a graph of NetworkX, or what reads it when it is needed."""

    @property
    def nodes(self) -> "NodeView":
        """They with their properties, by id."""


class PathEndpoints:
    """The nodes of an attack graph by name; ``resources`` are looked at for other names only.

    Of the ids ``unread`` it is not known whether they exist: paths to them are conditional.
    """

    def __init__(
        self, graph: AttackGraph, resources: Resources, unread: Collection[str] = ()
    ) -> None:
        self._graph = graph
        self._resources = resources
        self._unread = frozenset(unread)
        self._by_id: dict[str, int] = {}
        self._by_name: dict[str, set[str]] = {}
        self._not_held = number_set(graph.changed) | graph.limited
        """Nobody acts as these, or by some actions only, so that no path to them ends there."""
        for number, node in enumerate(graph.nodes):
            self._by_id[node.id] = self._by_id.get(node.id, 0) | 1 << number
            self._by_name.setdefault(node.name, set()).add(node.id)

    def sources(self, text: str) -> int:
        """The nodes that a path may start at: a word, a full identity, or a name.

        A name that a principal shares with other things is the principal's. Raises NamingError.
        """
        graph = self._graph
        if text == ANY:
            return graph.principals & ~graph.administrators.certain
        if text == OUTSIDE:
            return graph.external
        if text == INTERNET:
            return internet(graph)
        ids = self._ids(text, prefer=graph.principals | graph.external)
        return number_set(graph.number[id_, ""] for id_ in ids if (id_, "") in graph.number)

    def target(self, text: str) -> Target:
        """What a path may lead to: a word, a label, a tag, a full identity, or a name.

        Raises NamingError.
        """
        graph = self._graph
        if text == ADMIN:
            return admin(graph)
        if text == DATA:
            return exactly(graph.data)
        if text.startswith(TAG):
            return exactly(self._all(self._tagged(text.removeprefix(TAG))) & ~self._not_held)
        labelled = [number for number, node in enumerate(graph.nodes) if node.label == text]
        if labelled:
            return exactly(number_set(labelled) & ~self._not_held)
        resources = self._resources.nodes(data="label")
        if of_label := [id_ for id_, label in resources if label == text]:
            self._must_be_included(text, of_label)
        found = exactly(self.nodes(text) & ~self._not_held)
        if text in self._unread:
            for number in members(found.possible):
                graph.reasons[number] = "whether it exists could not be read"
            return found.uncertain()
        return found

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
        providers = {properties.get("provider") for properties in resources} - {None, _NO_CLOUD}
        if providers and providers.isdisjoint(provider_types()) and not is_included:
            raise NotCoveredError(text, labels, providers)
        reasons = [properties.get("missing") for properties in resources]
        if None not in reasons:
            raise MissingError(text, MissingReason(min(reasons)))
        if not is_included:
            raise NotIncludedError(text, labels)
