"""What a store is: one small interface, whichever engine is behind it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from ...errors import ClewError
from ..schema import EdgeType, Schema
from ..snapshot import Snapshot


class StoreError(ClewError):
    """A store cannot be reached, or refused; the message says what to do."""


class QueryError(StoreError):
    """A query is wrong, would write, took too long, or needs what this engine lacks."""


class OutOfMemoryError(QueryError):
    """A query needs more memory than it may take."""

    def __init__(self, message: str = "The query needs more memory than it may take.") -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Capabilities:
    """What an engine can do beyond the common Cypher."""

    engine: str
    """Name and version, as people know it."""
    served: bool
    """Whether it is a server that several people share."""
    persistent: bool
    """Whether what was loaded outlives the process."""
    concurrent_writers: bool
    """Whether several processes may load at the same time."""


Query = tuple[str, Mapping[str, Any]]
"""A query's text and its parameters."""


class Node(NamedTuple):
    """A node in a query's answer."""

    label: str
    properties: dict[str, Any]

    @property
    def id(self) -> str:
        """The full identity."""
        return str(self.properties["id"])


class Relationship(NamedTuple):
    """An edge in a query's answer."""

    type: str
    properties: dict[str, Any]


class Path(NamedTuple):
    """A path in a query's answer; each relationship joins two nodes that follow each other."""

    nodes: list[Node]
    relationships: list[Relationship]


class Step(NamedTuple):
    """One edge of a path, in the direction it was walked."""

    source: Node
    type: str
    target: Node


class Store(ABC):
    """A graph database that holds one snapshot at a time and answers openCypher.

    A query's row is a mapping of its columns to scalars, lists, maps, :class:`Node`,
    :class:`Relationship` and :class:`Path`. A node has the columns of its own label, all of them
    and no others; a variable-length relationship is a list of relationships.
    """

    capabilities: Capabilities
    schema: Schema

    @abstractmethod
    def load(self, snapshot: Snapshot) -> None:
        """Makes the store hold this snapshot, and nothing of what it held before.

        Every label and relationship type of the schema exists afterwards, so that a query on one
        without data answers nothing instead of failing. Loading again changes nothing.
        """

    def prepare(self, queries: Iterable[Query]) -> None:  # noqa: B027 a server has nothing to do
        """Reads what some queries will need, if that is not there yet: it takes no more than what
        the scan holds, whatever the queries do.

        :raises QueryError: if one is not one reading query.
        """

    @abstractmethod
    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of a reading query, at most ``limit`` of them, within ``timeout`` seconds.

        It has no other clauses than reading needs, and calls no procedure (:mod:`.reading`).

        :raises QueryError: if it is wrong, would change the store, or takes too long.
        """

    @abstractmethod
    def shortest_paths(
        self,
        source: str,
        target: str,
        types: Sequence[str] = (),
        longest: int = 8,
        limit: int = 1000,
    ) -> list[list[Step]]:
        """All shortest directed paths between two ids (``limit`` of them, if there are more), over
        these relationship types (all, if none are named), of at most ``longest`` edges.

        Edges of one type between the same two nodes are one step. There is no path from a node to
        itself.
        """

    @property
    def pairs(self) -> list[EdgeType]:
        """The pairs that may have edges."""
        return self.schema.pairs

    @abstractmethod
    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        """The properties of every node of a label, by id."""

    @abstractmethod
    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every edge of a pair: source id, target id, properties."""

    @abstractmethod
    def close(self) -> None:
        """Frees what the store holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
