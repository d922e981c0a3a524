"""Errors that end a command, each with the sentence to print and the exit code."""

import errno
import os
from enum import IntEnum

from ..graph.suggestions import nearest as nearest

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system answers where a disk, a quota or a file is full."""


class ExitCode(IntEnum):
    """The exit codes."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    INCOMPLETE = 4
    INTERRUPTED = 130


class CommandError(Exception):
    """A command failed; the sentences say why and what to do. Empty ones are left out."""

    code = ExitCode.FAILED

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(filter(None, sentences)))


class UsageError(CommandError):
    """A command was used in a wrong way; the message says what would be right."""

    code = ExitCode.USAGE


class InterruptedScanError(CommandError):
    """A command was stopped by hand; the message says what is left of its work."""

    code = ExitCode.INTERRUPTED


def explain(error: Exception) -> tuple[str, ExitCode]:
    """The sentence for an error that a command raised, and the exit code."""
    from ..collectors.errors import CollectError
    from ..graph.attack.endpoints import NamingError
    from ..graph.snapshot import SnapshotError
    from ..graph.stores.store import StoreError
    from ..queries.errors import ParameterError, QueryFileError

    if isinstance(error, CommandError):
        return str(error), error.code
    if isinstance(error, ParameterError):
        return str(error), ExitCode.USAGE
    if isinstance(error, NamingError):
        return f"{error}.", ExitCode.USAGE
    if isinstance(error, CollectError | SnapshotError | StoreError | QueryFileError):
        return str(error), ExitCode.FAILED
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        place = f" to {error.filename}" if error.filename else ""
        return f"Nothing more can be written{place}: {os.strerror(error.errno)}.", ExitCode.FAILED
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", ExitCode.FAILED
    kind = type(error).__name__
    return (
        f"Clew itself failed ({kind}: {error}). Run it with --debug and report what it shows.",
        ExitCode.FAILED,
    )
