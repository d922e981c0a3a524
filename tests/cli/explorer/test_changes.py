"""What the explorer says of an older scan: the same as the command line, of no other folder."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.offline import write_page
from clew.cli.explorer.other_scans import OtherScans
from clew.cli.explorer.server import ExplorerServer
from clew.errors import ClewError
from clew.scans.places import open_scan
from cli.conftest import Clew
from cli.explorer.conftest import BOUNDS, Seen
from cli.explorer.test_offline import data_in, page_of

READY = "main:not([aria-busy]) h1"
ANN = "arn:aws:iam::111122223333:user/ann"
CHANGES = "main:not([aria-busy]) .change"


class Pair:
    """Two scans of an account: in the older one a user can make an administrator of itself."""

    def __init__(self, clew: Clew, folder: Path) -> None:
        self.old, self.new = (
            _imported(clew, folder / name, action)
            for name, action in (("old", "iam:AttachUserPolicy"), ("new", "iam:GetUser"))
        )
        self.answers = Answers(open_scan(str(self.new)), BOUNDS, str(self.old))


def _imported(clew: Clew, folder: Path, action: str) -> Path:
    folder.mkdir()
    statement = {"Sid": "Own", "Effect": "Allow", "Action": action, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    user = {
        "Arn": ANN,
        "UserName": "ann",
        "Path": "/",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy}],
    }
    file = folder / "iam.json"
    file.write_text(json.dumps({"UserDetailList": [user]}))
    assert clew("import", file, "-o", folder / "scan").code == 0
    return folder / "scan"


@pytest.fixture
def pair(clew: Clew, tmp_path: Path) -> Pair:
    return Pair(clew, tmp_path)


def test_changes_are_those_of_the_command_line(pair: Pair, clew: Clew) -> None:
    done = clew("diff", pair.old, pair.new, "-f", "json")
    assert pair.answers.diff({"old": [str(pair.old)]}) == done.json
    assert [each["change"] for each in done.json["paths"]] == ["removed"]


def test_only_scans_that_are_listed_can_be_named(pair: Pair) -> None:
    assert pair.answers.others.names[0] == str(pair.old)
    for name in (str(pair.new), str(pair.old.parent), "demo", "..", "s3://bucket/scan"):
        with pytest.raises(ClewError, match="no scan"):
            pair.answers.diff({"old": [name]})


def test_scans_of_clews_own_folder_are_listed_but_the_one_that_is_shown(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scans = tmp_path / "home" / "scans"
    scans.mkdir(parents=True)
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    pair.old.rename(scans / "2026-01-01T00-00-00Z")
    pair.new.rename(scans / "2026-01-02T00-00-00Z")
    shown = OtherScans(open_scan("2026-01-02T00-00-00Z"))
    assert shown.names == ["2026-01-01T00-00-00Z"]
    assert shown.open("2026-01-01T00-00-00Z").manifest.scope.accounts


def test_an_older_scan_that_there_is_not_is_said_at_once(clew: Clew) -> None:
    for command in (("serve", "demo"), ("export", "demo", "-f", "html")):
        done = clew(*command, "--old", "nowhere")
        assert done.code == 2
        assert "There is no scan 'nowhere'" in done.err


def test_the_older_scan_is_for_the_explorer_alone(clew: Clew) -> None:
    done = clew("export", "demo", "-f", "dot", "--old", "demo")
    assert (done.code, done.out) == (2, "")
    assert "--old" in done.err


@contextmanager
def serving(answers: Answers) -> Iterator[ExplorerServer]:
    with ExplorerServer(answers) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_path_that_went_is_shown_with_what_cut_it(
    pair: Pair, watched: Callable[..., Seen]
) -> None:
    with serving(pair.answers) as server:
        origin = server.address.partition("/?")[0]
        seen = watched(origin)
        seen.page.goto(server.address)
        seen.page.goto(f"{origin}/#/changes")
        seen.page.wait_for_selector(READY)
        seen.page.get_by_role("button", name="Compare").click()
        _see_the_cut(seen.page)
        assert f"old={quote(str(pair.old), safe='')}" in seen.page.url
    assert seen.complaints == []


def test_the_offline_file_has_the_changes(
    pair: Pair, watched: Callable[..., Seen], tmp_path: Path
) -> None:
    assert [*data_in(page_of(pair.answers))["changes"]] == [str(pair.old)]
    file = tmp_path / "scan.html"
    with file.open("w", encoding="utf-8") as stream:
        write_page(pair.answers, stream)
    seen = watched(file.as_uri())
    seen.page.goto(f"{file.as_uri()}#/changes")
    seen.page.wait_for_selector(CHANGES)
    _see_the_cut(seen.page)
    assert seen.complaints == []


def _see_the_cut(page: Any) -> None:
    change = page.locator(CHANGES)
    page.wait_for_selector(".change svg.drawing .edge-label")
    # A level line has no height, which counts as hidden.
    assert change.locator(".edge.gone").count() == 1
    assert "gone" in change.inner_text()
    assert "Statement" in change.inner_text()
    assert "no other path" in change.inner_text()
