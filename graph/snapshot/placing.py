"""Puts a folder in its place whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from ..owner_only import owner_only


@contextmanager
def put_in_place(place: Path) -> Iterator[Path]:
    """A new folder next to a place, for its owner alone, which is moved there once it is filled."""
    with owner_only():
        place.parent.mkdir(parents=True, exist_ok=True)
        new = Path(mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            yield new
            sync(new)
            move(new, place)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise


def sync(folder: Path) -> None:
    """Waits until the files of a folder are on the disk."""
    for file in folder.rglob("*.*"):
        with file.open("r+b") as stream:
            os.fsync(stream.fileno())


def move(new: Path, place: Path) -> None:
    """Puts a folder in place; what was there is whole until it is there."""
    if not place.exists():
        new.rename(place)
        return
    aside = Path(mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    old = place.rename(aside / "replaced")
    try:
        new.rename(place)
    except BaseException:
        old.rename(place)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
