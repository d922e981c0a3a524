"""Many resources that are asked about together; a set of them is a set of their rows."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from ..sets import number_set


class ResourceRow(NamedTuple):
    """A resource that is asked about."""

    id: str
    """Its full identity."""
    account: str = ""
    """The account it belongs to; empty if that is unknown."""
    owner: str = ""
    """Id of the collected resource that it is, or is a part of; empty if it is neither."""
    is_new: bool = False
    """It is yet to be made."""


class ResourceTable:
    """Distinct resources, sorted by identity, so that what begins alike lies together."""

    def __init__(self, rows: Iterable[ResourceRow]) -> None:
        self.rows = sorted({row.id: row for row in rows}.values())
        self.ids = tuple(row.id for row in self.rows)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """The row of each identity."""
        return {id_: row for row, id_ in enumerate(self.ids)}

    @cached_property
    def everything(self) -> int:
        """All rows."""
        return (1 << len(self.ids)) - 1

    @cached_property
    def by_account(self) -> Mapping[str, int]:
        """The rows of each account."""
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.rows):
            found.setdefault(row.account, []).append(number)
        return {account: number_set(numbers) for account, numbers in found.items()}
