"""The explorer as one file: nothing of a scan becomes markup, and no module is left out."""

import base64
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.offline import script, write_page
from clew.cli.explorer.static_files import ROOT
from cli.conftest import Clew
from cli.explorer.conftest import BOUNDS
from support.audit import bucket, trail
from support.judging import Estate
from support.small_scans import scan_of

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "a\x00b\x1b[31mc\u202ed",
    "lone \ud800 half",
    "'\"`${alert(1)}",
)


def page_of(answers: Answers) -> str:
    stream = io.StringIO()
    write_page(answers, stream)
    return stream.getvalue()


def data_in(page: str) -> Any:
    (packed,) = re.findall(r'id="embedded">([^<]*)</script>', page)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


@pytest.fixture
def hostile(tmp_path: Path) -> Answers:
    """A scan in which names, ids and policies would break out of a page that lets them."""
    resources = [bucket(f"b{place}{text}", policy=text) for place, text in enumerate(HOSTILE)]
    logs = trail("main", s3_bucket_name="</script>gone")
    return Answers(scan_of(tmp_path / "scan", Estate([*resources, logs])), BOUNDS)


def test_hostile_values_stay_values(hostile: Answers) -> None:
    page = page_of(hostile)
    assert "alert(1)" not in page
    assert page.count("</script>") == 3
    assert "\x1b" not in page
    names = [row["name"] for row in data_in(page)["answers"]["resources"]]
    assert "b0</script><img src=x onerror=alert(1)>" in names
    page.encode()


def test_the_same_scan_is_the_same_file(hostile: Answers) -> None:
    assert page_of(hostile) == page_of(hostile)


def test_what_the_file_loads_is_in_it_and_its_policy_lets_nothing_else_in(hostile: Answers) -> None:
    page = page_of(hostile)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    head = page.partition("<style>")[0]
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', head) == []


def test_every_module_is_in_the_script() -> None:
    for file in ROOT.rglob("*.js"):
        if file.parent.name != "vendor" and file.name != "app.js":
            assert f'modules["{file.relative_to(ROOT).as_posix()}"] =' in script()


def test_a_resource_of_the_file_is_that_of_the_server(answers: Answers) -> None:
    data = data_in(page_of(answers))
    rows = data["answers"]["resources"]
    for place in range(0, len(rows), 97):
        row = rows[place]
        known = json.loads(answers.get("resource", {"id": [row["id"]]}))
        properties, unread = data["details"][place]
        assert (known["properties"], known["unread"]) == (properties, unread)
        out = [(type_, rows[to]["id"]) for by, type_, to, _ in data["edges"] if by == place]
        assert sorted(out) == sorted(
            (one["type"], one["other"]["id"])
            for one in known["references"]
            if one["direction"] == "out"
        )
        gaps = [data["gaps"][number]["message"] for number in data["gaps_of"].get(row["label"], [])]
        assert gaps == [gap["message"] for gap in known["gaps"]]


def test_it_is_exported(clew: Clew, tmp_path: Path) -> None:
    done = clew("export", "demo", "-f", "html", "-o", tmp_path / "demo.html")
    assert (done.code, done.out) == (0, "")
    assert data_in((tmp_path / "demo.html").read_text("utf-8"))["paths"]["admin"]["paths"]


@pytest.mark.parametrize("part", [("--label", "AWSUser"), ("--paths",), ("--around", "x")])
def test_it_has_no_parts(part: tuple[str, ...], clew: Clew) -> None:
    done = clew("export", "demo", "-f", "html", *part)
    assert done.code == 2
    assert "holds the whole scan" in done.err
