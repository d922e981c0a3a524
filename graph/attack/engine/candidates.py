"""The collected things that a technique can be about, account by account.

What its declaration asks of a thing (fields, trust, that it can be changed) is answered here once
for all who might act; which permissions they have on it is another question.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ...authorization.aws.arns import is_immutable
from ...authorization.aws.environment import ROLE, USER, AWSEnvironment, PrincipalState
from ...logic import all_of, any_of
from ...model import ListingStatus, Status
from ...sets import NONE, MaySet, exactly, members
from .permission_cache import Context
from .technique import Existing, Principal, Where

POLICY = "AWSPolicy"
PRINCIPALS = (USER, ROLE)
"""The labels of those who act."""
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_AWS = "aws"
"""The account of what belongs to AWS itself."""


class CandidateSet(NamedTuple):
    """The candidates for a thing."""

    rows: MaySet
    unseen: bool = False
    """There may be others that were not read; they count as possible."""

    @property
    def any(self) -> bool | None:
        """Whether there is one; None if there only may be."""
        return None if self.unseen and not self.rows.certain else self.rows.any


class Candidates:
    """Candidates by declaration and account."""

    def __init__(
        self,
        estate: AWSEnvironment,
        reads: Iterable[ListingStatus],
        trusting: Callable[[str, str], MaySet],
        anywhere: Callable[[PrincipalState, Sequence[tuple[str, Context]]], bool | None],
    ) -> None:
        """``trusting`` tells of the roles that let a service or provider assume them by an
        action, ``anywhere`` whether a principal may do something on anything at all."""
        self._estate = estate
        self._fields = estate.view.graph.nodes
        self._trusting = trusting
        self._anywhere = anywhere
        self._listed: dict[tuple[str, str], bool] = {}
        for read in reads:
            key = (read.label, read.account)
            self._listed[key] = self._listed.get(key, True) and read.status == Status.OK
        self._by_account: dict[str, dict[str, int]] = {}
        self._fit: dict[Principal | Existing, MaySet] = {}

    def of(self, thing: Principal | Existing, account: str) -> CandidateSet:
        """The candidates in an account."""
        if thing not in self._fit:
            self._fit[thing] = self._fitting(thing)
        fit = self._fit[thing] & exactly(self._owned(thing, account))
        unseen = isinstance(thing, Existing) and (
            thing.wish or not self.is_listed(thing.live, account)
        )
        return CandidateSet(fit, unseen)

    def is_listed(self, label: str, account: str) -> bool:
        """Whether all resources of a label were listed in an account, wherever it was looked."""
        return self._listed.get((label, account), False)

    def trusting(self, services: Sequence[str], action: str = "sts:AssumeRole") -> MaySet:
        """The roles that let one of these services or providers assume them."""
        found = NONE
        for service in services:
            found |= self._trusting(service, action)
        return found

    def account(self, label: str, account: str) -> int:
        """The rows of a label that belong to an account."""
        if label not in self._by_account:
            table = self._estate.table(label)
            self._by_account[label] = table.grouped(lambda row: row.account)
        return self._by_account[label].get(account, 0)

    def fits(self, thing: Principal | Existing, id_: str) -> bool | None:
        """Whether a node is as a declaration asks, as far as its own fields tell."""
        if thing.changed and is_immutable(id_):
            return False
        return all_of(truth for _, truth in self._checks(thing, id_))

    def doubts(self, thing: Principal | Existing, id_: str) -> Iterator[str]:
        """What must hold of a node, or could not be read, for it to be as a declaration asks."""
        name = self._fields[id_].get("name") or id_
        for where, truth in self._checks(thing, id_):
            if truth is None:
                unread = self._fields[id_].get(where.field) is None
                yield f"{where.field} of {name} could not be read" if unread else _else(where)

    def _checks(self, thing: Principal | Existing, id_: str) -> Iterator[tuple[Where, bool | None]]:
        fields = self._fields[id_]
        for where in thing.where:
            truth = holds(where, fields.get(where.field))
            yield where, (None if where.wish and truth is False else truth)

    def _able(self, roles: MaySet, actions: Sequence[str]) -> MaySet:
        """Those of the roles that may do one of these actions on something."""
        ids = self._estate.table(ROLE).ids
        certain = possible = 0
        for row in members(roles.possible):
            able = any_of(
                self._anywhere(PrincipalState(ids[row]), [(action, ())]) for action in actions
            )
            if able is not False:
                possible |= 1 << row
            if able:
                certain |= 1 << row
        return MaySet(certain, possible)

    def _owned(self, thing: Principal | Existing, account: str) -> int:
        label = label_of(thing)
        owned = self.account(label, account)
        return owned | self.account(label, _AWS) if label == POLICY else owned

    def _fitting(self, thing: Principal | Existing) -> MaySet:
        table = self._estate.table(label_of(thing))
        if thing.where or thing.changed:
            certain = possible = 0
            for row, id_ in enumerate(table.ids):
                truth = self.fits(thing, id_)
                if truth is not False:
                    possible |= 1 << row
                if truth:
                    certain |= 1 << row
            fit = MaySet(certain, possible)
        else:
            fit = exactly(table.everything)
        if isinstance(thing, Principal):
            if thing.trusts:
                fit &= self.trusting(thing.trusts)
            if thing.federates:
                fit &= self.trusting(thing.federates, WEB_IDENTITY)
            if thing.may:
                fit &= self._able(fit, thing.may)
        return fit


def label_of(thing: Principal | Existing) -> str:
    """The label of the nodes that a thing may be."""
    return thing.principal if isinstance(thing, Principal) else thing.live


def is_role(thing: object) -> bool:
    """Whether a thing is a role."""
    return isinstance(thing, Principal) and thing.principal == ROLE


def holds(where: Where, value: Any) -> bool | None:
    """Whether a field's value is as asked; None if it is unread."""
    if value is None:
        return None
    if isinstance(value, str) and value[:1] in ("[", "{"):
        value = json.loads(value)
    if where.is_ is not None:
        return bool(value == where.is_)
    if where.in_ is not None:
        return value in where.in_
    if where.not_in is not None:
        return value not in where.not_in
    if where.contains is not None:
        return where.contains in value
    if where.count_below is not None:
        return len(value) < where.count_below
    return len(value) >= (where.count_at_least or 0)


def _else(where: Where) -> str:
    return where.otherwise or ""
