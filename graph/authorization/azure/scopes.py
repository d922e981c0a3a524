"""Scopes: what a role that is held somewhere reaches.

Below a subscription a scope reaches what its path begins with, segment by segment. Above, the tree
of management groups says what lies where, and above that is the tenant: Azure's scope ``/``.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from ...sets import MaySet, exactly, number_set
from ..resource_table import ResourceTable

SUBSCRIPTIONS = "/subscriptions/"
GROUPS = "/providers/microsoft.management/managementgroups/"
TENANTS = "/tenants/"
_TOPS = (SUBSCRIPTIONS, GROUPS, TENANTS)
_AFTER_SLASH = chr(ord("/") + 1)


class Ancestry(NamedTuple):
    """The scopes above one that are no part of its path, from near to far."""

    groups: tuple[str, ...]
    """Management groups."""
    is_whole: bool
    """False if there may be other groups above."""
    tenant: str
    """Empty if it is not known."""


class ScopeTree:
    """The management groups of tenants, and what lies in each."""

    def __init__(self, parents: Mapping[str, str | None], tenants: Mapping[str, str]) -> None:
        """``parents`` are the groups that management groups and subscriptions lie in, by id: empty
        for a root group, None (or nothing) if that is not known; ``tenants`` are their tenants."""
        self._parents = parents
        self._tenants = tenants
        self._known: dict[str, Ancestry] = {}
        self._by_tree = cache(self._reached_by_tree)

    def above(self, scope: str) -> Ancestry:
        """What is above a scope."""
        top = top_of(scope)
        if top not in self._known:
            self._known[top] = self._climb(top)
        return self._known[top]

    def _climb(self, top: str) -> Ancestry:
        if not top.startswith((SUBSCRIPTIONS, GROUPS)):
            return Ancestry((), True, top)
        found: list[str] = []
        parent = self._parents.get(top)
        while parent and parent not in found:
            found.append(parent)
            parent = self._parents.get(parent)
        return Ancestry(tuple(found), parent == "", self._tenants.get(top, ""))

    def chain(self, scope: str) -> Iterator[str]:
        """A scope and all that are known to reach it, from near to far."""
        yield from path_of(scope)
        above = self.above(scope)
        yield from above.groups
        if above.tenant and above.tenant != scope:
            yield above.tenant

    def may_lie_in(self, scope: str, above: str) -> bool:
        """Whether a scope may lie in one that is not known to be above it."""
        if above.startswith(GROUPS):
            return not self.above(scope).is_whole and top_of(scope) != above
        return above.startswith(TENANTS) and not self.above(scope).tenant

    def reached(self, scope: str, table: "ScopedTable") -> MaySet:
        """The rows of a table that a scope reaches."""
        if scope.startswith((GROUPS, TENANTS)):
            return self._by_tree(scope, table)
        return exactly(table.below(scope))

    def _reached_by_tree(self, scope: str, table: "ScopedTable") -> MaySet:
        found = exactly(table.below(scope))
        for top, rows in table.tops.items():
            above = self.above(top)
            if scope in above.groups or scope == above.tenant:
                found |= exactly(rows)
            elif self.may_lie_in(top, scope):
                found |= MaySet(0, rows)
        return found


class ScopedTable:
    """A table of resources, by the scopes that their paths are below."""

    def __init__(self, table: ResourceTable) -> None:
        self.table = table
        self._keys = [f"{id_.lower()}/" for id_ in table.ids]
        self._order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        self._sorted = [self._keys[row] for row in self._order]
        self._known: dict[str, int] = {}

    def below(self, scope: str) -> int:
        """The rows that lie at a scope, or in it by their paths."""
        if scope not in self._known:
            begin = f"{scope}/"
            start = bisect_left(self._sorted, begin)
            end = bisect_left(self._sorted, scope + _AFTER_SLASH, start)
            self._known[scope] = number_set(self._order[start:end])
        return self._known[scope]

    def at(self, scope: str) -> int:
        """The row of a scope itself, as a set."""
        place = bisect_left(self._sorted, f"{scope}/")
        found = place < len(self._sorted) and self._sorted[place] == f"{scope}/"
        return 1 << self._order[place] if found else 0

    @cached_property
    def tops(self) -> Mapping[str, int]:
        """The rows of each subscription, management group or tenant."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, id_ in enumerate(self.table.ids):
            found[top_of(id_.lower())].append(row)
        return {top: number_set(rows) for top, rows in found.items() if top}


def top_of(scope: str) -> str:
    """The subscription, management group or tenant that a path begins with; empty if none."""
    for start in _TOPS:
        if scope.startswith(start):
            return start + scope[len(start) :].partition("/")[0]
    return ""


def path_of(scope: str) -> Iterator[str]:
    """A scope and all that its path lies in, up to what it begins with."""
    top = top_of(scope)
    while scope:
        yield scope
        if scope == top:
            return
        scope = scope.rpartition("/")[0]
