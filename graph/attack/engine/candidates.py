"""The existing resources that a technique can be about, account by account.

What its declaration asks of a resource (fields, trust, that it can be changed) is answered here
once for all who might act; which permissions they have on it is another question.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ...logic import Truth, all_of, any_of
from ...model import Status
from ...sets import NONE, MaySet, exactly, members
from ..provider import AttackProvider
from .permission_cache import PermissionCache
from .requirement import Existing, OwnRequirement, Where


class CandidateSet(NamedTuple):
    """The candidates for a resource of a technique."""

    rows: MaySet
    unseen: bool = False
    """There may be others that were not read; they count as possible."""

    @property
    def any(self) -> Truth:
        """Whether there is one; None if there only may be."""
        return None if self.unseen and not self.rows.certain else self.rows.any


class Candidates:
    """Candidates by declaration and account."""

    def __init__(self, provider: AttackProvider, cache: PermissionCache) -> None:
        self._provider = provider
        self._cache = cache
        self._table = cache.table
        self._fields = provider.view.graph.nodes
        vocabulary = provider.vocabulary
        self._trust, self._federate = vocabulary.trust, vocabulary.federate
        self._always_listed = frozenset((*vocabulary.principals, *vocabulary.groups))
        self._listed: dict[tuple[str, str], bool] = {}
        for listing in provider.listings:
            key = (listing.label, listing.account)
            self._listed[key] = self._listed.get(key, True) and listing.status == Status.OK
        self._fit: dict[Existing, MaySet] = {}
        self._fit_of_object: dict[int, tuple[Existing, MaySet]] = {}

    def of(self, resource: Existing, account: str, *, anywhere: bool = False) -> CandidateSet:
        """The candidates in an account; ``anywhere``: and in all others too."""
        fit = self._fit_of(resource)
        label = resource.existing
        if not anywhere:
            fit = fit.within(self._owned(label, account))
        unseen = label not in self._always_listed and (
            resource.optional or not self.is_listed(label, account)
        )
        return CandidateSet(fit, unseen)

    def _fit_of(self, resource: Existing) -> MaySet:
        # To look a declaration up by what it says takes longer than all the rest.
        if id(resource) not in self._fit_of_object:
            if resource not in self._fit:
                self._fit[resource] = self._fitting(resource)
            self._fit_of_object[id(resource)] = resource, self._fit[resource]
        return self._fit_of_object[id(resource)][1]

    def is_listed(self, label: str, account: str) -> bool:
        """Whether all resources of a label were listed in an account, wherever it was looked."""
        return self._listed.get((label, account), False)

    def was_looked_for(self, label: str, account: str) -> bool:
        """Whether a label's resources were to be listed in an account, however that ended."""
        return (label, account) in self._listed

    def trusting(self, services: Sequence[str], label: str, action: str = "") -> MaySet:
        """The principals of a label that let one of these services or identity providers act as
        them."""
        found = NONE
        for service in services:
            query = self._cache.query(action or self._trust, label)
            found |= query.rows(self._provider.state(service))
        return found

    def unnamed(self, label: str) -> int | None:
        """The rows of the identities as which resources of a label may run that were not read: none
        of those that name all of them. None if no identity says so."""
        field = dict(self._provider.vocabulary.named_by_identity).get(label)
        if field is None:
            return None
        found = 0
        for row, id_ in enumerate(self._table(self._provider.vocabulary.identity).ids):
            named = self._fields[id_].get(field)
            if named is None or not all(map(self._was_read, named)):
                found |= 1 << row
        return found

    def _was_read(self, id_: str) -> bool:
        return id_ in self._fields and self._fields[id_].get("missing") is None

    def account(self, label: str, account: str) -> int:
        """The rows of a label that belong to an account."""
        return self._table(label).by_account.get(account, 0)

    def fits(self, resource: Existing, id_: str) -> Truth:
        """Whether a node is as a declaration asks, as far as its own fields say."""
        if resource.changed and not self._provider.is_changeable(id_):
            return False
        return all_of(truth for _, truth in self._checks(resource, id_))

    def doubts(self, resource: Existing, id_: str) -> Iterator[str]:
        """What must hold of a node, or could not be read, for it to be as a declaration asks."""
        name = self._fields[id_].get("name") or id_
        for where, truth in self._checks(resource, id_):
            if truth is None:
                unread = self._fields[id_].get(where.field) is None
                yield f"{where.field} of {name} could not be read" if unread else where.if_not or ""

    def _checks(self, resource: Existing, id_: str) -> Iterator[tuple[Where, Truth]]:
        fields = self._fields[id_]
        for where in resource.where:
            value = fields.get(where.field)
            truth = True if where.quota and value is None else holds(where, value)
            yield where, (None if where.optional and truth is False else truth)

    def _able(self, label: str, rows: MaySet, actions: Sequence[str]) -> MaySet:
        """Those of some principals that may do one of these actions on something."""
        ids = self._table(label).ids
        certain = possible = 0
        for row in members(rows.possible):
            state = self._provider.state(ids[row])
            able = any_of(self._cache.allowed_anywhere(state, [(action, ())]) for action in actions)
            if able is not False:
                possible |= 1 << row
            if able:
                certain |= 1 << row
        return MaySet(certain, possible)

    def _able_on_themselves(
        self, label: str, rows: MaySet, asked: Sequence[OwnRequirement]
    ) -> MaySet:
        """Those of some principals that may do all of these actions on themselves."""
        ids = self._table(label).ids
        queries = [self._cache.query(own.action, label, own.context) for own in asked]
        certain = possible = 0
        for row in members(rows.possible):
            state = self._provider.state(ids[row])
            able = all_of(query.rows(state).holds(row) for query in queries)
            if able is not False:
                possible |= 1 << row
            if able:
                certain |= 1 << row
        return MaySet(certain, possible)

    def _owned(self, label: str, account: str) -> int:
        found = self.account(label, account)
        for shared in self._provider.shared_accounts(label):
            found |= self.account(label, shared)
        return found

    def _fitting(self, resource: Existing) -> MaySet:
        label = resource.existing
        table = self._table(label)
        if resource.where or resource.changed:
            certain = possible = 0
            for row, id_ in enumerate(table.ids):
                truth = self.fits(resource, id_)
                if truth is not False:
                    possible |= 1 << row
                if truth:
                    certain |= 1 << row
            fit = MaySet(certain, possible)
        else:
            fit = exactly(table.everything)
        if resource.trusts:
            fit &= self.trusting(resource.trusts, label)
        if resource.federates:
            fit &= self.trusting(resource.federates, label, self._federate)
        if resource.can:
            fit &= self._able(label, fit, resource.can)
        if resource.to_itself:
            fit &= self._able_on_themselves(label, fit, resource.to_itself)
        return fit


def holds(where: Where, value: Any) -> Truth:
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
