"""What ends a command early, each with the sentence to print and the exit code."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit codes say."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    INCOMPLETE = 4
    INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""

    code = ExitCode.FAILED


class UsageError(CommandError):
    """A command was called in a way that makes no sense; the message says what would."""

    code = ExitCode.USAGE


class InterruptedScanError(CommandError):
    """A command was stopped by hand; the message says what is left of its work."""

    code = ExitCode.INTERRUPTED


def nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """The end of an error's sentence: what may have been meant, or what there is."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There is: {', '.join(known)}." if len(known) <= 20 else ""


def explain(error: Exception) -> tuple[str, ExitCode]:
    """The sentence for an error that a command raised, and the exit code."""
    from ..collectors.errors import CollectError
    from ..graph.snapshot import SnapshotError
    from ..graph.stores.store import StoreError

    if isinstance(error, CommandError):
        return str(error), error.code
    if isinstance(error, CollectError | SnapshotError | StoreError):
        return str(error), ExitCode.FAILED
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}.", ExitCode.FAILED
    kind = type(error).__name__
    return (
        f"Clew itself failed ({kind}: {error}). Run it with --debug and report what it shows.",
        ExitCode.FAILED,
    )
