"""What can be wrong with a snapshot."""

from ...errors import ClewError


class SnapshotError(ClewError):
    """A snapshot cannot be read or written; the message says why and what to do."""

    @classmethod
    def damaged(cls, scan: object, file: str) -> "SnapshotError":
        """A file is not what was written."""
        return cls(f"The scan at {scan} is damaged: {file} is not what was written; scan again.")

    @classmethod
    def damaged_manifest(cls, scan: object) -> "SnapshotError":
        """A manifest is not one that Clew wrote."""
        return cls(f"{scan}/manifest.json is damaged; scan again.")
