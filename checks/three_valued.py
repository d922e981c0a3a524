"""And, or and not where a part may be unknown: what is unread never decides."""

from collections.abc import Iterable


def all_of(values: Iterable[bool | None]) -> bool | None:
    """False if one is false; else None if one is unknown; else true."""
    seen = set(values)
    return False if False in seen else None if None in seen else True


def any_of(values: Iterable[bool | None]) -> bool | None:
    """True if one is true; else None if one is unknown; else false."""
    seen = set(values)
    return True if True in seen else None if None in seen else False
