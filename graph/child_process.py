"""Runs work in a process of its own: what takes too much there, or kills it, ends only that one.

An engine written in C++ may take all memory before it looks at its own limits, and end the process
where a file cannot be written. A fork costs milliseconds, and the work sees all that was read
before. Where a system has no fork the work runs in this process.
"""

import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")


class ChildDiedError(Exception):
    """The process ended before its work did."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the process ended with {status}")
        self.ran_out_of_time = status == -signal.SIGALRM if hasattr(signal, "SIGALRM") else False


def in_child(work: Callable[[], T]) -> T:
    """What the work returns, which must be picklable; what it raises is raised here.

    :raises ChildDiedError: if the process ended before.
    """
    if not hasattr(os, "fork"):
        return work()
    reading, writing = os.pipe()
    # An interrupt waits until each of the two processes knows which one it is.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing)
    status: int | None = None
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            answer = _answer(stream)
        _, ended = os.waitpid(child, 0)
        status = os.waitstatus_to_exitcode(ended)
    finally:
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    if answer is None:
        raise ChildDiedError(status)
    value, error = answer
    if error is not None:
        raise error
    result: T = value
    return result


def _answer(stream: BinaryIO) -> tuple[Any, Exception | None] | None:
    """What the child wrote; nothing if it did not come to its end."""
    try:
        known: tuple[Any, Exception | None] = pickle.load(stream)  # noqa: S301 our own process
    except (EOFError, pickle.UnpicklingError):
        return None
    return known


def _work(work: Callable[[], T], writing: int) -> None:
    """Works, writes the answer, and ends the process without any of its parent's clean-up."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # What a library says as it dies is for its developers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    ended = 1
    try:
        with os.fdopen(writing, "wb") as stream:
            try:
                answer = (work(), None)
            except Exception as error:
                pickle.dump((None, _picklable(error)), stream)
            else:
                pickle.dump(answer, stream)
        ended = 0
    finally:
        os._exit(ended)


def _picklable(error: Exception) -> Exception:
    """The error, or one that says the same if it could not be made again from its arguments."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 just made
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


@contextmanager
def bounded(memory: int, seconds: float) -> Iterator[None]:
    """Lets this process take so many further bytes, and kills it after so long.

    Only for use in a child. Memory is bounded on Linux only: nowhere else is it known how much
    there is already, and kept.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with _memory_bounded(memory):
        yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def _memory_bounded(memory: int) -> Iterator[None]:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            pages = int(stream.read().split()[0])
    except OSError:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + memory
    if soft != resource.RLIM_INFINITY:
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
