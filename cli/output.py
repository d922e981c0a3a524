"""Data to standard output or a file, words to standard error; tables, JSON and CSV."""

import csv
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from io import TextIOWrapper
from pathlib import Path
from shutil import rmtree
from tempfile import NamedTemporaryFile, mkdtemp
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import normalize

from ..scans.plain_text import printable as printable
from ..scans.plain_text import text_of as text_of
from .errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

Rows = Sequence[Mapping[str, Any]]

_PERHAPS_CONTROLS = re.compile(r"[^\n\x20-\x7e]")
_FORMULA_SIGNS = ("=", "+", "-", "@")
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]*\S[^<]*)</title>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_PIECES = re.compile(r"[^\s:/.,;_=@|-]*[:/.,;_=@|-]+|[^\s:/.,;_=@|-]+")
"""The parts of words between which a line may break: they end with a mark."""
_GAP = 2
_NARROWEST = 16
"""Columns are folded to no less than this; where that does not fit each row is a block."""
_STYLES = {
    "FAIL": "bold red",
    "ERROR": "bold magenta",
    "MANUAL": "yellow",
    "PASS": "green",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "denied": "red",
    "error": "bold magenta",
    "throttled": "yellow",
    "ok": "green",
}


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that takes its place only once it is written whole; what is no
    file but a device or a pipe is written to as it is."""
    if path is None:
        if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
        yield sys.stdout
        return
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        return
    path = path.resolve()
    try:
        with NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="backslashreplace",
            newline="",
            dir=path.parent,
            prefix=f".{path.name}-",
            delete=False,
        ) as new:
            try:
                yield new.file  # type: ignore[misc]
                new.flush()
                os.fsync(new.fileno())
                os.chmod(new.name, 0o666 & ~_umask())
                os.replace(new.name, path)
            except BaseException:
                os.unlink(new.name)
                raise
    except OSError as error:
        if Path(error.filename or "").name.startswith(f".{path.name}-"):
            error.filename, error.filename2 = str(path), None  # nobody named the other file
        raise


def check_folder(path: Path | None) -> Path:
    """Lets only a folder pass that files may be written into.

    :raises UsageError: if none is named, or there is something already.
    """
    if path is None:
        raise UsageError("The format is a folder of files: name it with --output.")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already: name a new folder, or an empty one.")
    return path


@contextmanager
def opened_folder(path: Path) -> Iterator[Path]:
    """A folder that takes its place only once it is written whole."""
    path = path.resolve()
    new = Path(mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        yield new
        os.chmod(new, 0o777 & ~_umask())
        if path.exists():
            path.rmdir()
        new.rename(path)
    except BaseException:
        rmtree(new, ignore_errors=True)
        raise


def write_rows(rows: Rows, columns: Sequence[str], form: str, path: Path | None) -> None:
    """Writes rows as a table, one JSON array, or CSV."""
    with opened(path) as stream:
        if form == "json":
            write_json(rows, stream)
        elif form == "csv":
            write_csv(rows, columns, stream)
        else:
            write_table(rows, columns, stream)


def write_json(document: Any, stream: TextIO) -> None:
    """Writes one JSON document, in which nothing can steer a terminal."""
    for part in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(document):
        stream.write(_without_controls(part))
    stream.write("\n")


def json_line(document: Any) -> str:
    """The same on one line."""
    return _without_controls(json.dumps(document, ensure_ascii=False))


def _without_controls(text: str) -> str:
    """JSON with the characters escaped that are not printable, which mean the same so."""
    return _PERHAPS_CONTROLS.sub(
        lambda match: match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1], text
    )


def write_csv(rows: Rows, columns: Sequence[str], stream: TextIO) -> None:
    """Writes CSV (RFC 4180); a text that a spreadsheet would run as a formula is prefixed with
    ``'``. On a terminal control characters are spelled out."""
    writer = csv.writer(stream)
    writer.writerow(columns)
    for row in rows:
        cells = [_csv_cell(row.get(name)) for name in columns]
        if stream.isatty():
            cells = [printable(cell) if isinstance(cell, str) else cell for cell in cells]
        writer.writerow(cells)


