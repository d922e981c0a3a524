"""Rules over attack paths: that none leads from some sources to a target."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from ..graph.attack.step_edges import STEPS
from ..graph.schema import EdgeType

if TYPE_CHECKING:
    import networkx

    from .check import Row


class PathTarget(NamedTuple):
    """Where the paths of a rule lead."""

    kind: Literal["admin_of", "any_admin", "resource"]
    label: str = ""


def admin_of(label: str) -> PathTarget:
    """Who administers the account that the check's resource, of this label, is."""
    return PathTarget("admin_of", label)


def resource(label: str) -> PathTarget:
    """The check's resource itself, of this label."""
    return PathTarget("resource", label)


any_admin = PathTarget("any_admin")
"""Who administers any account."""


def any_admin_of(label: str) -> PathTarget:
    """Who administers any account of this label."""
    return PathTarget("any_admin", label)


@dataclass(frozen=True)
class PathRule:
    """No attack path leads from the sources to the target.

    A certain path fails, one that depends on a condition or on something unread is undecided.
    Which listings the absence of a path rests on follows from what the steps are derived from. A
    check's messages can name the ``{path}``.
    """

    sources: Literal["internet", "external", "principal"]
    """Everyone on the internet; each external principal that is not everyone; or each resource of
    the check itself, of which administrators get no verdict."""
    target: PathTarget
    tags: Mapping[str, frozenset[str]] | None = None
    """Only resources that are tagged like this get a verdict: the values by key, in lower case."""
    exempt: "Callable[[networkx.MultiDiGraph, str], bool] | None" = None
    """Which principals, by id, get no verdict besides administrators."""

    labels: ClassVar[tuple[str, ...]] = ()
    """None by itself: what decides is what the steps are derived from."""
    edges: ClassVar[frozenset[EdgeType]] = STEPS
    """The derived edges that stand for steps."""

    def __post_init__(self) -> None:
        if (self.sources == "principal") != (self.target.kind == "any_admin"):
            raise ValueError("Paths of principals lead to any admin, all others to a resource")

    def rows(self, graph: "networkx.MultiDiGraph", label: str) -> "Iterator[Row]":
        """A verdict for each resource of a label.

        The graph holds all that steps are derived from; its attribute ``attack`` gives their attack
        graph, else that is built of it and of what was listed, the attribute ``reads``.
        """
        from .path_verdicts import verdicts

        return verdicts(self, graph, label)

    def is_meant(self, properties: Mapping[str, Any]) -> bool | None:
        """Whether a resource is tagged like this; None if its tags were not read."""
        if self.tags is None:
            return True
        if properties["tags"] is None:
            return None
        pairs = (tag.lower().partition("=") for tag in properties["tags"])
        return any(value in self.tags.get(key, ()) for key, _, value in pairs)
