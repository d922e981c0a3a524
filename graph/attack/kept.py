"""The attack graph of a scan, built once and kept in the cache with what was explained of it."""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path

from ..cache import cache_root, code_digest, keep, prune
from .model import AttackGraph
from .storage import AttackGraphFileError, Explanations, read, write

_KEPT = 8
"""How many graphs, and how many files of explanations, stay in the cache."""


class KeptAttackGraph:
    """The attack graph of the scan with this digest; ``build`` builds it.

    What is kept by other code, damaged, or cannot be written, is built anew.
    """

    def __init__(self, scan: str, build: Callable[[], AttackGraph]) -> None:
        self._build = build
        self._explanations = Explanations(lambda: self._built)
        root, name = cache_root() / "attack", f"{scan[:32]}-{code_digest()}"
        self._graph_file = root / "graphs" / name
        self._explanations_file = root / "explanations" / name

    @cached_property
    def graph(self) -> AttackGraph:
        """The graph."""
        return self._read() or self._keep() or self._built

    def keep_explanations(self) -> None:
        """Keeps how steps of the graph were explained, if any were that had not been before."""
        if self._explanations.are_new:
            _keep(self._explanations_file, self._explanations.write)

    @cached_property
    def _built(self) -> AttackGraph:
        return self._build()

    def _keep(self) -> AttackGraph | None:
        """The graph, built anew and read from where it is kept now, so that it keeps what is
        explained; None if it cannot be kept."""
        _keep(self._graph_file, partial(write, self._built))
        return self._read()

    def _read(self) -> AttackGraph | None:
        """The graph that is kept, with what was explained of it; None if there is none."""
        try:
            graph = read(self._graph_file, self._explanations)
            self._graph_file.touch()
        except (OSError, AttackGraphFileError):
            return None
        with suppress(OSError, AttackGraphFileError):
            self._explanations.read(self._explanations_file)
            self._explanations_file.touch()
        return graph


def _keep(file: Path, write: Callable[[Path], object]) -> None:
    keep(file, write)
    prune(file.parent, _KEPT)
