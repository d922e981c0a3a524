"""What the parameters of a query name, looked up in the scan.

A name that nothing in the scan has is an error and never an empty answer; where the listing that
would show it failed or was left out, the error says that instead.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ..graph.linking import owner_of
from ..graph.model import ListingStatus, Status
from ..graph.schema import Column
from ..graph.snapshot import Snapshot
from ..graph.stores.store import Store
from ..graph.suggestions import nearest
from .errors import ParameterError


class ScanNames:
    """The names in a scan, by label, as the store has them that the query will run on."""

    def __init__(self, store: Store, snapshot: Snapshot) -> None:
        self._store = store
        self._snapshot = snapshot

    @property
    def scanned_at(self) -> datetime:
        """When the scan ended."""
        return self._snapshot.manifest.finished

    def resource(self, labels: Sequence[str], keys: Sequence[str], text: str) -> str:
        """The id of the one node of these labels (of any, if none are named) that has a key.

        A resource counts before a missing node of the same name.

        :raises ParameterError: if there is none, or more than one.
        """
        known = [label for label in labels if label in self._columns]
        if labels and not known:
            raise ParameterError(
                f"This scan was made before Clew collected {_or(labels)}; scan again."
            )
        found = self._with_key(known, keys, text)
        if any(row["id"] == text for row in found):
            return text
        ids = sorted({row["id"] for row in found if row["missing"] is None}) or sorted(
            {row["id"] for row in found}
        )
        if not ids:
            raise ParameterError(self._not_found(labels, keys, text))
        if len(ids) > 1:
            raise ParameterError(f"'{text}' can be {_or(ids)}: say which.")
        return str(ids[0])

    def account(self, text: str) -> str:
        """An account, subscription, project or tenant that was scanned or owns something in the
        graph.

        :raises ParameterError: if it is none.
        """
        scanned = self._snapshot.scope.all_accounts
        if text in scanned or self._rows("MATCH (n) WHERE n.account = $text", {"text": text}, 1):
            return text
        raise ParameterError(
            f"There is no account '{text}' in this scan. {nearest(text, sorted(scanned))}".strip()
        )

    def tag(self, text: str) -> str:
        """A tag, as ``key=value``, that a resource has.

        :raises ParameterError: if none has it.
        """
        if self._rows("MATCH (n) WHERE $text IN n.tags", {"text": text}, 1):
            return text
        key, equals, _ = text.partition("=")
        if not equals:
            raise ParameterError(f"'{text}' is not a tag as KEY=VALUE.")
        rows = self._store.query("MATCH (n) UNWIND n.tags AS tag RETURN DISTINCT tag")
        tags = sorted(row["tag"] for row in rows)
        keys = sorted({tag.partition("=")[0] for tag in tags})
        if key not in keys:
            raise ParameterError(
                f"No resource in this scan has the tag key '{key}'. {nearest(key, keys)}".strip()
            )
        values = [tag for tag in tags if tag.startswith(f"{key}=")]
        raise ParameterError(
            f"No resource in this scan has the tag '{text}'. {nearest(text, values)}".strip()
        )

    def label(self, text: str) -> str:
        """A node label.

        :raises ParameterError: if it is none.
        """
        if text in self._columns:
            return text
        raise ParameterError(
            f"There is no label '{text}'. {nearest(text, sorted(self._columns))}".strip()
        )

    @property
    def _columns(self) -> Mapping[str, Mapping[str, Column]]:
        return self._snapshot.schema.labels

    def _with_key(
        self, labels: Sequence[str], keys: Sequence[str], text: str
    ) -> list[dict[str, Any]]:
        """The nodes that have a key; paths that tell no case apart are looked up in lower case
        too, as their ids are kept."""
        texts = sorted({text, text.lower()} if text.startswith("/") else {text})
        conditions = " OR ".join(
            f"$text IN n.{key}" if kind is Column.STRINGS else f"n.{key} IN $texts"
            for key, kind in self._kinds(labels, keys).items()
        )
        parameters = {"text": text, "texts": texts}
        return self._rows(f"{_match(labels)} WHERE {conditions}", parameters)

    def _kinds(self, labels: Sequence[str], keys: Sequence[str]) -> dict[str, Column]:
        """The keys that the labels have, with what they hold."""
        columns: dict[str, Column] = {}
        for label in labels or self._columns:
            columns |= self._columns[label]
        return {key: columns[key] for key in keys if key in columns}

    def _rows(
        self, match: str, parameters: Mapping[str, Any], limit: int | None = None
    ) -> list[dict[str, Any]]:
        return self._store.query(
            f"{match} RETURN n.id AS id, n.missing AS missing", parameters, limit=limit
        )

    def _not_found(self, labels: Sequence[str], keys: Sequence[str], text: str) -> str:
        kinds = self._kinds(labels, keys)
        if len(kinds) > 1 and not owner_of(text):
            kinds.pop("id", None)
        returned = ", ".join(f"n.{key} AS {key}" for key in kinds)
        rows = self._store.query(f"{_match(labels)} RETURN {returned}")
        names = sorted(
            {
                name
                for row in rows
                for value in row.values()
                for name in (value if isinstance(value, list) else [value])
                if name and not name.startswith("unread:")
            }
        )
        what = _or(labels) if labels else "resource"
        hint = nearest(text, names)
        if not labels and (failed := sum(map(len, self._failed.values()))):
            return (
                f"No resource '{text}' is known, but {failed} listings of this scan failed, so "
                f"there may be one. {hint}"
            ).strip()
        if why := self._why_unknown(labels, text):
            return f"No {what} '{text}' is known, but {why}, so there may be one. {hint}".strip()
        return f"There is no {what} '{text}' in this scan. {hint}".strip()

    def _why_unknown(self, labels: Sequence[str], text: str) -> str:
        """Why a resource may be there that the scan does not hold; empty if it is not."""
        scope = self._snapshot.scope
        owner = owner_of(text)
        account, region = owner.get("account", ""), owner.get("region", "")
        if account and account not in scope.all_accounts:
            return f"account {account} is not in this scan"
        if left_out := [label for label in labels if label not in scope.labels]:
            return f"this scan left out {_or(left_out)}"
        for label in labels:
            for read in self._failed.get(label, ()):
                is_there = not account or read.account == account
                if is_there and (not region or read.region in (region, "global")):
                    why = f"{read.operation}: {read.code or read.status}"
                    place = "" if read.region == "global" else f" in {read.region}"
                    return f"{label} of account {read.account} could not be listed{place} ({why})"
        return ""

    @cached_property
    def _failed(self) -> Mapping[str, list[ListingStatus]]:
        """The listings that failed, by label."""
        failed: dict[str, list[ListingStatus]] = {}
        for read in self._snapshot.reads:
            if read.status != Status.OK:
                failed.setdefault(read.label, []).append(read)
        return failed


def _match(labels: Sequence[str]) -> str:
    return f"MATCH (n:{'|'.join(labels)})" if labels else "MATCH (n)"


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)
