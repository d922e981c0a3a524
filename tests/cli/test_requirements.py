"""How the requirements of a framework are written."""

import json
from pathlib import Path

import pytest
from clew.checks.frameworks import RequirementRow, RequirementStatus
from clew.cli.requirements import STATUS_WORDS, write_requirements


def row(
    number: str, status: str, note: str = "", muted: int = 0, **findings: int
) -> RequirementRow:
    return RequirementRow(
        requirement=number,
        title=f"Title {number}",
        status=RequirementStatus(status),
        findings=findings,
        muted=muted,
        checks=["one", "two"],
        not_run=["two"] if status == "PARTLY" else [],
        note=note,
    )


ROWS = [
    row("1", "FAIL", FAIL=2, MANUAL=1, PASS=3),
    row("2", "PARTLY", note="The rest is left open.", PASS=4, muted=1),
    row("3", "UNDECIDABLE", note="People decide it."),
    row("4", "MANUAL", note="The rest is left open.", MANUAL=1, PASS=1),
    row("5", "PASS", PASS=1),
]


def test_a_table_tells_each_note_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_requirements(ROWS, "table", tmp_path / "table")
    lines = [line.split("  ") for line in (tmp_path / "table").read_text("utf-8").splitlines()]
    assert [[cell.strip() for cell in line if cell] for line in lines] == [
        ["REQUIREMENT", "STATUS", "FINDINGS", "TITLE"],
        ["1", "FAIL", "2 of 6", "Title 1"],
        ["2", "PASS in part (1) (2)", "4, 1 muted", "Title 2"],
        ["3", "not decidable (3)", "Title 3"],
        ["4", "MANUAL (1)", "1 of 2", "Title 4"],
        ["5", "PASS", "1", "Title 5"],
        [],
        ["(1) The rest is left open."],
        ["(2) Not all of its checks were run."],
        ["(3) People decide it."],
    ]
    said = "5 requirements: 1 FAIL, 1 PASS in part, 1 not decidable, 1 MANUAL, 1 PASS."
    assert said in " ".join(capsys.readouterr().err.split())


def test_json_tells_all_of_a_requirement(tmp_path: Path) -> None:
    write_requirements(ROWS, "json", tmp_path / "json")
    written = json.loads((tmp_path / "json").read_text("utf-8"))
    assert [RequirementRow.model_validate(each) for each in written] == ROWS


def test_words_stand_for_statuses_that_there_are() -> None:
    assert {*STATUS_WORDS} < {*RequirementStatus}
