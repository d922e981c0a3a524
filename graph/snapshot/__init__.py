"""One scan as one folder: typed Parquet for the nodes of each label, the edges sorted in one file,
coverage, and a manifest with a checksum of every file."""

from .errors import SnapshotError
from .manifest import Manifest
from .snapshot import Snapshot
from .writing import check_place, write

__all__ = ["Manifest", "Snapshot", "SnapshotError", "check_place", "write"]
