"""What a snapshot's folder holds, and the proof that it holds it."""

import json
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..model import Scope
from .errors import SnapshotError
from .layout import FORMAT, MANIFEST


class Manifest(BaseModel):
    """When and of what a scan was made, and its files."""

    version: int
    """Number of the format."""
    started: datetime
    finished: datetime
    scope: Scope
    files: dict[str, str]
    """SHA-256 of every other file, by its path in the folder."""

    @property
    def digest(self) -> str:
        """Identifies the scan: what it found, when, and what it set out to read."""
        return sha256(self.model_dump_json().encode()).hexdigest()


def read_document(path: Path, called: object) -> dict[str, Any]:
    """The manifest in a folder, of a format that this Clew reads.

    :raises SnapshotError: if there is none, it is damaged, or a newer Clew wrote it.
    """
    try:
        return parse(json.loads((path / MANIFEST).read_bytes()), called)
    except (FileNotFoundError, NotADirectoryError):
        raise SnapshotError(f"There is no scan at {called}.") from None
    except ValueError:
        raise SnapshotError.damaged_manifest(called) from None


def parse(document: Any, called: object) -> dict[str, Any]:
    """A manifest's document, once its format is known to be one that this Clew reads.

    :raises SnapshotError: if it is none, or a newer Clew wrote it.
    """
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or version < 1:
        raise SnapshotError.damaged_manifest(called)
    if version > FORMAT:
        raise SnapshotError(
            f"The scan at {called} has format {version}, this Clew reads up to {FORMAT}; "
            "upgrade with: pip install -U clew"
        )
    return dict(document)


def prove(path: Path, name: str, checksum: str, called: object) -> None:
    """Proves that a file is as it was written.

    :raises SnapshotError: if it is not.
    """
    try:
        actual = checksum_of(path / name)
    except FileNotFoundError:
        raise SnapshotError(f"The scan at {called} lacks {name}; scan again.") from None
    if actual != checksum:
        raise SnapshotError.damaged(called, name)


def prove_no_others(path: Path, files: dict[str, str], called: object) -> None:
    """Proves that a folder holds no tables but those of its manifest.

    :raises SnapshotError: if it does.
    """
    found = {file.relative_to(path).as_posix() for file in path.rglob("*.parquet")}
    if foreign := sorted(found - files.keys()):
        raise SnapshotError(
            f"The scan at {called} is damaged: {foreign[0]} is not in its manifest; scan again."
        )


def checksum_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
