"""Files and folders that only their owner may read: a scan tells how to attack what it shows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def owner_only() -> Iterator[None]:
    """What is made meanwhile is its owner's alone from the start, whichever library makes it."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
