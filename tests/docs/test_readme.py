"""What the README shows of a command is what the command prints."""

import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from clew.cli.main import main

README = Path(__file__).parents[2] / "README.md"
CUT = "…"
"""Stands for any number of lines."""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def transcripts() -> Iterator[tuple[str, list[str]]]:
    """The commands with the lines below them."""
    lines = README.read_text().splitlines()
    for place, line in enumerate(lines):
        if line.startswith("    $ clew "):
            shown = []
            for below in lines[place + 1 :]:
                if not below.startswith("    ") or below.startswith("    $ "):
                    break
                shown.append(below[4:].rstrip())
            yield line.removeprefix("    $ clew "), shown


@pytest.mark.parametrize(("command", "shown"), [*transcripts()])
def test_a_transcript_is_what_the_command_prints(
    command: str, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"COLUMNS": "92", "NO_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    main(shlex.split(command))
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    printed = [line.rstrip() for line in text.splitlines()]
    at, may_skip = 0, True
    for line in shown:
        if line.strip() == CUT:
            may_skip = True
            continue
        assert line in printed[at:], f"clew {command} prints no such line: {line}"
        place = printed.index(line, at)
        assert may_skip or place == at, f"there are lines between, before: {line}"
        at, may_skip = place + 1, False


def test_there_are_transcripts() -> None:
    assert len(list(transcripts())) > 2
