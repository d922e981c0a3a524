"""The Parquet files in a snapshot's folder, read as far as they are asked for."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import SnapshotError

_FEW = 10_000


class TableFiles:
    """The tables of a snapshot; what is not as its schema says is an error.

    ``called`` is what messages call the snapshot.
    """

    def __init__(self, folder: Path, names: Collection[str], called: object) -> None:
        self._folder = folder
        self._names = names
        self._called = called

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def rows(self, name: str, columns: pa.Schema, only: Sequence[str] | None = None) -> pa.Table:
        """The rows of a file, none if the snapshot has no such file, with ``only`` some columns.

        :raises SnapshotError: if the file is not as ``columns`` say.
        """
        if name not in self:
            return (select(columns, only)).empty_table()
        with self.opened(name, columns) as file:
            # Threads are for more than a few rows of a few kilobytes.
            return checked(file.read(columns=only, use_threads=file.metadata.num_rows > _FEW))

    def count(self, name: str) -> int:
        """How many rows a file has."""
        if name not in self:
            return 0
        with self.opened(name) as file:
            return int(file.metadata.num_rows)

    @contextmanager
    def opened(self, name: str, columns: pa.Schema | None = None) -> Iterator[pq.ParquetFile]:
        """A file; whatever is wrong with it, then or later, is an error.

        :raises SnapshotError: if it is not as ``columns`` say, or its content is damaged.
        """
        try:
            with pq.ParquetFile(self._folder / name) as file:
                if columns is not None and not file.schema_arrow.equals(columns):
                    raise self.damaged(name)
                yield file
        except (pa.ArrowException, OSError, ValueError):
            raise self.damaged(name) from None

    def damaged(self, name: str) -> SnapshotError:
        """That a file is not what was written."""
        return SnapshotError.damaged(self._called, name)


def select(columns: pa.Schema, only: Sequence[str] | None) -> pa.Schema:
    """Some of the columns, or all."""
    return columns if only is None else pa.schema([columns.field(name) for name in only])


def checked(table: pa.Table) -> pa.Table:
    """The table, once its values are proved to be what their types say."""
    table.validate(full=True)
    return table
