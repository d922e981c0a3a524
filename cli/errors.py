"""Errors that end a command, each with the sentence to print and the exit code."""

import errno
import os
from enum import IntEnum

from ..errors import ClewError as ClewError
from ..errors import UsageError as UsageError
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


class InterruptedScanError(ClewError):
    """A command was stopped by hand; the message says what is left of its work."""


def explain(error: Exception) -> tuple[str, ExitCode]:
    """The sentence for an error that a command raised, and the exit code."""
    if isinstance(error, ClewError):
        return str(error), _code_of(error)
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


def _code_of(error: ClewError) -> ExitCode:
    if isinstance(error, InterruptedScanError):
        return ExitCode.INTERRUPTED
    return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILED
