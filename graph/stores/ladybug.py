"""LadybugDB, the embedded engine: a graph in memory, made of what queries name, or in a file.

The file is a cache of a snapshot, which can be deleted at any time.
"""

import os
import shutil
import time
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path as FilePath
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from ..cache import cache_root
from ..child_process import ChildDiedError, in_child
from ..lock import holding
from ..owner_only import owner_only
from ..schema import EdgeType, Schema
from ..snapshot import Snapshot
from .ladybug_engine import LadybugEngine, OpenGraph, empty_store, open_database
from .ladybug_tables import by_type, copy_edges, copy_nodes, create_edges, create_nodes, prepare
from .store import Store, StoreError

if TYPE_CHECKING:
    import ladybug

_KEPT = 4
"""How many graphs stay in the cache."""
_LOCK = ".lock"
"""The file in the cache that stands for building a graph."""
_ABANDONED_SECONDS = 24 * 3600
"""After which a half-built graph belongs to a process that is gone."""


def open_embedded(
    snapshot: Snapshot, cache: FilePath | None = None, memory: int | None = None
) -> Store:
    """The embedded store with a snapshot in it: in memory if the snapshot is small, since to read
    what a query names takes less time then than to open a file of all of it; else in a file."""
    from .ladybug_memory import LadybugInMemory

    store = LadybugInMemory(memory) if snapshot.is_small else LadybugStore(cache, memory)
    store.load(snapshot)
    return store


def cache_folder() -> FilePath:
    """Where graphs are kept."""
    return cache_root() / "graphs"


class LadybugStore(LadybugEngine):
    """A graph in a file of its own for each snapshot, opened read-only.

    The file is built next to its place and renamed into it, so that processes never meet in one.
    """

    def __init__(self, cache: FilePath | None = None, memory: int | None = None) -> None:
        super().__init__(memory, persistent=True)
        self._cache = cache
        self._opened: OpenGraph | None = None

    def load(self, snapshot: Snapshot) -> None:
        """Opens the snapshot's graph, which is built first if the cache lacks it or holds it
        damaged."""
        import ladybug

        self.close()
        cache = self._cache or cache_folder()
        folder = cache / f"{snapshot.digest[:32]}-{ladybug.__version__}"
        try:
            if not _is_whole(folder):
                _build(folder, snapshot)
            with suppress(OSError):  # a cache may be there to be read only
                os.utime(folder)
            database = open_database(folder / "graph.lbug", read_only=True, memory=self._memory)
        except OSError as error:
            raise StoreError(
                f"The graph cannot be written to {cache} ({error.strerror}); "
                "set CLEW_CACHE_DIR to a folder with space that you may write to."
            ) from error
        except ChildDiedError as error:
            raise StoreError(
                f"The graph cannot be built in {cache}: the engine ended without a word, as it "
                "does where a file cannot grow; set CLEW_CACHE_DIR to a folder with space."
            ) from error
        except RuntimeError as error:
            raise StoreError(f"The graph cannot be built in {cache}: {error}") from error
        self.schema = snapshot.schema
        self._opened = OpenGraph(database, self.schema)
        _prune(cache, keep=folder)

    @property
    def _graph(self) -> OpenGraph:
        if self._opened is None:
            raise empty_store()
        return self._opened

    def close(self) -> None:
        """Closes the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def _is_whole(folder: FilePath) -> bool:
    try:
        return (folder / "checksum").read_text() == _checksum(folder / "graph.lbug")
    except (OSError, UnicodeDecodeError):
        return False


def _checksum(file: FilePath) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _build(folder: FilePath, snapshot: Snapshot) -> None:
    """Makes the graph of a snapshot, unless another process has just made it."""
    with owner_only():
        folder.parent.mkdir(parents=True, exist_ok=True)
    with holding(folder.parent / _LOCK, wait=True):
        if not _is_whole(folder):
            _build_alone(folder, snapshot)


def _build_alone(folder: FilePath, snapshot: Snapshot) -> None:
    new = FilePath(mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        in_child(lambda: _fill(new, snapshot))
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _fill(folder: FilePath, snapshot: Snapshot) -> None:
    """Writes the files of a graph."""
    file = folder / "graph.lbug"
    with owner_only():
        database = open_database(file, read_only=False)
        try:
            _create(database, snapshot.schema)
            _copy(database, snapshot)
        finally:
            database.close()
        (folder / "checksum").write_text(_checksum(file))


def _create(database: "ladybug.Database", schema: Schema) -> None:
    import ladybug

    any_label = next(iter(schema.labels))
    without = {rel: [EdgeType(any_label, rel, any_label)] for rel in schema.relationships}
    with ladybug.Connection(database) as connection:
        prepare(connection)
        connection.execute("BEGIN TRANSACTION")
        for label, columns in schema.labels.items():
            create_nodes(connection, label, columns)
        for rel, pairs in {**without, **by_type(schema.pairs)}.items():
            create_edges(connection, rel, pairs, schema.relationships[rel])
        connection.execute("COMMIT")


def _copy(database: "ladybug.Database", snapshot: Snapshot) -> None:
    import ladybug

    # A connection keeps the tables that it has read alive.
    for label in snapshot.labels:
        with ladybug.Connection(database) as connection:
            copy_nodes(connection, label, snapshot.nodes(label))
    for pair in snapshot.pairs:
        with ladybug.Connection(database) as connection:
            copy_edges(connection, pair, snapshot.edges(pair))


def _prune(cache: FilePath, keep: FilePath) -> None:
    """Removes graphs that were not opened for long; one that is in use stays readable."""
    with suppress(OSError):
        now = time.time()
        built = []
        for folder in cache.iterdir():
            used = folder.stat().st_mtime
            if folder.name == _LOCK:
                continue
            if not folder.name.startswith(".new-"):
                built.append((used, folder))
            elif now - used > _ABANDONED_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        for _, folder in sorted(built, reverse=True)[_KEPT:]:
            if folder != keep:
                shutil.rmtree(folder, ignore_errors=True)
