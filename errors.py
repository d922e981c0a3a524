"""What can go wrong, as one tree: a caller of Clew catches :class:`ClewError`.

An error that is none of these is a mistake of Clew's own.
"""


class ClewError(Exception):
    """Clew cannot do what it was asked to; the sentences say why and what to do. Empty ones are
    left out."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(filter(None, sentences)))


class UsageError(ClewError):
    """What was asked for is wrong, or names what is not there; the message says what would be
    right."""
