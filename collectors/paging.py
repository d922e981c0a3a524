"""Pages of a listing end, whatever the API says."""

from collections.abc import Hashable

from .failure import AnswerError

MOST_PAGES = 10_000
"""How many pages a listing may have. Services give hundreds of items a page; more pages than this
are no listing but a fault."""


class Pages:
    """The pages of one listing, as they are counted."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._number = 0
        self._seen: set[Hashable] = set()

    def follow(self, token: Hashable = None) -> None:
        """Notes that a page is asked for, by its token if it is known.

        :raises AnswerError: if a page was given under this token before, or there are too many.
        """
        self._number += 1
        if self._number > MOST_PAGES:
            raise AnswerError(
                "EndlessPages", f"{self._operation} has more than {MOST_PAGES:,} pages."
            )
        if token is not None and token in self._seen:
            raise AnswerError(
                "RepeatedPageToken",
                f"{self._operation} gave the token of a page that it had given.",
            )
        self._seen.add(token)
