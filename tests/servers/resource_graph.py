"""Recorded tables of Azure Resource Graph: queries for rows of some types, and ARM's listing of all
resources of a subscription."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
TABLE = "TABLE "
"""How the keys of recorded tables begin."""
_QUERY = re.compile(
    r"(?P<table>\w+) \| where type in~ \((?P<types>[^)]*)\) \| project (?P<columns>[\w, ]+)"
    r" \| order by id asc"
)
_LISTING = re.compile(r"/subscriptions/([^/]+)/resources", re.IGNORECASE)

JSON = dict[str, Any]


@dataclass
class Tables:
    """The rows of each table, as ARM tells of the resources."""

    tables: Mapping[str, Sequence[JSON]]

    def rows(self, asked: JSON, page_size: int) -> JSON:
        """Answer a query: the only form is ``where type in~ (…)``, ordered by id."""
        query = _QUERY.fullmatch(asked["query"])
        if query is None:
            raise AssertionError(f"The replayed Resource Graph knows no such query: {asked}")
        types = set(re.findall(r"'([^']*)'", query["types"]))
        columns = query["columns"].split(", ")
        wanted = {each.lower() for each in asked["subscriptions"]}
        found = [
            {name: _column(row, name) for name in columns}
            for row in sorted(self.tables.get(query["table"], ()), key=lambda row: row["id"])
            if row["type"].lower() in types and _subscription(row) in wanted
        ]
        options = asked.get("options", {})
        start = int(options.get("$skipToken") or 0)
        end = start + min(page_size, options.get("$top", page_size))
        page = found[start:end]
        answer = {
            "totalRecords": len(found),
            "count": len(page),
            "data": page,
            "facets": [],
            "resultTruncated": "false",
        }
        return {**answer, "$skipToken": str(end)} if end < len(found) else answer

    def listing(self, path: str) -> JSON | None:
        """Answer ARM's listing of all resources of a subscription; None for another path."""
        asked = _LISTING.fullmatch(path)
        if asked is None or not self.tables:
            return None
        return {
            "value": [
                {name: row[name] for name in ("id", "name", "type", "location") if name in row}
                for row in self.tables.get("resources", ())
                if _subscription(row) == asked[1].lower()
            ]
        }


def _column(row: JSON, name: str) -> Any:
    if name == "subscriptionId":
        return _subscription(row)
    if name == "type":
        return row["type"].lower()
    return row.get(name)


def _subscription(row: JSON) -> str:
    return str(row["id"]).split("/")[2].lower()
