"""Snapshots in the cache: copies of what lies elsewhere, which may be deleted at any time."""

import os
import shutil
import time
from atexit import register
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from ..cache import cache_root
from ..schema import Schema
from .errors import SnapshotError
from .placing import put_in_place
from .snapshot import Snapshot

_KEPT = 8
"""How many snapshots stay in the cache."""
_ABANDONED_SECONDS = 24 * 3600
"""After which a folder that is being filled belongs to a process that is gone."""


def kept(
    name: str, fill: Callable[[Path], object], current: Schema | None = None, called: str = ""
) -> Snapshot:
    """The snapshot that the cache has under a name. If it has none, or a damaged one, ``fill``
    writes its files into a folder.

    Where the cache cannot be written to, they are there until the process ends.

    :raises SnapshotError: if what was written is no whole snapshot.
    """
    place = cache_root() / "scans" / name
    with suppress(SnapshotError):
        return _opened(place, current, called)
    try:
        with put_in_place(place) as new:
            fill(new)
        _prune(place.parent)
    except OSError:
        with suppress(SnapshotError):
            # Another process was faster.
            return _opened(place, current, called)
        place = Path(mkdtemp(prefix="clew-"))
        register(shutil.rmtree, place, ignore_errors=True)
        fill(place)
    return _opened(place, current, called)


def _opened(place: Path, current: Schema | None, called: str) -> Snapshot:
    found = Snapshot.open(place, current, called)
    with suppress(OSError):
        os.utime(place)
    return found


def _prune(folder: Path) -> None:
    """Removes the snapshots that were not opened for longest."""
    with suppress(OSError):
        used = {each: each.stat().st_mtime for each in folder.iterdir()}
        whole = [each for each in used if not each.name.startswith(".")]
        whole.sort(key=lambda each: used[each], reverse=True)
        left = [each for each in used if time.time() - used[each] > _ABANDONED_SECONDS]
        for each in (*whole[_KEPT:], *(each for each in left if each.name.startswith("."))):
            shutil.rmtree(each, ignore_errors=True)
