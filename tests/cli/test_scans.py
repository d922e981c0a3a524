"""Where scans live, and which one a command means."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from clew.cli import scans
from clew.cli.errors import ClewError, UsageError
from clew.collectors.registry import models
from clew.graph.cache import cache_root
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot
from clew.scans import places
from clew.scans.bundled import open_demo
from clew.scans.current_schema import current_schema
from clew.scans.places import demo_folder
from support.older_format import write_older


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    return folder


def test_the_newest_whole_scan_is_meant(home: Path) -> None:
    with pytest.raises(ClewError, match="There is no scan yet"):
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
    assert scans.locate("demo") == demo_folder()
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

    monkeypatch.setattr(places, "datetime", Noon)
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


def test_an_older_scan_takes_from_the_models_what_it_does_not_say(tmp_path: Path) -> None:
    older = write_older(open_demo(), tmp_path / "older", own_policies=None)
    written, found = Snapshot.open(older), scans.open_scan(str(older))
    assert written.schema.own_policies is None
    assert found.schema.own_policies == Schema.of(models()).own_policies
    assert found.digest == written.digest


def test_the_current_schema_is_that_of_the_models_whatever_the_cache_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path))
    expected = Schema.of(models())
    assert current_schema() == expected
    (kept,) = (cache_root() / "schemas").iterdir()
    assert current_schema() == expected
    kept.write_text("{")
    assert current_schema() == expected
    assert Schema.model_validate_json(kept.read_bytes()) == expected
