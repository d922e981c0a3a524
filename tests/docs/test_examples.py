"""The Python in the documentation runs, block after block as a reader would."""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONAL = ("pandas", "duckdb")


@pytest.mark.parametrize("page", ["python.md"])
def test_the_python_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall((DOCS / page).read_text("utf-8"))
    assert len(blocks) > 5
    known: dict[str, Any] = {"__name__": "__main__"}
    absent = [name for name in OPTIONAL if not find_spec(name)]
    for block in blocks:
        if not any(re.search(rf"\b{name}\b", block) for name in absent):
            exec(compile(block, page, "exec"), known)
    assert {*os.listdir(tmp_path)} <= {"home", "merged"}
    assert "Did you mean internet_reachable?" in capsys.readouterr().out
