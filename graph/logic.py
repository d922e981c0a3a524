"""Logic with three values (Kleene's): true, false, and not known."""

from collections.abc import Iterable

from .authorization.aws.context import Truth


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is; else None if one is not known."""
    result: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            result = None
    return result


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is; else None if one is not known."""
    result: Truth = True
    for truth in truths:
        if truth is None:
            result = None
        elif not truth:
            return False
    return result


def negation(truth: Truth) -> Truth:
    """The opposite; what is not known stays so."""
    return None if truth is None else not truth
