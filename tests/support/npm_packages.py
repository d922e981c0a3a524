"""Packages from npm that tests use as tools: fetched once, by npm, and kept."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import platformdirs
import pytest

_CACHE = Path(platformdirs.user_cache_dir("clew-tests", appauthor=False), "npm")
_SECONDS = 300


def npm_package(name: str, version: str) -> Path:
    """The folder of a package as it is published. Where it cannot be had, the test is skipped, or
    fails if ``CI`` is set."""
    folder = _CACHE / f"{name.replace('/', '-')}-{version}"
    if not folder.is_dir():
        try:
            _fetch(f"{name}@{version}", folder)
        except (OSError, subprocess.SubprocessError) as error:
            reason = f"{name} {version} cannot be had from npm: {error}"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return folder


def _fetch(package: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as created:
        subprocess.run(
            [npm, "pack", "--silent", "--pack-destination", created, package],
            check=True,
            timeout=_SECONDS,
            capture_output=True,
        )
        (packed,) = Path(created).glob("*.tgz")
        with tarfile.open(packed) as archive:
            archive.extractall(created, filter="data")
        # Another run may have fetched the same meanwhile; either will do.
        if not folder.is_dir():
            Path(created, "package").rename(folder)
