"""The techniques of a package are read from YAML once, and mean the same afterwards."""

from pathlib import Path
from typing import NoReturn

import pytest
from clew.content import content
from clew.graph.attack import aws
from clew.graph.attack.aws.vocabulary import AWS
from clew.graph.attack.engine import technique_files


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path))
    return tmp_path / "techniques"


def read() -> technique_files.TechniqueSet:
    return technique_files._techniques.__wrapped__(aws.__name__, AWS, content())


def unexpected(file: str, text: str) -> NoReturn:
    raise AssertionError(f"{file} is read again")


def test_yaml_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = read()
    monkeypatch.setattr(technique_files, "read_yaml", unexpected)
    assert read() == first


def test_what_is_damaged_is_read_anew(cache: Path) -> None:
    first = read()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert read() == first
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_nothing_is_missed(cache: Path) -> None:
    cache.write_text("a file, where a folder should be")
    assert read() == read()
