"""Jars from Maven Central that tests use as tools: fetched once, by Maven, and kept."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import platformdirs
import pytest

_CACHE = Path(platformdirs.user_cache_dir("clew-tests", appauthor=False), "maven")
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_SECONDS = 600


def maven_jar(artifact: str) -> Path:
    """The jar of an artifact, ``group:name:version:jar:classifier``, without what it depends on.
    Where it cannot be had, the test is skipped, or fails if ``CI`` is set."""
    folder = _CACHE / artifact.replace(":", "-")
    if not folder.is_dir():
        try:
            _fetch(artifact, folder)
        except (OSError, subprocess.SubprocessError) as error:
            reason = f"{artifact} cannot be had from Maven Central: {error}"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    (jar,) = folder.glob("*.jar")
    return jar


def _fetch(artifact: str, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise FileNotFoundError("Maven (mvn) is not installed")
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as created:
        jars = Path(created, "jars")
        subprocess.run(
            [maven, "-B", "-q", _COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={jars}"],
            check=True,
            timeout=_SECONDS,
            capture_output=True,
            cwd=created,
        )
        # Another run may have fetched the same meanwhile; either will do.
        if not folder.is_dir():
            jars.rename(folder)
