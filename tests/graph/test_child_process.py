import faulthandler
import os
import signal
import sys
from pathlib import Path

import pytest
from clew.graph.child_process import ChildDiedError, bounded, in_child

GIB = 2**30


class OddError(Exception):
    """Cannot be made again from its arguments, as pickle would."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def test_the_answer_comes_back() -> None:
    known = {"rows": [1, None, "é"]}
    assert in_child(lambda: known) == known
    assert in_child(os.getpid) != os.getpid()


def test_an_error_is_raised_here() -> None:
    def fail(error: Exception) -> None:
        raise error

    with pytest.raises(OSError, match="No space left") as caught:
        in_child(lambda: fail(OSError(28, "No space left on device")))
    assert caught.value.errno == 28
    with pytest.raises(RuntimeError, match="OddError: this and that"):
        in_child(lambda: fail(OddError("this", "that")))


@pytest.mark.parametrize("ended_by", [signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL])
def test_what_kills_the_work_ends_only_the_work(
    ended_by: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    def die() -> None:
        faulthandler.disable()
        os.write(2, b"terminate called")
        os.kill(os.getpid(), ended_by)

    with pytest.raises(ChildDiedError) as caught:
        in_child(die)
    assert not caught.value.ran_out_of_time
    assert capfd.readouterr() == ("", "")


def test_time_is_bounded_whatever_the_work_does() -> None:
    def spin() -> None:
        with bounded(GIB, 0.2):
            # One call of the interpreter's own code, which no signal handler would interrupt.
            sum(range(10**12))

    with pytest.raises(ChildDiedError) as caught:
        in_child(spin)
    assert caught.value.ran_out_of_time


def test_the_bounds_end_with_their_block() -> None:
    def work() -> int:
        with bounded(GIB // 8, 0.2):
            pass
        signal.sigtimedwait([], 0.4)
        return len(bytearray(GIB // 4))

    assert in_child(work) == GIB // 4


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_memory_is_bounded() -> None:
    def take() -> int:
        with bounded(GIB // 8, 60):
            return len(bytearray(GIB))

    with pytest.raises(MemoryError):
        in_child(take)


def test_a_parent_that_is_interrupted_leaves_no_child(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "child").write_text(str(os.getpid()))
        os.kill(os.getppid(), signal.SIGINT)
        signal.pause()

    # What runs in the background ignores interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            in_child(work)
    finally:
        signal.signal(signal.SIGINT, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "child").read_text()), 0)
