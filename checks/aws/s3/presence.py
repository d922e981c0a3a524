"""Whether a bucket that something names is there."""

from collections.abc import Mapping
from typing import Any

from ....graph.model import MissingReason


def exists(bucket: Mapping[str, Any]) -> bool | None:
    """Whether a scanned account has the bucket; False only if its name is free to take."""
    if bucket["missing"] == MissingReason.NOT_FOUND:
        return False
    # One that was listed but lies in a region left out is missing, yet has an owner.
    left_out = bucket["missing"] == MissingReason.OUT_OF_SCOPE and bucket["account"]
    return True if bucket["missing"] is None or left_out else None
