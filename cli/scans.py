"""Where scans live, and which one is meant."""

import os
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

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
    """The folder of a scan that begins now; its name is the time, in UTC."""
    return home() / "scans" / datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")


def kept() -> list[Path]:
    """The whole scans in Clew's own folder, the newest first."""
    return sorted(
        (note.parent for note in (home() / "scans").glob("*/manifest.json")),
        key=lambda folder: folder.name,
        reverse=True,
    )


def interrupted() -> list[Path]:
    """The scans in Clew's own folder that were interrupted, the newest first."""
    left = (home() / "scans").glob(f"*{PARTIAL}")
    return sorted((one.with_name(one.name.removesuffix(PARTIAL)) for one in left), reverse=True)


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
    raise UsageError(f"There is no scan '{scan}'. {hint}".strip())


def demo_folder() -> Path:
    """Where the bundled estate's scan lies in the package."""
    return Path(str(files(__package__) / DEMO))


def open_scan(scan: str | None) -> "Snapshot":
    """The scan that is meant, proved to be whole."""
    from ..graph.snapshot import Snapshot

    return Snapshot.open(locate(scan))


def spelled(scan: str | None) -> str:
    """How the scan is named in a command to copy: `` SCAN``, or nothing for the newest."""
    import shlex

    return f" {shlex.quote(scan)}" if scan else ""
