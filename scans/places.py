"""Where scans live, and which one is meant."""

import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from ..errors import ClewError, UsageError
from ..graph.suggestions import nearest
from .bundled import DEMO, open_demo

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot


def home() -> Path:
    """Where Clew keeps its data: CLEW_HOME, or the user's data folder."""
    if named := os.environ.get("CLEW_HOME"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("clew", appauthor=False)


def kept() -> list[Path]:
    """The whole scans in Clew's own folder, the newest first."""
    return sorted(
        (note.parent for note in (home() / "scans").glob("*/manifest.json")),
        key=lambda folder: folder.name,
        reverse=True,
    )


def locate(scan: str | None) -> Path:
    """The folder of the scan that is meant.

    :raises ClewError: if there is none.
    """
    if scan is None:
        newest = next(iter(kept()), None)
        if newest is None:
            raise ClewError(
                "There is no scan yet. Make one with `clew scan aws`, or try `clew demo`."
            )
        return newest
    if scan == DEMO:
        return demo_folder()
    if Path(scan).exists():
        return Path(scan)
    names = [folder.name for folder in kept()]
    if scan in names:
        return home() / "scans" / scan
    hint = nearest(scan, [*names, DEMO])
    raise UsageError(f"There is no scan '{scan}'.", hint)


def is_scan(text: str) -> bool:
    """Whether a text is what a scan is called, as far as that can be said without opening it."""
    if text == DEMO or "://" in text or Path(text).exists():
        return True
    return text in {folder.name for folder in kept()}


def demo_folder() -> Path:
    """The folder of the bundled scan."""
    return open_demo().path


def open_scan(scan: str | None) -> "Snapshot":
    """The scan that is meant, proved to be whole: a folder, or where it was stored or loaded.

    :raises ClewError: if there is none, or it is damaged.
    """
    from ..graph.snapshot import Snapshot
    from ..graph.snapshot.object_store import is_uri, open_stored
    from .current_schema import current_schema
    from .loaded import open_loaded
    from .own_content import check_own_content

    check_own_content()
    if scan == DEMO:
        return open_demo(current_schema())
    if scan and is_uri(scan):
        return open_stored(scan, current_schema())
    if scan and "://" in scan:
        return open_loaded(scan, current_schema())
    return Snapshot.open(locate(scan), current_schema())


def new() -> Path:
    """The folder of a scan that begins now, claimed for it; its name is the time, in UTC."""
    name = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    for number in count(1):
        folder = home() / "scans" / (name if number == 1 else f"{name}-{number}")
        if not folder.exists() and claim(folder):
            return folder
    raise AssertionError("numbers do not end")


def claim(folder: Path) -> bool:
    """Claims a folder for a scan; False if another scan has claimed it and is not done."""
    from ..graph.owner_only import owner_only
    from ..pipeline import partial

    with owner_only():
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial(folder).mkdir()
        except FileExistsError:
            return False
    return True


def place_of(output: str | None) -> tuple[Path | None, str]:
    """The folder that the user wants a scan in, and the URI if it is an object store instead.

    :raises SnapshotError: if there is something else at the URI already.
    """
    from ..graph.snapshot.object_store import check_uri, is_uri

    if output is None or not is_uri(output):
        return (None if output is None else Path(output)), ""
    check_uri(output)
    return None, output


def hand_over(written: "Snapshot", uri: str) -> None:
    """Moves a scan from its folder to an object store."""
    from ..graph.snapshot import SnapshotError
    from ..graph.snapshot.object_store import store

    try:
        store(written, uri)
    except SnapshotError as error:
        raise ClewError(f"{error} The scan is kept in {written.path}.") from error
    rmtree(written.path, ignore_errors=True)
