"""A lock is one process's, and ends with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clew.graph.lock import LockedError, holding

_HOLD = """
import sys
from pathlib import Path
from typing import Any
from clew.graph.lock import holding
with holding(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(file: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_named_and_kept_out(tmp_path: Path) -> None:
    with hold(tmp_path / "lock") as other:
        with pytest.raises(LockedError) as refused, holding(tmp_path / "lock"):
            pass
        assert refused.value.process == str(other.pid)
        other.communicate()
    with holding(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == str(os.getpid())
    assert not (tmp_path / "lock").exists()


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    with hold(tmp_path / "lock") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with holding(tmp_path / "lock"):
            pass


def test_one_that_waits_gets_it_when_the_other_ends(tmp_path: Path) -> None:
    waiting = [sys.executable, "-c", _HOLD.replace("]))", "]), wait=True)"), str(tmp_path / "lock")]
    piped: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with hold(tmp_path / "lock") as first, subprocess.Popen(waiting, **piped) as second:
        assert second.poll() is None
        first.communicate()
        assert second.communicate()[0] == "held\n"


def test_a_lock_whose_file_was_removed_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with holding(file):
        file.unlink()
        with holding(file):
            assert file.exists()
