"""Tables that fit, CSV that no spreadsheet runs, files that are whole."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from clew.cli import output
from clew.cli.errors import UsageError
from clew.cli.output import (
    check_folder,
    folded,
    opened,
    opened_folder,
    text_of,
    without_markup,
    write_csv,
    write_rows,
    write_table,
)
from hypothesis import given
from hypothesis import strategies as st

ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/clew-web/0a10000001"
ROWS = [{"status": "FAIL", "resource": ARN, "target": ARN, "why": "It does not say so."}]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def shown(names: tuple[str, ...]) -> str:
    stream = Terminal()
    write_table(ROWS, names, stream)
    return stream.getvalue()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_pipe_gets_a_line_for_each_row_in_full_and_no_colours() -> None:
    stream = io.StringIO()
    write_table(ROWS, ("status", "resource", "target"), stream)
    assert stream.getvalue().splitlines()[1] == f"FAIL    {ARN}  {ARN}"
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("names", [("status", "resource", "why"), ("status", "resource", "target")])
def test_a_terminal_gets_columns_that_fit_and_lose_nothing(
    names: tuple[str, ...], columns: None
) -> None:
    text = plain(shown(names))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.startswith("STATUS")
    for name in names[1:]:
        column = text.splitlines()[0].index(name.upper())
        end = column + len(name)
        assert end <= 80
    assert "".join(re.findall(r"[a-z0-9:/-]{8,}", text)).count("elasticloadbalancing") >= 1


def test_columns_that_would_be_too_narrow_become_blocks(
    columns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = plain(shown(("status", "resource", "target", "why")))
    assert all(len(line) <= 40 for line in text.splitlines())
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == [
        "STATUS",
        "RESOURCE",
        "TARGET",
        "WHY",
    ]


def test_colours_only_on_a_terminal_and_not_under_no_color(
    columns: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[1;31mFAIL" in shown(("status",))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in shown(("status",))


def test_a_name_cannot_steer_the_terminal() -> None:
    assert text_of("a\x1b[2Jb\nc\u202e") == "a\\x1b[2Jb\\nc\\u202e"


def test_cells_that_a_spreadsheet_would_run_are_prefixed() -> None:
    stream = io.StringIO(newline="")
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a=1", -1, True, None, ["=a", 'b"'], {"k": 1}]
    write_csv([{"value": cell} for cell in cells], ("value",), stream)
    stream.seek(0)
    read = [row[0] if row else "" for row in csv.reader(stream)]
    assert read[1:7] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx"]
    assert read[7:] == ["a=1", "-1", "true", "", '["=a", "b\\""]', '{"k": 1}']


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "⁼"])  # noqa: RUF001
@pytest.mark.parametrize(
    "before",
    ["", " ", "\n", "\r\n", "\t ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\x00", " \x1b"],
)
def test_no_blank_or_spelling_hides_a_formula(sign: str, before: str) -> None:
    stream = io.StringIO(newline="")
    write_csv([{"value": f"{before}{sign}cmd|' /C calc'!A0"}], ("value",), stream)
    stream.seek(0)
    assert list(csv.reader(stream))[1][0].startswith("'")


STEERING = "\x1b]0;x\x07 \x9b2J \x7f \u202e \u2066 \u2028 \U000e0001 é漢🧶"


def test_json_cannot_steer_a_terminal_and_says_the_same() -> None:
    for stream in (Terminal(), io.StringIO()):
        output.write_json({"name": STEERING}, stream)
        assert stream.getvalue().replace("\n", "").isprintable()
        assert "é漢🧶" in stream.getvalue()
        assert json.loads(stream.getvalue()) == {"name": STEERING}
    assert output.json_line(STEERING).isprintable()
    assert json.loads(output.json_line(STEERING)) == STEERING


def test_csv_cannot_steer_a_terminal_and_a_file_holds_what_was_read() -> None:
    terminal, file = Terminal(newline=""), io.StringIO(newline="")
    for stream in (terminal, file):
        write_csv([{"name": STEERING, "n": 1}], ("name", "n"), stream)
        stream.seek(0)
    assert terminal.getvalue().replace("\r\n", "").isprintable()
    assert list(csv.reader(file))[1] == [STEERING, "1"]


def test_a_folder_is_filled_whole_or_not_at_all(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        with opened_folder(folder) as new:
            (new / "first").write_text("x")
            raise RuntimeError

    for place in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(RuntimeError):
            fill(place)
        assert not [*tmp_path.rglob("*")]
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "new", tmp_path / "empty"):
        with opened_folder(check_folder(place)) as new:
            (new / "first").write_text("x")
        assert [file.name for file in place.iterdir()] == ["first"]
    assert {file.name for file in tmp_path.iterdir()} == {"new", "empty"}


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    for place in (tmp_path, tmp_path / "mine", None):
        with pytest.raises(UsageError):
            check_folder(place)
    assert (tmp_path / "mine").read_text() == "x"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("before")
    with pytest.raises(TypeError), opened(file) as stream:
        json.dump(["half", object()], stream)
    assert file.read_text() == "before"
    write_rows([{"a": "ü\ud800"}], ("a",), "json", file)
    assert json.loads(file.read_text("utf-8")) == [{"a": "ü\ud800"}]
    assert os.listdir(tmp_path) == ["out.json"]
    assert oct(file.stat().st_mode)[-3:] == oct(0o666 & ~output._umask())[-3:]


def test_no_name_is_broken_inside_where_it_fits(columns: None) -> None:
    rows = [
        {
            "status": "denied",
            "call": "autoscaling:DescribeLaunchConfigurations",
            "where": "66666666-7777-8888-9999-000000000000 global",
            "why": "AccessDeniedException: User is not authorized to perform this action",
        }
    ]
    stream = Terminal()
    write_table(rows, tuple(rows[0]), stream)
    text = plain(stream.getvalue())
    assert all(len(line) <= 80 for line in text.splitlines())
    for word in ("DescribeLaunchConfigurations", "AccessDeniedException:", "authorized", "global"):
        assert word in text


@given(st.text("ab c:/-.", max_size=60), st.integers(1, 20))
def test_folding_loses_nothing(text: str, width: int) -> None:
    lines = folded(text, width).split("\n")
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    words = [word for word in text.split() if len(word) <= width]
    assert [word for word in words if word not in " ".join(lines)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AccessDenied: User <a> may not", "AccessDenied: User <a> may not"),
        ("<!DOCTYPE html><html><title>503 Busy</title><body>x</body></html>", "503 Busy"),
        ("<html><h1>Not\n found</h1><script>if (a<b) {}</script>&amp; gone", "Not found & gone"),
        ("502: <HTML><title> </title><body><style>p{}</style></body>", "502:"),
        ("<html></html>", "a page of HTML without words"),
    ],
)  # fmt: skip
def test_a_page_of_html_is_what_it_says(text: str, said: str) -> None:
    assert without_markup(text) == said


@pytest.mark.parametrize("place", ["nowhere/out.json", "folder"])
def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=re.escape(f"'{tmp_path / place}'")) as caught:
        write_rows([], ("a",), "json", tmp_path / place)
    assert f".{Path(place).name}-" not in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    """As a device does: root would replace /dev/null."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with opened(pipe) as stream:
        stream.write("text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
    assert [*tmp_path.iterdir()] == [pipe]


def test_what_a_link_names_is_written_and_the_link_stays(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    with opened(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert file.read_text() == "new"


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as error, opened(tmp_path):
        pass
    assert error.value.filename == str(tmp_path)


def test_standard_output_by_its_name_may_be_a_pipe() -> None:
    script = (
        "from pathlib import Path; from clew.cli.output import opened\n"
        "with opened(Path('/dev/stdout')) as stream: stream.write('text')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("text", "")
    assert Path("/dev/stdout").is_symlink()
