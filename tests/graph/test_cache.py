"""Files that are kept, and by what code they were made."""

import os
from functools import partial
from pathlib import Path

import pytest
from clew.graph.cache import _code_digest, cache_root, keep, prune, sealed, unsealed


def test_the_cache_can_be_put_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert cache_root() == tmp_path / "elsewhere"
    monkeypatch.delenv("CLEW_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root().name == "clew"


@pytest.mark.parametrize("suffix", [".py", ".yaml"])
def test_other_code_has_another_digest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "collectors").mkdir()
    monkeypatch.setattr("clew.graph.cache.__file__", str(tmp_path / "graph" / "cache.py"))
    file = tmp_path / "collectors" / f"a{suffix}"
    computed = partial(_code_digest.__wrapped__, "", ())
    digests = []
    for content in ("1", "2"):
        file.write_text(content)
        digests.append(computed())
    file.rename(tmp_path / "collectors" / f"b{suffix}")
    digests.append(computed())
    assert len({*digests}) == 3
    (tmp_path / "collectors" / "b.pyc").write_text("compiled")
    assert computed() == digests[-1]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    keep(file, lambda new: new.write_text("whole"))

    def fail(new: Path) -> None:
        new.write_text("ha")
        raise OSError(28, "No space left on device")

    keep(file, fail)
    assert [each.read_text() for each in file.parent.iterdir()] == ["whole"]


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file" / "below", lambda new: new.write_text("whole"))
    prune(tmp_path / "nowhere", 1)
    assert (tmp_path / "file").read_text() == ""


def test_the_files_that_were_used_last_stay(tmp_path: Path) -> None:
    for used, name in enumerate("dacb"):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (used, used))
    prune(tmp_path, 2)
    assert {file.name for file in tmp_path.iterdir()} == {"b", "c"}


def test_what_was_sealed_is_unsealed_if_it_is_whole() -> None:
    written = sealed(b"content" * 100)
    assert unsealed(written) == b"content" * 100
    for damaged in (b"", written[:10], written[:-1], written[:-1] + b"x", b"x" + written[1:]):
        with pytest.raises(ValueError, match="damaged"):
            unsealed(damaged)
