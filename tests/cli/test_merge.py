"""``clew merge``: what it refuses, and what it says."""

from pathlib import Path

from .conftest import Clew


def test_an_account_in_two_scans_is_one_sentence_that_says_what_to_do(
    clew: Clew, tmp_path: Path, home: Path
) -> None:
    done = clew("merge", "demo", "demo", "-o", tmp_path / "merged")
    assert done.code == 1
    assert "leave one of them out" in done.err
    assert "--newest" in done.err
    assert not (tmp_path / "merged").exists()
    assert clew("merge", "demo", "demo").code == 1
    assert not list((home / "scans").glob("*")), "a folder that was claimed is given back"


def test_one_scan_is_nothing_to_merge(clew: Clew) -> None:
    done = clew("merge", "demo")
    assert (done.code, done.out) == (2, "")
    assert "two scans or more" in done.err
