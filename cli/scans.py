"""Where commands read and write scans."""

from collections.abc import Sequence
from pathlib import Path

from ..scans.bundled import DEMO as DEMO
from ..scans.places import claim as claim
from ..scans.places import hand_over as hand_over
from ..scans.places import home
from ..scans.places import is_scan as is_scan
from ..scans.places import kept as kept
from ..scans.places import locate as locate
from ..scans.places import new as new
from ..scans.places import open_scan as open_scan
from ..scans.places import place_of as place_of
from .begun import Begun

PARTIAL = ".partial"


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


def spelled(scan: str | None) -> str:
    """How the scan is named in a command to copy: `` SCAN``, or nothing for the newest."""
    import shlex

    return f" {shlex.quote(scan)}" if scan else ""