def write_table(rows: Rows, columns: Sequence[str], stream: TextIO) -> None:
    """Writes a table: folded to a terminal's width, in full length anywhere else.

    Where the columns would become too narrow to read, or a name would be broken inside, each row is
    a block of lines instead.
    """
    cells = [[text_of(row.get(name)) for name in columns] for row in rows]
    heads = [_head(name) for name in columns]
    widths = [
        max([len(head), *(len(line[index]) for line in cells)]) for index, head in enumerate(heads)
    ]
    console = console_for(stream)
    if not console.is_terminal:
        for line in (heads, *cells):
            padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
            stream.write((" " * _GAP).join(padded).rstrip() + "\n")
        return
    gaps = _GAP * (len(columns) - 1)
    narrowest = [
        max(min(width, _NARROWEST), *(_longest_piece(line[index]) for line in (heads, *cells)))
        for index, width in enumerate(widths)
    ]
    if sum(narrowest) + gaps > console.width:
        _print_blocks(console, heads, cells)
    else:
        _print_table(console, heads, cells, _shared(console.width - gaps, narrowest, widths))


def _longest_piece(text: str) -> int:
    return max(map(len, _PIECES.findall(text)), default=0)


def _shared(width: int, narrowest: Sequence[int], widest: Sequence[int]) -> list[int]:
    """How wide columns are that have so much together: what is left after the narrowest goes to
    those that need more."""
    found, left = [*narrowest], width - sum(narrowest)
    needed = [most - least for least, most in zip(narrowest, widest, strict=True)]
    for index, need in sorted(enumerate(needed), key=lambda each: each[1]):
        wanting = sum(each >= need and each > 0 for each in needed)
        given = min(need, left // max(wanting, 1))
        found[index] += given
        left -= given
        needed[index] = 0
    return found


def folded(text: str, width: int) -> str:
    """A text in lines of a width: broken between words, and a word that is longer than a line
    between its parts."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
            continue
        if lines[-1]:
            lines.append("")
        for piece in [word] if len(word) <= width else _PIECES.findall(word):
            if len(lines[-1]) + len(piece) > width and lines[-1]:
                lines.append("")
            cut = range(0, len(piece), width)
            lines[-1:] = [lines[-1] + piece[:width], *(piece[at : at + width] for at in cut[1:])]
    return "\n".join(lines)


def _head(column: str) -> str:
    """What a column is headed with: its name, or the expression as it was written."""
    return column.replace("_", " ").upper() if column.isidentifier() else text_of(column)


def _print_table(
    console: "Console", heads: list[str], cells: list[list[str]], widths: list[int]
) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
    for head, width in zip(heads, widths, strict=True):
        table.add_column(head, overflow="fold", width=width)
    for line in cells:
        parts = zip(line, widths, strict=True)
        table.add_row(*(Text(folded(each, width), _STYLES.get(each, "")) for each, width in parts))
    console.print(table)


def _print_blocks(console: "Console", heads: list[str], cells: list[list[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    width = console.width - _GAP - max(map(len, heads), default=0)
    for number, line in enumerate(cells):
        if number:
            console.print()
        block = Table.grid(padding=(0, _GAP, 0, 0))
        block.add_column(no_wrap=True, style="bold")
        block.add_column(overflow="fold")
        for head, text in zip(heads, line, strict=True):
            block.add_row(head, Text(folded(text, max(width, 1)), _STYLES.get(text, "")))
        console.print(block)


def without_markup(text: str) -> str:
    """What a page of HTML says, which a proxy or a broken service may answer with: its title, else
    its words. Any other text stays as it is."""
    if not _PAGE.search(text):
        return text
    title = _TITLE.search(text)
    words = title[1] if title else _TAGS.sub(" ", _UNSEEN.sub(" ", text))
    return " ".join(unescape(words).split()) or "a page of HTML without words"


def style_of(value: str) -> str:
    """The style in which a status or severity is shown."""
    return _STYLES.get(value, "")


def console_for(stream: TextIO) -> "Console":
    """A console that writes data to a stream; colours and width only if it is a terminal."""
    from rich.console import Console

    return Console(
        file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty()
    )


def messages() -> "Console":
    """The console for progress, summaries and errors, on standard error."""
    from rich.console import Console

    return Console(
        stderr=True,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not sys.stderr.isatty(),
    )


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 scan``, ``1,200 scans``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return text_of(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping | list | tuple):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return f"'{text}" if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may run it: some skip what is blank, and take full-width signs."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    first = next((char for char in text if char.isprintable() and not char.isspace()), "")
    return normalize("NFKC", first) in _FORMULA_SIGNS


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
