"""Opens the attack graph that a command is about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..scans.attack_graph import NamedAttackGraph, scanned_attack_graph
from . import scans
from .path_coverage import PathCoverage
from .progress import working


@contextmanager
def open_attack_graph(
    scan: str | None, cuts: Sequence[str] = (), target: str = ""
) -> Iterator[tuple[NamedAttackGraph, PathCoverage]]:
    """The steps of a scan, less what is cut, and what they cover; ``target`` may be the full
    identity of a resource where the scan did not read."""
    snapshot = scans.open_scan(scan)
    coverage = PathCoverage(snapshot)
    scanned = scanned_attack_graph(snapshot, target, working)
    yield NamedAttackGraph(scanned, cuts), coverage
    scanned.keep()
