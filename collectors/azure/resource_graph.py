"""Azure Resource Graph: one query over all subscriptions of a scan, whichever asks first.

It is asked once for each table and set of types. What it answers for a subscription is handed out
once, and the query is made anew if somebody asks again.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from ..failure import AnswerError
from ..paging import Pages
from ..shape import hold

MOST_SUBSCRIPTIONS = 1_000
"""How many subscriptions one query is about."""
PAGE = 1_000
"""How many rows a page may have."""
LONGEST_WAIT = 60.0
"""Seconds that are waited for a new quota at most."""
COLUMNS = (
    "id, name, type, location, tags, identity, sku, kind, zones, managedBy, extendedLocation, "
    "properties, subscriptionId"
)
_ROW = {"id": str, "name": str, "type": str, "subscriptionId": str, "properties": {}}

Row = Mapping[str, Any]
Page = Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Mapping[str, str]]]
"""Asks for a page of rows, given the body of the request; answers the body and the headers."""


class RowSet(NamedTuple):
    """What one query asks for."""

    table: str
    types: frozenset[str]
    """In lower case."""

    @property
    def query(self) -> str:
        """The query. Without an order pages may repeat or lose rows."""
        types = ", ".join(f"'{each}'" for each in sorted(self.types))
        return f"{self.table} | where type in~ ({types}) | project {COLUMNS} | order by id asc"


class _Answer:
    """The rows of a query that are not handed out yet, or why there are none."""

    def __init__(self, waiting: set[tuple[str, str]]) -> None:
        self.waiting = waiting
        self.rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.failure: Exception | None = None


class ResourceGraph:
    """Resource Graph for some subscriptions."""

    def __init__(self, page: Page, subscriptions: Sequence[str]) -> None:
        self._page = page
        self._subscriptions = subscriptions
        self._answers: dict[RowSet, _Answer] = {}
        self._ids: dict[str, Mapping[str, frozenset[str]]] = {}
        self._lock = threading.Lock()
        self._quota_from = 0.0

    def rows(self, wanted: RowSet, type_: str, subscription: str) -> list[Row]:
        """The rows of a type, which is one of those wanted, in a subscription."""
        key = (subscription, type_.lower())
        with self._lock:
            answer = self._answers.get(wanted)
            if answer is None or key not in answer.waiting:
                answer = self._answers[wanted] = self._asked(wanted)
            answer.waiting.discard(key)
            found = answer.rows.pop(key, [])
            if not answer.waiting:
                del self._answers[wanted]
        if answer.failure:
            raise answer.failure
        return found

    def ids(self, type_: str, subscription: str) -> frozenset[str]:
        """The ids of all resources of a type in a subscription, in lower case; asked once."""
        with self._lock:
            if type_ not in self._ids:
                answer = self._asked(RowSet("resources", frozenset({type_.lower()})))
                if answer.failure:
                    raise answer.failure
                self._ids[type_] = {
                    owner: frozenset(row["id"].lower() for row in rows)
                    for (owner, _), rows in answer.rows.items()
                }
            return self._ids[type_].get(subscription, frozenset())

    def _asked(self, wanted: RowSet) -> _Answer:
        answer = _Answer({(each, type_) for each in self._subscriptions for type_ in wanted.types})
        try:
            for row in self._all(wanted):
                answer.rows[row["subscriptionId"].lower(), row["type"].lower()].append(row)
        except Exception as error:
            answer.rows.clear()
            answer.failure = error
        return answer

    def _all(self, wanted: RowSet) -> Iterator[Row]:
        for start in range(0, len(self._subscriptions), MOST_SUBSCRIPTIONS):
            some = self._subscriptions[start : start + MOST_SUBSCRIPTIONS]
            pages = Pages(f"{wanted.table} of Resource Graph")
            options: dict[str, Any] = {"$top": PAGE, "resultFormat": "objectArray"}
            while True:
                asked = {"query": wanted.query, "subscriptions": [*some], "options": options}
                body = self._within_quota(asked)
                for row in body["data"]:
                    hold(_ROW, row, ("id", "type", "subscriptionId"))
                    yield row
                token = body.get("$skipToken")
                if not token:
                    if body.get("resultTruncated") == "true":
                        raise AnswerError("ResultTruncated", "Resource Graph left rows out.")
                    break
                pages.follow(token)
                options = {**options, "$skipToken": token}

    def _within_quota(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """A page, as soon as the user's quota lets it be asked for."""
        pause = self._quota_from - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        body, headers = self._page(asked)
        if headers.get("x-ms-user-quota-remaining") == "0":
            after = _seconds(headers.get("x-ms-user-quota-resets-after", ""))
            self._quota_from = time.monotonic() + min(after, LONGEST_WAIT)
        return body


def _seconds(text: str) -> float:
    """A duration, ``hh:mm:ss``, in seconds; that of the usual quota where it is of another form."""
    parts = text.split(":")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        hours, minutes, seconds = map(int, parts)
        return timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds()
    return 5.0
