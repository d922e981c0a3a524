"""The attack graph of a scan, less what is supposed to be cut."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import scans
from .errors import UsageError, nearest
from .path_coverage import PathCoverage
from .progress import working

if TYPE_CHECKING:
    import networkx

    from ..graph.attack.search import Target
    from ..graph.attack.what_if import Cut
    from ..graph.model import Gap, ListingStatus

_STEP = "->"
DEFAULT_SOURCES = ("any", "outside")
"""Where attackers start: as any principal that is not admin, or as any external principal."""


class NamedAttackGraph:
    """The steps that a scan's resources allow, less what is cut, and what its nodes are called.

    A cut is a step (``FROM->TO``, or ``FROM->TO#TECHNIQUE``) or a policy, as
    ``remove_policy`` of :mod:`clew.graph.attack.aws.what_if` takes it.
    """

    def __init__(
        self,
        resources: "networkx.MultiDiGraph",
        reads: "Sequence[ListingStatus]",
        cuts: Sequence[str] = (),
    ) -> None:
        from ..graph.attack.attack_graph import attack_graph
        from ..graph.attack.endpoints import PathEndpoints
        from ..graph.authorization.aws.environment import AWSEnvironment

        self.resources = resources
        self.cuts = tuple(cuts)
        self._reads = reads
        left = _without_policies(resources, [cut for cut in cuts if _STEP not in cut])
        environment = AWSEnvironment.of(left, reads)
        self.gaps: Sequence[Gap] = environment.gaps
        """What of permissions could not be read."""
        with working("Computing attack steps"):
            self.graph = attack_graph(left, reads)
        self.unread = (*environment.unread, *self.graph.notes)
        """What could not be read or was left out, and is said once, in sentences."""
        self.names = PathEndpoints(self.graph, left)
        if steps := [cut for cut in cuts if _STEP in cut]:
            from ..graph.attack.what_if import without

            for step in steps:
                graph = without(self.graph, [self._cut(step)])
                if graph.steps == self.graph.steps:
                    raise UsageError(f"There is no step {step} that could be cut.")
                self.graph = graph
        self._accounts = len({node.account for node in self.graph.nodes if node.account})

    def without(self, cuts: Sequence[str]) -> "NamedAttackGraph":
        """The same with more cuts."""
        return NamedAttackGraph(self.resources, self._reads, (*self.cuts, *cuts))

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

    def called(self, number: int, beside: str = "") -> str:
        """What to call a node: with its state, and with its account where there is more than one
        and it is not the one beside."""
        node = self.graph.nodes[number]
        is_said = self._accounts > 1 and node.account not in ("", node.id, beside)
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


def open_attack_graph(
    scan: str | None, cuts: Sequence[str]
) -> tuple[NamedAttackGraph, PathCoverage]:
    """The steps of a scan, less what is cut, and what they cover."""
    from ..graph.traversal import SnapshotReader, load

    snapshot = scans.open_scan(scan)
    coverage = PathCoverage(snapshot)
    with working("Reading the scan"):
        resources = load(SnapshotReader(snapshot))
    return NamedAttackGraph(resources, snapshot.reads, cuts), coverage


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
    from ..graph.attack.endpoints import AmbiguousNameError, NotIncludedError, UnknownNameError

    try:
        yield
    except UnknownNameError as error:
        raise UsageError(f"{error}. {nearest(error.name, error.known)}".strip()) from None
    except AmbiguousNameError as error:
        raise UsageError(f"{error}: say which.") from None
    except NotIncludedError as error:
        raise UsageError(
            f"{error}; an administrator of its account controls it: --to admin."
        ) from None
