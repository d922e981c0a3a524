"""The attack graph of a scan, less what is supposed to be cut."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..graph.suggestions import nearest

if TYPE_CHECKING:
    import networkx
    from networkx.classes.reportviews import NodeView

    from ..graph.attack.kept import KeptAttackGraph
    from ..graph.attack.model import AttackGraph
    from ..graph.attack.search import Target
    from ..graph.attack.what_if import Cut
    from ..graph.model import Resource
    from ..graph.schema import Schema
    from ..graph.snapshot import Snapshot

Working = Callable[[str], AbstractContextManager[object]]
"""Shows what goes on, while it goes on."""

_STEP = "->"
DEFAULT_SOURCES = ("any", "outside")
"""Where attackers start: as any principal that is not admin, or as any external principal."""


class ScannedAttackGraph:
    """A scan's resources, read when they are first asked for, and its attack graph.

    In addition there may be one resource ``unread``, of which only the identity is known. A graph
    with one is built for one answer, and not kept.
    """

    def __init__(
        self,
        snapshot: "Snapshot",
        unread: "Resource | None" = None,
        working: Working = nullcontext,
    ) -> None:
        self._snapshot = snapshot
        self._working = working
        self.schema = snapshot.schema
        self.unread = unread

    @cached_property
    def resources(self) -> "networkx.MultiDiGraph":
        """The resources that decide on steps."""
        from ..graph.attack.coverage import step_labels

        return self._load(step_labels(self._snapshot.schema))

    @property
    def nodes(self) -> "NodeView":
        """All resources of the scan, as NetworkX has nodes."""
        return self._all.nodes

    def graph(self) -> "AttackGraph":
        """The attack graph of the scan as it is."""
        return self._with_unread if self.unread else self._kept.graph

    def without(self, policies: Sequence[str]) -> "AttackGraph":
        """The attack graph as it were without some policies."""
        return self._of(_without_policies(self.resources, policies))

    def keep(self) -> None:
        """Keeps in the cache what was worked out, if anything was."""
        if self.unread is None and "_kept" in vars(self):
            self._kept.keep_explanations()

    @cached_property
    def _kept(self) -> "KeptAttackGraph":
        from ..graph.attack.kept import KeptAttackGraph

        return KeptAttackGraph(self._snapshot.manifest.digest, self._build)

    @cached_property
    def _with_unread(self) -> "AttackGraph":
        return self._build()

    @cached_property
    def _all(self) -> "networkx.MultiDiGraph":
        return self._load(None)

    def _load(self, labels: "Collection[str] | None") -> "networkx.MultiDiGraph":
        from ..graph.traversal import load_snapshot

        with self._working("Reading the scan"):
            resources = load_snapshot(self._snapshot, labels)
        if one := self.unread:
            resources.add_node(one.id, label=one.label, provider=one.provider, **vars(one))
        return resources

    def _build(self) -> "AttackGraph":
        return self._of(self.resources)

    def _of(self, resources: "networkx.MultiDiGraph") -> "AttackGraph":
        from ..graph.attack.attack_graph import attack_graph

        with self._working("Computing attack steps"):
            return attack_graph(resources, self._snapshot.reads)


class NamedAttackGraph:
    """The steps that a scan's resources allow, less what is cut, and what its nodes are called.

    A cut is a step (``FROM->TO``, or ``FROM->TO#TECHNIQUE``) or a policy, as
    ``remove_policy`` of :mod:`clew.graph.attack.aws.what_if` takes it.
    """

    def __init__(self, scanned: ScannedAttackGraph, cuts: Sequence[str] = ()) -> None:
        from ..graph.attack.endpoints import PathEndpoints

        self._scanned = scanned
        self.cuts = tuple(cuts)
        if policies := [cut for cut in cuts if _STEP not in cut]:
            self.graph = scanned.without(policies)
        else:
            self.graph = scanned.graph()
        unread = [scanned.unread.id] if scanned.unread else []
        self.names = PathEndpoints(self.graph, scanned, unread)
        self.unread = tuple(self.graph.notes)
        """What could not be read or was left out, and is said once, in sentences."""
        self.gaps = self.graph.gaps
        """What of permissions could not be read."""
        if steps := [cut for cut in cuts if _STEP in cut]:
            from ..graph.attack.what_if import without

            for step in steps:
                graph = without(self.graph, [self._cut(step)])
                if graph.steps == self.graph.steps:
                    raise UsageError(f"There is no step {step} that could be cut.")
                self.graph = graph
        self._accounts = len({node.account for node in self.graph.nodes if node.account})

    @property
    def resources(self) -> "networkx.MultiDiGraph":
        """The resources that decide on steps, with all policies."""
        return self._scanned.resources

    @property
    def schema(self) -> "Schema":
        """The labels and relationship types of the scan."""
        return self._scanned.schema

    def without(self, cuts: Sequence[str]) -> "NamedAttackGraph":
        """The same with more cuts."""
        return NamedAttackGraph(self._scanned, (*self.cuts, *cuts))

    def target(self, text: str) -> "Target":
        """What paths are to lead to."""
        with _helping():
            return self.names.target(text)

    def sources(self, texts: Iterable[str], target: "Target") -> int:
        """The nodes that paths are to start at. What is such a target already is one of them only
        if it is named itself."""
        found = 0
        with _helping():
            for text in texts:
                many = ~target.certain if text in DEFAULT_SOURCES else ~0
                found |= self.names.sources(text) & many
        return found

    def called(self, number: int, next_to: str = "") -> str:
        """What to call a node: with its state, and with its account where there is more than one
        and it is not the one next to it."""
        node = self.graph.nodes[number]
        is_said = self._accounts > 1 and node.account not in ("", node.id, next_to)
        notes = [*([node.account] if is_said else []), *([node.state] if node.state else [])]
        return f"{node.name} ({', '.join(notes)})" if notes else node.name

    def called_along(self, numbers: Sequence[int]) -> list[str]:
        """What to call the nodes of a path."""
        accounts = ["", *(self.graph.nodes[number].account for number in numbers)]
        return [
            self.called(number, before) for number, before in zip(numbers, accounts, strict=False)
        ]

    def _cut(self, text: str) -> "Cut":
        from ..graph.attack.what_if import Cut

        step, _, technique = text.partition("#")
        source, _, target = step.partition(_STEP)
        with _helping():
            return Cut(
                self.names.nodes(source.strip()),
                self.names.nodes(target.strip()),
                technique.strip(),
            )


def scanned_attack_graph(
    snapshot: "Snapshot", target: str = "", working: Working = nullcontext
) -> ScannedAttackGraph:
    """The attack graph of a scan; ``target`` may be the full identity of a resource where the scan
    did not read."""
    scanned = ScannedAttackGraph(snapshot, working=working)
    if ":" in target and all(node.id != target for node in scanned.graph().nodes):
        from ..collectors.registry import models
        from ..graph.attack.unread_target import unread_target

        if unread := unread_target(target, models(), snapshot):
            return ScannedAttackGraph(snapshot, unread, working)
    return scanned


def _without_policies(
    resources: "networkx.MultiDiGraph", references: Sequence[str]
) -> "networkx.MultiDiGraph":
    from ..graph.attack.aws.what_if import UnknownPolicyError, remove_policy

    left = resources.copy() if references else resources
    for reference in references:
        try:
            remove_policy(left, reference)
        except UnknownPolicyError as error:
            hint = nearest(error.name, error.known) if error.known else ""
            raise UsageError(f"{error}. {hint}".strip()) from None
    return left


@contextmanager
def _helping() -> Iterator[None]:
    """Turns a wrong name into an error that helps."""
    from ..graph.attack.endpoints import (
        AmbiguousNameError,
        NamingError,
        NotIncludedError,
        UnknownNameError,
    )

    try:
        yield
    except UnknownNameError as error:
        raise UsageError(f"{error}.", nearest(error.name, error.known)) from None
    except AmbiguousNameError as error:
        raise UsageError(f"{error}: say which.") from None
    except NotIncludedError as error:
        raise UsageError(
            f"{error}; an administrator of its account controls it: --to admin."
        ) from None
    except NamingError as error:
        raise UsageError(f"{error}.") from None
