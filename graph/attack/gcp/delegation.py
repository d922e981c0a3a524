"""Delegation through several service accounts: who may delegate through one delegates through all
that this one may delegate through, too.

https://cloud.google.com/iam/docs/create-short-lived-credentials-delegated
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from ...authorization.gcp.environment import PrincipalState
from ...authorization.resource_table import ResourceTable
from ...sets import NONE, MaySet, members

Direct = Callable[[PrincipalState, ResourceTable], MaySet]
"""Through which rows of a table a principal may delegate by itself."""


class Delegation:
    """Which accounts stand at the end of chains of delegates."""

    def __init__(self, direct: Direct) -> None:
        self._direct = direct
        self._links = lru_cache(64)(self._linking)

    def through(self, first: MaySet, on: ResourceTable) -> MaySet:
        """All accounts that come after some first delegates, and these."""
        found, new = first, first
        while new.possible:
            further = NONE
            for row, rows in self._links(on).items():
                if new.possible >> row & 1:
                    further |= rows.only_if(bool(new.certain >> row & 1))
            new = MaySet(further.certain & ~found.certain, further.possible & ~found.possible)
            new = MaySet(new.certain, new.possible | new.certain)
            found |= further
        return found

    def chain(self, first: MaySet, on: ResourceTable, last: int) -> Sequence[int]:
        """The accounts by which a chain leads to the last one, a certain one if there is any."""
        for are_certain in (True, False):
            begin = first.certain if are_certain else first.possible
            before: dict[int, int | None] = dict.fromkeys(members(begin))
            ahead = [*before]
            for row in ahead:
                if row == last:
                    break
                rows = self._links(on).get(row, NONE)
                for each in members(rows.certain if are_certain else rows.possible):
                    if each not in before:
                        before[each] = row
                        ahead.append(each)
            if last in before:
                found: list[int] = []
                current: int | None = last
                while current is not None:
                    found.insert(0, current)
                    current = before[current]
                return found
        return ()

    def _linking(self, on: ResourceTable) -> dict[int, MaySet]:
        """By account: through which others it may delegate, if there are any."""
        found = {}
        for row, id_ in enumerate(on.ids):
            rows = self._direct(PrincipalState(id_), on)
            others = MaySet(rows.certain & ~(1 << row), rows.possible & ~(1 << row))
            if others.possible:
                found[row] = others
        return found
