"""What a role allows, entry by entry."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Self

from ...logic import Truth
from .actions import Action, any_matches
from .conditions import Attributes, ConditionError, parse


class RoleEntry(NamedTuple):
    """One entry of a role's permissions, or of what is denied: actions less those it spares."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str = ""

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """The entry as Azure tells of it."""
        return cls(
            tuple(raw.get("actions") or ()),
            tuple(raw.get("notActions") or ()),
            tuple(raw.get("dataActions") or ()),
            tuple(raw.get("notDataActions") or ()),
            raw.get("condition") or "",
        )

    def names(self, action: Action) -> bool:
        """Whether it is about an action. What it spares, other entries may name."""
        named, spared = (
            (self.data_actions, self.not_data_actions)
            if action.is_data
            else (self.actions, self.not_actions)
        )
        return any_matches(named, action.name) and not any_matches(spared, action.name)


@lru_cache(4096)
def entries(document: str) -> tuple[RoleEntry, ...]:
    """The entries of a role's or a deny assignment's permissions, a list as JSON."""
    return tuple(map(RoleEntry.of, json.loads(document or "[]")))


@lru_cache(65536)
def naming(document: str, action: Action) -> tuple[tuple[int, RoleEntry], ...]:
    """The entries that are about an action, with their places."""
    return tuple(each for each in enumerate(entries(document)) if each[1].names(action))


def fulfilled(condition: str, action: Action, known: Attributes) -> Truth:
    """Whether a condition holds; one that cannot be read is open."""
    try:
        return parse(condition).holds(action, known)
    except ConditionError:
        return None


def names_data(documents: Iterable[str], name: str) -> bool:
    """Whether some role says of an action, in these very words, that it is one on data."""
    return any(name in _data_names(document) for document in documents)


@lru_cache(4096)
def _data_names(document: str) -> frozenset[str]:
    return frozenset(each.lower() for entry in entries(document) for each in entry.data_actions)
