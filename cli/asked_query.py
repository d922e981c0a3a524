"""Runs the query that a command names, within the bounds that it sets."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..scans.querying import plain, query_gaps, saved_query
from .errors import UsageError

if TYPE_CHECKING:
    from ..graph.snapshot import Snapshot
    from ..graph.stores.store import Store
    from ..queries.library import Query
    from ..scans.scan import QueryAnswer

_GRACE_SECONDS = 1.0
"""How much later than asked a query is ended that does not end itself."""


class AskedQuery:
    """A saved query by name, or Cypher (``-``: from standard input), with its parameters.

    :raises UsageError: if there is no such query, or it takes other parameters.
    """

    def __init__(self, name: str, cypher: str | None, parameters: Sequence[str]) -> None:
        self._given = _pairs(parameters)
        self._saved: Query | None = None
        if cypher is None:
            self._saved = saved_query(name)
            self._saved.expect(self._given)
            self.text, self.columns = self._saved.cypher, list(self._saved.columns)
        else:
            self.text, self.columns = (sys.stdin.read() if cypher == "-" else cypher), []

    def rows(self, snapshot: "Snapshot", bounds: "Bounds") -> list[dict[str, Any]]:
        """The rows.

        :raises StoreError: if the query is wrong, or takes more than it may.
        """
        return bounds.rows(snapshot, self.text, self._values)

    def answer(self, snapshot: "Snapshot", bounds: "Bounds") -> "QueryAnswer":
        """The rows as JSON has them, no more than the bounds allow, and what they may lack.

        :raises StoreError: if the query is wrong, or takes more than it may.
        """
        from ..scans.scan import QueryAnswer

        limit = bounds.limit
        rows = self.rows(snapshot, bounds._replace(limit=None if limit is None else limit + 1))
        shown = [{column: plain(value) for column, value in row.items()} for row in rows[:limit]]
        return QueryAnswer(
            shown,
            self.columns or [*(shown[0] if shown else ())],
            query_gaps(self.text, snapshot),
            more=len(rows) > len(shown),
        )

    def _values(self, store: "Store", snapshot: "Snapshot") -> Mapping[str, Any]:
        if not self._saved:
            return {name: _guessed(value) for name, value in self._given.items()}
        from ..queries import ScanNames

        return self._saved.values(self._given, ScanNames(store, snapshot))


class Bounds(NamedTuple):
    """How much a query may take."""

    limit: int | None
    seconds: float
    bytes: int

    def rows(
        self,
        snapshot: "Snapshot",
        cypher: str,
        parameters: "Callable[[Store, Snapshot], Mapping[str, Any]]",
    ) -> list[dict[str, Any]]:
        """The rows of a query, worked out in a process of its own, or by the server that holds the
        scan.

        :raises StoreError: if it is wrong, or takes more than it may.
        """
        from ..graph.child_process import ChildDiedError, bounded, in_child
        from ..graph.stores.store import OutOfMemoryError, QueryError
        from ..scans.stores import is_loaded, open_store

        if is_loaded(snapshot):
            with open_store(snapshot) as store:
                values = parameters(store, snapshot)
                return store.query(cypher, values, limit=self.limit, timeout=self.seconds)

        def answer() -> list[dict[str, Any]]:
            with open_store(snapshot, self.bytes // 2) as store:
                values = parameters(store, snapshot)
                store.prepare([(cypher, values)])
                # Half is for the engine's pages, half for the values that a query makes. The engine
                # ends a query in time by itself, unless it is busy in one function.
                with bounded(self.bytes // 2, self.seconds + _GRACE_SECONDS):
                    return store.query(cypher, values, limit=self.limit, timeout=self.seconds)

        too_much = (
            f"The query needs more than {self.bytes / 2**30:g} GiB of memory; ask for less, or "
            "give it more with --memory."
        )
        try:
            return in_child(answer)
        except OutOfMemoryError:
            raise QueryError(too_much) from None
        except ChildDiedError as error:
            if error.ran_out_of_time:
                raise QueryError(f"The query took longer than {self.seconds:g} seconds.") from None
            raise QueryError(too_much) from None


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text} is not NAME=VALUE.")
        pairs[name] = value
    return pairs


def _guessed(text: str) -> Any:
    """A parameter without a declared type: JSON where it is JSON, text otherwise."""
    try:
        return json.loads(text)
    except ValueError:
        return text
