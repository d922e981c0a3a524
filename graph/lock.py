"""Locks that one process holds. They end with the process, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from .owner_only import owner_only


class LockedError(Exception):
    """Another process holds the lock."""

    def __init__(self, process: str) -> None:
        super().__init__(f"process {process} holds the lock")
        self.process = process
        """Its id, as text; empty if it did not get to write it down."""


@contextmanager
def holding(file: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds the lock that a file stands for, and keeps this process's id in it. The file is gone
    afterwards.

    :raises LockedError: if another process holds it, unless this one is to ``wait``.
    :raises OSError: if the file cannot be made.
    """
    with _locked(file, wait) as stream:
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        try:
            yield
        finally:
            with suppress(OSError):  # Windows removes no file that is open
                file.unlink()


@contextmanager
def _locked(file: Path, wait: bool) -> Iterator[IO[str]]:
    while True:
        with owner_only():
            stream = file.open("a+", encoding="ascii")
        with stream:
            try:
                _lock(stream, wait)
            except OSError:
                stream.seek(0)
                raise LockedError(stream.read()) from None
            if _still_there(file, stream):
                yield stream
                return


def _still_there(file: Path, stream: IO[str]) -> bool:
    """Whether nobody removed the file while it was opened, and its lock with it."""
    try:
        return os.path.samestat(file.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    """Where the lock lies: Windows lets nobody read what is locked."""

    def _lock(stream: IO[str], wait: bool) -> None:
        stream.seek(_FAR)
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[str], wait: bool) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
