"""What a store keeps of a scan in addition to its graph: scope, schema, and what could and could
not be read. Without it nothing that is asked of the store could tell "none" from "unread"."""

import json
import zlib
from dataclasses import dataclass

from pydantic import ValidationError

from ..model import Coverage, ListingStatus, Status
from ..schema import Schema
from ..snapshot import Manifest, Snapshot
from .store import StoreError

FORMAT = 1
"""Number of the record's format; raised when an older reader would misread it."""


@dataclass(frozen=True)
class ScanRecord:
    """A scan but for its nodes and edges."""

    digest: str
    """Identifies the content."""
    manifest: Manifest
    schema: Schema
    coverage: list[Coverage]
    reads: list[ListingStatus]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "ScanRecord":
        """That of a snapshot."""
        return cls(
            snapshot.digest,
            snapshot.manifest,
            snapshot.schema,
            snapshot.coverage,
            snapshot.reads,
        )

    def packed(self) -> bytes:
        """The record as a store keeps it."""
        document = {
            "format": FORMAT,
            "digest": self.digest,
            "manifest": self.manifest.model_dump(mode="json"),
            "schema": self.schema.model_dump(mode="json"),
            "coverage": self.coverage,
            "reads": self.reads,
        }
        return zlib.compress(json.dumps(document).encode())

    @classmethod
    def unpack(cls, packed: bytes, place: str) -> "ScanRecord":
        """The record that was packed; ``place`` is what errors call the store.

        :raises StoreError: if it is damaged, or a newer Clew packed it.
        """
        try:
            document = json.loads(zlib.decompress(packed))
            if document["format"] > FORMAT:
                raise StoreError(
                    f"A newer Clew loaded the scan in {place}; upgrade with: pip install -U clew"
                )
            return cls(
                document["digest"],
                Manifest.model_validate(document["manifest"]),
                Schema.model_validate(document["schema"]),
                [_coverage(*one) for one in document["coverage"]],
                [_listing(*one) for one in document["reads"]],
            )
        except (zlib.error, ValueError, KeyError, TypeError, IndexError, ValidationError):
            raise StoreError(
                f"What {place} holds of its scan is damaged; load it again: clew push SCAN {place}"
            ) from None


def _coverage(*values: str) -> Coverage:
    provider, service, operation, account, region, status, code, message = values
    place = (provider, service, operation, account, region)
    return Coverage(*place, Status(status), code, message)


def _listing(*values: str) -> ListingStatus:
    label, account, region, status, operation, code = values
    return ListingStatus(label, account, region, Status(status), operation, code)
