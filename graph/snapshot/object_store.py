"""Snapshots in object stores: ``s3://``, ``gs://`` and ``abfs://``, through pyarrow's file systems.

Credentials, regions and endpoints are those that the store's own tools take, such as AWS's
environment variables and profiles.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any

from ..schema import Schema
from . import manifest
from .errors import SnapshotError
from .kept import kept
from .layout import MANIFEST
from .snapshot import Snapshot

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

_URI = re.compile(r"(s3|gs|abfs|abfss)://.+")
_FILE = re.compile(r"((nodes|edges)/)?[\w-]+\.(json|parquet)")
"""What the names of a snapshot's files look like: none leads out of its folder."""


def is_uri(place: str) -> bool:
    """Whether a place is one in an object store."""
    return bool(_URI.fullmatch(place))


def open_stored(uri: str, current: Schema | None = None) -> Snapshot:
    """The snapshot at a URI. It is copied into the cache, and not again while it is the same.

    :raises SnapshotError: if there is none, it cannot be read, or see :meth:`Snapshot.open`.
    """
    with _store(uri, "read") as (files, root):
        try:
            content = files.open_input_stream(f"{root}/{MANIFEST}").read()
        except FileNotFoundError:
            raise SnapshotError(f"There is no scan at {uri}.") from None

        def copy(folder: Path) -> None:
            (folder / MANIFEST).write_bytes(content)
            for name in _files_in(content, uri):
                (folder / name).parent.mkdir(exist_ok=True)
                try:
                    with files.open_input_stream(f"{root}/{name}") as source:
                        _copy(source, folder / name)
                except FileNotFoundError:
                    raise SnapshotError(f"The scan at {uri} lacks {name}; scan again.") from None

        name = sha256(uri.encode() + b"\0" + content).hexdigest()[:32]
        return kept(name, copy, current, uri)


def store(snapshot: Snapshot, uri: str) -> None:
    """Copies a snapshot to a URI; a snapshot that is there already is replaced.

    Its manifest is written last and removed first, so that there is never half a snapshot.

    :raises SnapshotError: if there is something else already, or nothing can be written.
    """
    check_uri(uri)
    with _store(uri, "written") as (files, root):
        if _listed(files, root):
            with _ignoring_absence():
                files.delete_file(f"{root}/{MANIFEST}")
            files.delete_dir_contents(root)
        for name in (*snapshot.manifest.files, MANIFEST):
            with (
                (snapshot.path / name).open("rb") as source,
                files.open_output_stream(f"{root}/{name}") as target,
            ):
                copyfileobj(source, target)


def check_uri(uri: str) -> None:
    """Lets only a URI pass to which a snapshot may be written.

    :raises SnapshotError: if there is something that is no snapshot, or it cannot be listed.
    """
    with _store(uri, "read") as (files, root):
        found = _listed(files, root)
    if found and f"{root}/{MANIFEST}" not in found:
        raise SnapshotError(f"{uri} is there already and is no scan; choose another place.")


def _listed(files: "FileSystem", root: str) -> list[str]:
    from pyarrow.fs import FileSelector, FileType

    everything = FileSelector(root, recursive=True, allow_not_found=True)
    return [each.path for each in files.get_file_info(everything) if each.type == FileType.File]


def _files_in(content: bytes, uri: str) -> list[str]:
    """The files that a manifest names.

    :raises SnapshotError: if it is none, or names what cannot be a snapshot's.
    """
    try:
        document = manifest.parse(json.loads(content), uri)
        names = [*document["files"]]
        if all(_FILE.fullmatch(name) for name in names):
            return names
    except (ValueError, KeyError, TypeError):
        pass
    raise SnapshotError.damaged_manifest(uri)


def _copy(source: Any, file: Path) -> None:
    with file.open("wb") as target:
        copyfileobj(source, target)


@contextmanager
def _ignoring_absence() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        return


@contextmanager
def _store(uri: str, done: str) -> Iterator[tuple["FileSystem", str]]:
    """The file system that a URI is of, and the path in it; its errors say what cannot be done."""
    import pyarrow as pa
    from pyarrow.fs import FileSystem

    try:
        files, path = FileSystem.from_uri(uri)
        yield files, path.rstrip("/")
    except (OSError, pa.ArrowException) as error:
        why = " ".join(str(error).split())
        raise SnapshotError(f"The scan at {uri} cannot be {done}: {why}") from error
