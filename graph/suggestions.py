"""What may have been meant by a name that nothing has."""

from collections.abc import Sequence

_LISTED = 300
"""All names are listed in a sentence if they have no more characters than this."""
_COMPARED = 5_000
"""Of more names than this, only those of about the same length are compared."""
_LONGER = 3


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of an error's sentence: what may have been meant, or what there is; empty if neither
    is short enough to say."""
    from difflib import get_close_matches

    compared = known
    if len(known) > _COMPARED:
        compared = [each for each in known if abs(len(each) - len(name)) <= _LONGER]
    close = get_close_matches(name, compared, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(dict.fromkeys(close))}?"
    if not known or sum(len(each) + 2 for each in known) > _LISTED:
        return ""
    return f"There is: {', '.join(known)}."
