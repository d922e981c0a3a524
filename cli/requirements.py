"""The requirements of a framework, as ``clew check --compliance`` writes them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from .output import console_for, count, folded, messages, opened, write_rows, write_table

if TYPE_CHECKING:
    from ..checks.frameworks import RequirementRow

STATUS_WORDS: Mapping[str, str] = {
    "PARTLY": "PASS in part",
    "NO_RESOURCES": "no resources",
    "MUTED": "muted",
    "NOT_CHECKED": "not checked",
    "NOT_COVERED": "not covered",
    "UNDECIDABLE": "not decidable",
}
"""What a table calls those statuses whose names do not speak for themselves."""
_COLUMNS = ("requirement", "status", "findings", "title")


def write_requirements(rows: "Sequence[RequirementRow]", form: str, output: Path | None) -> None:
    """Writes how requirements stand, and says how many stand in which way."""
    if form == "table":
        _write_table(rows, output)
    else:
        documents = [row.model_dump(mode="json") for row in rows]
        write_rows(documents, list(type(rows[0]).model_fields), form, output)
    numbers = Counter(str(row.status) for row in rows)
    words = (f"{number} {STATUS_WORDS.get(name, name)}" for name, number in numbers.items())
    messages().print(f"{count(len(rows), 'requirement')}: {', '.join(words)}.")


def _write_table(rows: "Sequence[RequirementRow]", output: Path | None) -> None:
    """A table whose notes stand below it, each once, since many requirements share one."""
    found = dict.fromkeys(note for row in rows for note in _notes(row))
    notes = {note: number for number, note in enumerate(found, 1)}
    lines = [
        {
            "requirement": row.requirement,
            "status": STATUS_WORDS.get(row.status, str(row.status))
            + "".join(f" ({notes[note]})" for note in _notes(row)),
            "findings": _numbers(row),
            "title": row.title,
        }
        for row in rows
    ]
    with opened(output) as stream:
        write_table(lines, _COLUMNS, stream)
        console = console_for(stream)
        for note, number in notes.items():
            mark = f"({number}) "
            text = folded(note, console.width - len(mark)) if console.is_terminal else note
            stream.write(f"\n{mark}{indent(text, ' ' * len(mark)).lstrip()}")
        stream.write("\n" if notes else "")


def _notes(row: "RequirementRow") -> list[str]:
    some = 0 < len(row.not_run) < len(row.checks)
    return [*filter(None, [row.note, "Not all of its checks were run." if some else ""])]


def _numbers(row: "RequirementRow") -> str:
    """How many findings stand as the requirement does, of how many that are not muted."""
    whole = sum(row.findings.values())
    alike = row.findings.get("PASS" if row.status == "PARTLY" else row.status, 0)
    muted = f"{row.muted:,} muted" if row.muted else ""
    shown = f"{alike:,} of {whole:,}" if alike < whole else f"{whole:,}" if whole else ""
    return ", ".join(filter(None, [shown, muted]))
