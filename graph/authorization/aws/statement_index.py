"""What the statements of policies apply to, for all rows of a table at once."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import dropwhile

from ...logic import Truth
from ...sets import NONE, MaySet, exactly, members, number_set
from ..resource_table import ResourceTable
from .context import Context, Known
from .environment import AWSEnvironment
from .patterns import Piece, Wild, compile_resource, has_wild_type
from .policy import Statement
from .variables import Form, Template

_ROW_KEYS = frozenset(
    (
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "iam:permissionsboundary",
    )
)
OF_ONE = frozenset(("aws:principalarn", "aws:userid", "aws:username"))
"""Condition keys that have another value for every principal."""
_ROW_TAG = ":resourcetag/"


_LAST = chr(0x10FFFF)
"""Sorts behind every character that an ARN has."""


class StatementIndex:
    """Which rows of a table a statement applies to."""

    def __init__(self, environment: AWSEnvironment, table: ResourceTable) -> None:
        self.table = table
        self.ids = table.ids
        self._facts = environment.facts
        self._keys: dict[Statement, tuple[str, ...]] = {}
        self._fixed: dict[Statement, MaySet] = {}
        """What statements without variables name."""
        self._found: dict[tuple[Statement, tuple[Known, ...]], MaySet] = {}
        self._like: dict[tuple[Piece, ...], MaySet] = {}
        self._groups: dict[tuple[str, ...], list[tuple[Context, int]]] = {}

    @cached_property
    def everything(self) -> MaySet:
        """All rows."""
        return MaySet(self.table.everything, self.table.everything)

    def rows_of(self, account: str) -> int:
        """The rows that a principal of an account finds in its own: those of nobody too."""
        by_account = self.table.by_account
        return by_account.get(account, 0) | by_account.get("", 0)

    def applies(self, one: Statement, context: Context) -> MaySet:
        """The rows that a statement is about and whose conditions hold, for a caller and request
        of which the context tells; what follows from the row is added to it."""
        keys = self._keys.get(one)
        if keys is None:
            keys = self._keys[one] = tuple(sorted(one.keys))
        if not OF_ONE.isdisjoint(keys):
            return self._apply(one, context, keys)  # nobody else will ask the same
        key = one, tuple([context.get(name) for name in keys])
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._apply(one, context, keys)
        return found

    def _apply(self, one: Statement, context: Context, keys: Iterable[str]) -> MaySet:
        of_rows = tuple(key for key in keys if key in _ROW_KEYS or _ROW_TAG in key)
        if not of_rows:
            return self._apply_alike(one, context, self.table.everything)
        found = NONE
        for facts, rows in self._alike(of_rows):
            found |= self._apply_alike(one, context.over(facts), rows)
        return found

    def _apply_alike(self, one: Statement, context: Context, rows: int) -> MaySet:
        """Among rows for which the context says all that the statement asks."""
        held = one.condition_truth(context)
        if held is False:
            return NONE
        about = self._fixed.get(one)
        if about is None:
            about = self._about(one, context)
            if not any(pattern.keys for pattern in one.resource_patterns or ()):
                self._fixed[one] = about
        return about.within(rows).only_if(held is True)

    def _about(self, one: Statement, context: Context) -> MaySet:
        """The rows that a statement names: :meth:`Statement.resource_match` of each."""
        everything = self.table.everything
        is_whole = "Resource" not in one.unread
        if one.resource_patterns is None:
            return self.everything.only_if(is_whole)
        named = NONE
        for pattern in one.resource_patterns:
            named |= self._matching(pattern, context)
        if one.is_not_resource:
            return MaySet(
                everything & ~named.possible if is_whole else 0, everything & ~named.certain
            )
        return named if is_whole else MaySet(named.certain, everything)

    def _matching(self, pattern: Template, context: Context) -> MaySet:
        """The rows that a pattern describes: :meth:`Template.matches` of each."""
        if pattern.form is Form.NOT_RESOURCE and pattern.is_unfilled(context):
            return self.everything.uncertain()
        rows = self._rows_like(tuple(pattern.filled(context)))
        if not pattern.keys:
            return rows
        return _matched(members(rows.possible), lambda row: pattern.matches(row, context), self.ids)

    def _rows_like(self, pattern: tuple[Piece, ...]) -> MaySet:
        """The rows whose whole ARN a pattern matches."""
        if pattern not in self._like:
            self._like[pattern] = self._match(pattern)
        return self._like[pattern]

    def _match(self, pattern: tuple[Piece, ...]) -> MaySet:
        ids = self.ids
        rest = tuple(dropwhile(lambda piece: isinstance(piece, str), pattern))
        prefix = "".join(map(str, pattern[: len(pattern) - len(rest)]))
        if not rest:
            row = self.table.index.get(prefix)
            return NONE if row is None else exactly(1 << row)
        first = bisect_left(ids, prefix)
        last = bisect_left(ids, prefix + _LAST, first)
        if all(piece is Wild.ANY for piece in rest) and not has_wild_type(pattern):
            return exactly((1 << last) - (1 << first))
        return _matched(range(first, last), compile_resource(pattern), ids)

    @cached_property
    def _row_facts(self) -> list[Context]:
        return [self._facts(row) for row in self.table.rows]

    def _alike(self, keys: tuple[str, ...]) -> list[tuple[Context, int]]:
        """The rows with the same values of some keys, with what is known of one of them."""
        if keys not in self._groups:
            found: dict[tuple[Known, ...], tuple[Context, int]] = {}
            for row, facts in enumerate(self._row_facts):
                values = tuple(facts.get(key) for key in keys)
                first, rows = found.get(values, (facts, 0))
                found[values] = first, rows | 1 << row
            self._groups[keys] = list(found.values())
        return self._groups[keys]


def _matched(rows: Iterable[int], matches: Callable[[str], Truth], ids: Sequence[str]) -> MaySet:
    """The rows whose ARN matches."""
    truths = [(row, matches(ids[row])) for row in rows]
    return MaySet(
        number_set(row for row, truth in truths if truth),
        number_set(row for row, truth in truths if truth is not False),
    )
