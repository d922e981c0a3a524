"""Rules that ask who may do what."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..graph.authorization.model import AuthorizerType
from ..graph.schema import EdgeType
from .labels import Label, plain

if TYPE_CHECKING:
    import networkx

    from .access import Access
    from .check import Row


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """A function over who may do what, and over what attack techniques lead to.

    What a PASS rests on follows: all that the authorizer must have read, and what the derived edges
    that the rule is about are derived from. The rule says what is not known for certain by itself,
    as every authorizer does.
    """

    authorizer: AuthorizerType
    walk: "Callable[[Access], Iterable[Row]]"
    own_labels: tuple[Label, ...]
    """The labels that it looks at besides those that decide who may do what."""
    edges: frozenset[EdgeType] = field(default=frozenset())
    """The derived edges that it is about: what the internet reaches, whom techniques are open
    to."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that the rule of a resolved check looks at."""
        return tuple(sorted({*plain(self.own_labels), *self.authorizer.reads}))

    @property
    def pass_requires_listing(self) -> tuple[str, ...]:
        """The labels without which nobody can be said not to be allowed something."""
        return tuple(sorted(self.authorizer.reads - self.authorizer.notices))

    def rows(self, graph: "networkx.MultiDiGraph", label: str) -> "Iterator[Row]":  # noqa: ARG002
        """Its verdicts. The graph holds all labels and what steps are derived from; its attributes
        ``reads`` and ``attack`` are those that rules over attack paths have."""
        from .access import access

        yield from self.walk(access(graph, self.authorizer))
