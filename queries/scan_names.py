"""What the parameters of a query name, looked up in the scan.

A name that nothing in the scan has is an error and never an empty answer; where the listing that
would show it failed or was left out, the error says that instead.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from ..graph.linking import Owners
from ..graph.model import ListingStatus, Status
from ..graph.scan_coverage import ScanCoverage, unlisted_words
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
        self._owners = Owners(snapshot.schema.owner_identities)

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
        if text in scanned or self._rows(
            "MATCH (n) WHERE n.account = $text", {"text": text}, limit=1
        ):
            return text
        raise ParameterError(
            f"There is no account '{text}' in this scan. {nearest(text, sorted(scanned))}".strip()
        )

    def tag(self, text: str) -> str:
        """A tag, as ``key=value``, that a resource has.

        :raises ParameterError: if none has it.
        """
        if self._rows("MATCH (n) WHERE $text IN n.tags", {"text": text}, limit=1):
            return text
        key, equals, _ = text.partition("=")
        if not equals:
            raise ParameterError(f"'{text}' is not a tag as KEY=VALUE.")
        rows = self._store.query("MATCH (n) UNWIND n.tags AS tag RETURN DISTINCT tag")
        tags = sorted(row["tag"] for row in rows)
        keys = sorted({tag.partition("=")[0] for tag in tags})
        known, what = ([tag for tag in tags if tag.startswith(f"{key}=")], f"tag '{text}'")
        if key not in keys:
            known, what = keys, f"tag key '{key}'"
        hint = nearest(key if known is keys else text, known)
        unread = self._store.query(
            "MATCH (n) WHERE n.missing IS NULL AND n.tags IS NULL RETURN count(*) AS resources"
        )
        if number := unread[0]["resources"]:
            raise ParameterError(
                f"No resource is known to have the {what}; the tags of {number} resources are "
                f"unknown. {hint}".strip()
            )
        raise ParameterError(f"No resource in this scan has the {what}. {hint}".strip())

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
        """The nodes that have a key; a path is looked up in lower case too, as ids keep it."""
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
        self,
        match: str,
        parameters: Mapping[str, Any],
        *,
        limit: int | None = None,
        also: str = "",
    ) -> list[dict[str, Any]]:
        return self._store.query(
            f"{match} RETURN n.id AS id, n.missing AS missing{also}", parameters, limit=limit
        )

    def _not_found(self, labels: Sequence[str], keys: Sequence[str], text: str) -> str:
        owner = self._owners.place(text)
        kinds = self._kinds(labels, keys)
        returned = "".join(f", n.{key} AS {key}" for key in kinds if key != "id")
        rows = self._rows(_match(labels), {}, also=f", n.account AS account{returned}")
        names = sorted({name for row in rows for key in kinds for name in _texts(row[key])})
        alike = [name for name in names if bool(self._owners.place(name)) == bool(owner)]
        hint = nearest(text, [name for name in alike or names if not name.startswith("unread:")])
        unread = [
            key
            for key in kinds
            for row in rows
            if row[key] is None
            and row["missing"] is None
            and row["account"] == owner.get("account", row["account"])
        ]
        what = _or(labels) if labels else "resource"
        if why := self._why_unknown(labels, text, unread):
            return f"No {what} '{text}' is known, but {why}, so there may be one. {hint}".strip()
        return f"There is no {what} '{text}' in this scan. {hint}".strip()

    def _why_unknown(self, labels: Sequence[str], text: str, unread: Sequence[str]) -> str:
        """Why something may have this name that the scan does not know by it; empty if nothing
        has."""
        scope = self._snapshot.scope
        owner = self._owners.place(text)
        account, region = owner.get("account", ""), owner.get("region", "")
        if account and account not in scope.all_accounts:
            return f"account {account} is not in this scan"
        if left_out := [label for label in labels if label not in scope.labels]:
            return f"this scan left out {_or(left_out)}"
        for label in labels:
            for each in self._accounts_of(label) if not account else [account]:
                places = self._coverage.unlisted(label, each)
                if region:
                    places = {at: why for at, why in places.items() if at in (region, "global")}
                if places:
                    return f"{label} of account {each} {unlisted_words(places)}"
        if not labels and (failed := sum(read.status != Status.OK for read in self._reads)):
            return f"{failed} listings of this scan failed"
        return f"{unread[0]} of {len(unread)} could not be read" if unread and labels else ""

    def _accounts_of(self, label: str) -> list[str]:
        """The accounts of the cloud that a label is listed in."""
        listed = {read.account for read in self._reads if read.label == label}
        return sorted(
            account
            for accounts in self._snapshot.scope.accounts.values()
            if listed.intersection(accounts)
            for account in accounts
        )

    @property
    def _reads(self) -> Sequence[ListingStatus]:
        return self._snapshot.reads

    @cached_property
    def _coverage(self) -> ScanCoverage:
        return ScanCoverage(self._snapshot)


def _match(labels: Sequence[str]) -> str:
    return f"MATCH (n:{'|'.join(labels)})" if labels else "MATCH (n)"


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _texts(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
