"""The recorded estate on disk: which answer belongs to which request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GLOBAL = "global"
# Buckets are listed for the whole account, whichever region asks.
_ALWAYS_GLOBAL = frozenset({"s3", "s3control"})


class EstateError(Exception):
    """The estate holds something that AWS could not have answered."""


@dataclass(frozen=True)
class Recorded:
    """One recorded answer or error, and the parameters it is recorded for."""

    response: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    when: Mapping[str, Any]


class Estate:
    """Reads `<account>/<region>/<service>.json`, keeping parsed files until they change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._parsed: dict[Path, tuple[int, dict[str, Any]]] = {}

    def has_account(self, account: str) -> bool:
        """Whether the account is part of the estate."""
        return (self.root / account).is_dir()

    def operations(self, account: str, region: str, service: str) -> dict[str, Any] | None:
        """The recorded operations of a service, None when there is no file for it."""
        regions = (GLOBAL,) if service in _ALWAYS_GLOBAL else (region, GLOBAL)
        for name in regions:
            path = self.root / account / name / f"{service}.json"
            if path.is_file():
                return self._load(path)
        return None

    def _load(self, path: Path) -> dict[str, Any]:
        changed = path.stat().st_mtime_ns
        known = self._parsed.get(path)
        if known is None or known[0] != changed:
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise EstateError(f"{path}: {error}") from error
            known = self._parsed[path] = (changed, content)
        return known[1]


def choose(recorded: Any, params: Mapping[str, Any]) -> Recorded | None:
    """The entry for these parameters: an object answers all, a list its first match."""
    if isinstance(recorded, dict):
        if recorded.keys() == {"error"}:
            return Recorded(None, recorded["error"], {})
        return Recorded(recorded, None, {})
    for entry in recorded:
        when = entry.get("when", {})
        if entry.keys() - {"when", "response", "error"} or not entry.keys() & {"response", "error"}:
            raise EstateError(f"an entry needs `response` or `error`, got {sorted(entry)}")
        if matches(when, params):
            return Recorded(entry.get("response"), entry.get("error"), when)
    return None


def matches(wanted: Any, given: Any) -> bool:
    """Whether `wanted` is a subset of `given`; lists of scalars compare in any order."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            name in given and matches(value, given[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(given, list):
        if all(isinstance(item, str | int | float) for item in [*wanted, *given]):
            return sorted(map(str, wanted)) == sorted(map(str, given))
        return wanted == given
    if isinstance(wanted, str):
        # Clients send the bare id of a hosted zone, but its full name is what AWS lists.
        wanted = wanted.removeprefix("/hostedzone/")
    return bool(wanted == given)
