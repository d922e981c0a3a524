"""The tree of organizations, folders and projects, and what lies in each.

A resource lies in all that its full name begins with, in its project, and in what is above that.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from ...sets import MaySet, exactly, number_set
from ..resource_table import ResourceTable

TREE = "//cloudresourcemanager.googleapis.com/"
PROJECTS = f"{TREE}projects/"
TOPS = (PROJECTS, f"{TREE}folders/", f"{TREE}organizations/")
"""How the ids of projects, folders and organizations begin."""
_PROJECT = re.compile(r"//[^/]+/(?:[^/]+/v\d[^/]*/)?projects/([^/]+)(?:/|$)")


class Place(NamedTuple):
    """Where a resource lies."""

    chain: tuple[str, ...]
    """The resource and all that it is known to lie in, from near to far."""
    is_whole: bool
    """False if it may lie in more."""

    @property
    def project(self) -> str:
        """Id of the project, empty if it is in none, or in one that is not known."""
        return next((each for each in self.chain if each.startswith(PROJECTS)), "")

    @property
    def top(self) -> str:
        """The project, or else the folder or organization that it is; empty if not known."""
        return next((each for each in self.chain if each.startswith(TOPS)), "")


class ScopeTree:
    """What lies in what."""

    def __init__(
        self,
        parents: Mapping[str, str | None],
        numbers: Mapping[str, str],
        owners: Mapping[str, str],
    ) -> None:
        """``parents`` are those of projects and folders by id: empty if there is none, None (or
        nothing) if that is not known; ``numbers`` are the projects by number; ``owners`` the
        projects of resources whose names do not tell."""
        self._parents = parents
        self._numbers = numbers
        self._owners = owners
        self._known: dict[str, Place] = {}

    def named(self, scope: str) -> str:
        """A resource, by its project's id instead of its number."""
        match = _PROJECT.match(scope)
        if match is None or match[1] not in self._numbers:
            return scope
        return scope[: match.start(1)] + self._numbers[match[1]] + scope[match.end(1) :]

    def place(self, resource: str, account: str = "") -> Place:
        """Where a resource lies."""
        if resource not in self._known:
            self._known[resource] = self._found(resource, account)
        return self._known[resource]

    def _found(self, resource: str, account: str) -> Place:
        chain = [resource]
        while not chain[-1].startswith(TOPS):
            shorter = chain[-1].rpartition("/")[0]
            if shorter.count("/") < 3 or shorter.endswith(("/projects", "/v1")):
                break
            chain.append(shorter)
        top = chain[-1] if chain[-1].startswith(TOPS) else ""
        if top:
            chain[:] = _tops(resource)
            top = chain[-1]
        else:
            match = _PROJECT.match(resource)
            owner = match[1] if match and match[1] != "_" else self._owners.get(resource, account)
            if owner:
                top = PROJECTS + owner if "/" not in owner else TREE + owner
                chain.append(top)
        above, is_whole = self._above(top)
        return Place(tuple(dict.fromkeys((*chain, *above))), is_whole)

    def _above(self, top: str) -> tuple[list[str], bool]:
        found: list[str] = []
        current: str | None = top or None
        while current and current not in found[:-1]:
            if current.startswith(TOPS[2]):
                return found, True
            current = self._parents.get(current)
            if current:
                found.append(current)
        return found, current == ""


def _tops(resource: str) -> list[str]:
    """A resource of the tree, or below one of its parts, up to that part."""
    found = [resource]
    while found[-1].count("/") > 4:
        found.append(found[-1].rpartition("/")[0])
    return found


class PlacedTable:
    """The rows of a table by what they lie in."""

    def __init__(self, table: ResourceTable, tree: ScopeTree) -> None:
        self.table = table
        self.places = [tree.place(row.id, row.account) for row in table.rows]

    @cached_property
    def _by_scope(self) -> Mapping[str, int]:
        found: dict[str, list[int]] = {}
        for row, place in enumerate(self.places):
            for scope in place.chain:
                found.setdefault(scope, []).append(row)
        return {scope: number_set(rows) for scope, rows in found.items()}

    @cached_property
    def _open(self) -> int:
        return number_set(row for row, place in enumerate(self.places) if not place.is_whole)

    @cached_property
    def tops(self) -> Mapping[str, int]:
        """The rows of each project, folder or organization; of those of none that is known under
        an empty name."""
        found: dict[str, list[int]] = {}
        for row, place in enumerate(self.places):
            found.setdefault(place.top, []).append(row)
        return {top: number_set(rows) for top, rows in found.items()}

    def below(self, scope: str) -> MaySet:
        """The rows that lie in a scope; all may lie in one that was not read."""
        if not scope:
            return MaySet(0, self.table.everything)
        known = exactly(self._by_scope.get(scope, 0))
        if not scope.startswith(TOPS):
            return known
        return known | MaySet(0, self._may_lie_in(scope))

    def _may_lie_in(self, scope: str) -> int:
        if scope.startswith(PROJECTS):
            return self.tops.get("", 0)
        return self._open


def lies_in(place: Place, scope: str) -> bool | None:
    """Whether a resource lies in a scope; None if that is not known."""
    if scope in place.chain:
        return True
    if not scope:
        return None
    if not scope.startswith(TOPS):
        return False
    if scope.startswith(PROJECTS):
        return False if place.top else None
    return False if place.is_whole else None
