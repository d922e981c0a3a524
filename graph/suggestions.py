"""What may have been meant by a name that nothing has."""

from collections.abc import Sequence

_LISTED = 300
"""All names are listed in a sentence if they have no more characters than this."""
_MANY = 5_000
"""Of more names than this, only those that are much alike are compared in full."""
_ALIKE, _MUCH_ALIKE = 0.5, 0.9


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of an error's sentence: what may have been meant, or what there is; empty if neither
    is short enough to say."""
    from difflib import get_close_matches

    cutoff = _ALIKE if len(known) <= _MANY else _MUCH_ALIKE
    close = get_close_matches(name, known, n=3, cutoff=cutoff)
    if close:
        return f"Did you mean {' or '.join(dict.fromkeys(close))}?"
    if not known or sum(len(each) + 2 for each in known) > _LISTED:
        return ""
    return f"There is: {', '.join(known)}."
