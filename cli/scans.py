"""Where scans live, and which one is meant."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .begun import Begun
from .errors import CommandError, UsageError, nearest

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot

DEMO = "demo"
PARTIAL = ".partial"


def home() -> Path:
    """Where Clew keeps its data: CLEW_HOME, or the user's data folder."""
    if named := os.environ.get("CLEW_HOME"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("clew", appauthor=False)


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


def kept() -> list[Path]:
    """The whole scans in Clew's own folder, the newest first."""
    return sorted(
        (note.parent for note in (home() / "scans").glob("*/manifest.json")),
        key=lambda folder: folder.name,
        reverse=True,
    )


def interrupted(providers: Sequence[str]) -> Path | None:
    """The newest scan of just these clouds in Clew's own folder that was interrupted.

    :raises RunningError: if there are only scans that still run.
    """
    from ..pipeline import RunningError, check_idle

    running: RunningError | None = None
    for place in sorted((home() / "scans").glob(f"*{PARTIAL}"), reverse=True):
        begun = Begun.read(place)
        if begun is None or set(begun.providers) != {*providers}:
            continue
        folder = place.with_name(place.name.removesuffix(PARTIAL))
        try:
            check_idle(folder)
        except RunningError as error:
            running = error
        else:
            return folder
    if running:
        raise running
    return None


def locate(scan: str | None) -> Path:
    """The folder of the scan that is meant."""
    if scan is None:
        newest = next(iter(kept()), None)
        if newest is None:
            raise CommandError(
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


def demo_folder() -> Path:
    """Where the bundled estate's scan lies in the package."""
    return Path(str(files(__package__) / DEMO))


def open_scan(scan: str | None) -> "Snapshot":
    """The scan that is meant, proved to be whole."""
    from ..graph.snapshot import Snapshot
    from .current_schema import current_schema

    return Snapshot.open(locate(scan), current_schema())


def spelled(scan: str | None) -> str:
    """How the scan is named in a command to copy: `` SCAN``, or nothing for the newest."""
    import shlex

    return f" {shlex.quote(scan)}" if scan else ""
