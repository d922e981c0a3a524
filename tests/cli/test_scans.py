"""Where scans live, and which one a command means."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from clew.cli import scans
from clew.cli.errors import CommandError, UsageError


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return folder


def test_the_newest_whole_scan_is_meant(home: Path) -> None:
    with pytest.raises(CommandError, match="There is no scan yet"):
        scans.locate(None)
    make(home / "scans" / "2025-01-01T00-00-00Z")
    newest = make(home / "scans" / "2025-02-01T00-00-00Z")
    (home / "scans" / "2025-03-01T00-00-00Z.partial").mkdir()
    (home / "scans" / "2025-04-01T00-00-00Z").mkdir()
    assert scans.locate(None) == newest


def test_a_scan_is_meant_by_folder_by_name_or_as_the_demo(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make(home / "scans" / "2025-01-01T00-00-00Z")
    elsewhere = make(tmp_path / "here")
    assert scans.locate(str(elsewhere)) == elsewhere
    assert scans.locate("2025-01-01T00-00-00Z") == kept
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "demo")
    assert scans.locate("demo") == scans.demo_folder()
    assert scans.locate("./demo") == Path("demo")
    with pytest.raises(UsageError, match="Did you mean 2025-01-01T00-00-00Z"):
        scans.locate("2025-01-01T00-00-01Z")


def test_scans_of_the_same_second_get_names_of_their_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Noon(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Noon":
            return cls(2025, 1, 1, 12, tzinfo=UTC)

    monkeypatch.setattr(scans, "datetime", Noon)
    assert scans.new().name == "2025-01-01T12-00-00Z"
    make(home / "scans" / "2025-01-01T12-00-00Z")
    (home / "scans" / "2025-01-01T12-00-00Z-2.partial").mkdir()
    assert scans.new().name == "2025-01-01T12-00-00Z-3"


def test_without_a_home_of_its_own_it_is_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CLEW_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert scans.home().name == "clew"
