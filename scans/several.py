"""What is asked of several scans from Python: what differs between two, and all of them as one."""

from collections.abc import Collection, Sequence
from os import PathLike, fspath
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from ..errors import UsageError
from . import places
from .comparing import PARTS, compare
from .scan import Scan

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..pipeline import Stages
    from .diff_documents import DiffAnswer
    from .merging import NamedScan


class _Silent:
    """Is notified how a merge goes on, and shows nothing."""

    def stage(self, name: str) -> None:
        """Called when a stage begins."""


def diff(
    old: Scan,
    new: Scan,
    *,
    parts: Collection[str] = PARTS,
    to: str = "admin",
    most: int = 1000,
) -> "DiffAnswer":
    """What differs between two scans, and why, as ``clew diff`` says it: attack paths to a target,
    findings, resources and edges, or only the ``parts`` that are named. Of each scan the best
    ``most`` paths are compared.

    What one of the scans did not read is ``unread`` or ``newly_read``, never gone or new.

    :raises UsageError: if there is no such part, or the target is not in both scans.
    """
    for part in parts:
        if part not in PARTS:
            raise UsageError(f"There is no part '{part}' to compare: {', '.join(PARTS)}.")
    return compare(old.snapshot, new.snapshot, parts=parts, to=to, most=most)


def merge(*scans: Scan, newest: bool = False, output: str | PathLike[str] | None = None) -> Scan:
    """All that some scans of different accounts or clouds have read as one scan, in which
    references between them are resolved. Their order does not matter.

    Of an account that is in several, ``newest`` takes what the newest one says and nothing of the
    others. The scan is written to ``output``, a folder that holds none yet or a URI in an object
    store, or among Clew's own scans.

    :raises UsageError: if there are not two scans, or something is at ``output`` already.
    :raises ClewError: if an account is in several and ``newest`` is not set, or a scan holds
        resources of a kind that this Clew does not know.
    """
    from ..graph.snapshot.object_store import is_uri
    from .merging import NamedScan

    named = [NamedScan(scan.name, scan.snapshot) for scan in scans]
    place = None if output is None else fspath(output)
    if place and not is_uri(place) and Path(place).exists():
        raise UsageError(f"There is something at {place} already; choose another folder.")
    written, uri = merged_to(place, named, _Silent(), newest=newest)
    if uri:
        places.hand_over(written, uri)
    where = uri or str(written.path)
    return Scan(places.open_scan(where), where)


def merged_to(
    output: str | None, scans: "Sequence[NamedScan]", progress: "Stages", *, newest: bool
) -> "tuple[Snapshot, str]":
    """Scans as one in the folder that is wanted, or a new one; and the URI to hand it over to, if
    that is wanted.

    :raises ClewError: if they cannot be merged.
    """
    from ..pipeline import partial
    from .merging import merge as merged

    if len(scans) < 2:
        raise UsageError("Give two scans or more.")
    wanted, uri = places.place_of(output)
    folder = wanted or places.new()
    try:
        return merged(scans, folder, progress, newest=newest), uri
    finally:
        if wanted is None:
            rmtree(partial(folder), ignore_errors=True)  # by which a new folder was claimed
