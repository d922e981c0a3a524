"""The scans that the one which is shown can be compared with.

What a page may name is listed beforehand, so that no page opens any other folder.
"""

from typing import TYPE_CHECKING

from ...errors import UsageError
from ...scans.places import kept, open_scan

if TYPE_CHECKING:
    from ...graph.snapshot import Snapshot


class OtherScans:
    """The scan that was named for it, and all in Clew's own folder.

    :raises ClewError: if there is no scan of that name, or it is damaged.
    """

    def __init__(self, shown: "Snapshot", named: str | None = None) -> None:
        if named is not None:
            open_scan(named)  # a wrong name is said at once
        self.named = [] if named is None else [named]
        """The one that was named, if any was."""
        others = (folder for folder in kept() if folder.resolve() != shown.path.resolve())
        self.names = list(dict.fromkeys([*self.named, *(folder.name for folder in others)]))
        """What they are called, the one that was named first, then the newest."""

    def open(self, name: str) -> "Snapshot":
        """One of them.

        :raises ClewError: if it is none of them, or it is damaged.
        """
        if name not in self.names:
            raise UsageError(f"There is no scan '{name}' to compare with.")
        return open_scan(name)
