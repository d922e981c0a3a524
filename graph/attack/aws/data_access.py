"""Who reads which data: the table ``data.yaml`` over an environment."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ...authorization.aws.context import UNKNOWN_CONTEXT, Context
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.patterns import Piece, Wild
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.request import facts
from ...authorization.aws.sample_names import NAME, sample_names
from ...authorization.aws.statement_index import widened
from ...authorization.resource_table import ResourceTable
from ...logic import all_of
from ...sets import NONE, MaySet, members
from ..engine.candidates import holds
from ..engine.permission_cache import PermissionCache, PermissionQuery
from .data import ReadMethod, ReadPermission, data
from .key_grants import ACTION, KEY, KeyGrants

_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass
class Part:
    """What a permission is asked on, for all resources of a label at once."""

    query: PermissionQuery
    rows: Sequence[int]
    """The resources that each row of the question's table is a part of, or serves."""
    unread: int
    """The resources of which it could not be read what it is asked on."""
    _folded: dict[int, MaySet] = field(default_factory=dict)

    def of(self, state: PrincipalState) -> MaySet:
        """The resources that a holder has the permission for."""
        number = self.query.of(state)
        if number not in self._folded:
            answer = self.query.answers[number]
            certain = possible = 0
            for row in members(answer.possible):
                possible |= self.rows[row]
                if answer.certain >> row & 1:
                    certain |= self.rows[row]
            self._folded[number] = MaySet(certain, possible | self.unread)
        return self._folded[number]

    def example(self, state: PrincipalState, resource: int) -> str:
        """On what a holder has the permission, of a resource; empty if that was not read."""
        answer = self.query.rows(state)
        for rows in (answer.certain, answer.possible):
            for row in members(rows):
                if self.rows[row] >> resource & 1:
                    return self.query.table.ids[row]
        return ""


class DataPath(NamedTuple):
    """How somebody reads a resource."""

    reads: Sequence[tuple[str, str]]
    """Actions, with what each is asked on."""
    doubts: Sequence[str]
    """What else must hold, or could not be read."""
    granted: Sequence[tuple[str, str]] = ()
    """Actions that a grant allows, with its id."""


class DataAccess:
    """Answers for the labels that hold data."""

    def __init__(
        self, environment: AWSEnvironment, cache: PermissionCache, grants: KeyGrants
    ) -> None:
        self._environment = environment
        self._cache = cache
        self._grants = grants
        self._table = data()
        self._patterns = Patterns(environment)
        self._parts: dict[tuple[str, ReadPermission], Part] = {}
        self._fitting: dict[tuple[str, ReadMethod], MaySet] = {}
        self._locks: dict[str, Locks] = {}
        self._opened: dict[tuple[str, MaySet, MaySet], MaySet] = {}

    def of(self, label: str, state: PrincipalState) -> MaySet:
        """The resources of a label whose data somebody can read."""
        found = NONE
        declared = self._table.labels[label]
        everything = self._cache.table(label).everything
        for method in declared.methods:
            found |= self._by(label, method, state)
            if found.certain == everything:
                break
        if declared.key and found.possible:
            found &= self._unlocked(label, declared.key, found, state)
        return found

    def path(self, label: str, row: int, state: PrincipalState) -> DataPath:
        """The most certain method by which somebody reads a resource. Raises LookupError if there
        is none."""
        declared = self._table.labels[label]
        methods = [
            (method, self._by(label, method, state).holds(row)) for method in declared.methods
        ]
        for wanted in (True, None):
            for method, truth in methods:
                if truth is wanted:
                    return self._explained(label, row, state, method)
        raise LookupError(f"{state.id} cannot read {self._cache.table(label).ids[row]}")

    def _explained(
        self, label: str, row: int, state: PrincipalState, method: ReadMethod
    ) -> DataPath:
        id_ = self._cache.table(label).ids[row]
        fields = self._environment.view.graph.nodes[id_]
        reads, granted, doubts = [], [], list(method.assumes)
        doubts += [
            f"{where.field} of {id_} could not be read"
            for where in method.where
            if holds(where, fields.get(where.field)) is None
        ]
        for read in method.all:
            arn = self._part(label, read).example(state, row)
            if arn:
                reads.append((read.action, arn))
            else:
                doubts.append(f"{' and '.join(read.fields)} of {id_} could not be read")
        key = self._table.labels[label].key
        if key:
            locks = self._locks_of(label, key)
            if locks.unread >> row & 1:
                doubts.append(f"the key of {id_} could not be read")
            allowed = self._decrypting(state)
            for wanted in (allowed.certain, allowed.possible):
                lock = next(members(locks.keys.get(row, 0) & wanted), None)
                if lock is None:
                    continue
                id_of_key = self._cache.table(KEY).ids[lock]
                grant = self._grants.of(state, id_of_key)
                if action := self._decrypts(state, lock, wanted is allowed.certain):
                    reads.append((action, id_of_key))
                elif grant:
                    granted.append((ACTION, grant.id))
                    doubts += grant.doubts
                else:
                    doubts.append(f"the grants on {id_of_key} could not be listed")
                break
        return DataPath(reads, doubts, granted)

    def _decrypts(self, state: PrincipalState, key: int, is_certain: bool) -> str | None:
        """The action by which policies let somebody decrypt with a key."""
        for action in self._table.decrypts:
            truth = self._cache.query(action, KEY).rows(state).holds(key)
            if truth or (truth is None and not is_certain):
                return action
        return None

    def _by(self, label: str, method: ReadMethod, state: PrincipalState) -> MaySet:
        rows = self._fits(label, method)
        for read in method.all:
            if rows.possible:
                rows &= self._part(label, read).of(state)
        return rows

    def _fits(self, label: str, method: ReadMethod) -> MaySet:
        """The resources that can be read by a method, as far as their fields tell."""
        key = label, method
        if key not in self._fitting:
            certain = possible = 0
            for row, id_ in enumerate(self._cache.table(label).ids):
                fields = self._environment.view.graph.nodes[id_]
                truth = all_of(holds(where, fields.get(where.field)) for where in method.where)
                possible |= (truth is not False) << row
                certain |= (truth is True) << row
            self._fitting[key] = MaySet(0 if method.assumes else certain, possible)
        return self._fitting[key]

    def _part(self, label: str, read: ReadPermission) -> Part:
        key = label, read
        if key not in self._parts:
            self._parts[key] = self._divide(label, read)
        return self._parts[key]

    def _divide(self, label: str, read: ReadPermission) -> Part:
        """What a permission is asked on, for each resource of a label."""
        table = self._cache.table(label)
        if read.on == "{id}":
            each = [1 << row for row in range(len(table))]
            return Part(self._cache.about(read.action, table), each, 0)
        served: dict[str, int] = {}
        unread = 0
        for row, id_ in enumerate(table.ids):
            template = self._filled(read, id_)
            if template is None:
                unread |= 1 << row
            else:
                served[template] = served.get(template, 0) | 1 << row
        owned: dict[str, int] = {}
        for template, rows in served.items():
            for arn in self._patterns.sample_names(template, read.action, label):
                owned[arn] = owned.get(arn, 0) | rows
        parts = ResourceTable(map(self._environment.row, owned))
        question = self._cache.about(read.action, parts)
        return Part(question, [owned[arn] for arn in parts.ids], unread)

    def _filled(self, read: ReadPermission, id_: str) -> str | None:
        """What a permission is asked on for one resource; None if a field that says so is
        unread."""
        fields = {
            **self._environment.view.graph.nodes[id_],
            "partition": id_.split(":")[1],
            "any": NAME,
        }
        if any(fields.get(name) is None for name in read.fields):
            return None
        return _PLACE.sub(lambda place: str(fields[place[1]]), read.on)

    def _unlocked(self, label: str, key: str, rows: MaySet, state: PrincipalState) -> MaySet:
        """Those of some resources whose key, if they have one, somebody may use."""
        locks = self._locks_of(label, key)
        if not rows.possible & (locks.unread | locks.locked):
            return rows
        allowed = self._decrypting(state)
        memo = label, rows, allowed
        if memo not in self._opened:
            certain, possible = rows.certain & ~locks.unread, rows.possible
            for row, needed in locks.keys.items():
                bit = 1 << row
                if not needed & allowed.certain:
                    certain &= ~bit
                if not needed & allowed.possible and not locks.unread & bit:
                    possible &= ~bit
            self._opened[memo] = MaySet(certain & possible, possible)
        return self._opened[memo]

    def _decrypting(self, state: PrincipalState) -> MaySet:
        found = NONE
        for action in self._table.decrypts:
            found |= self._cache.query(action, KEY).rows(state)
        return found | self._grants.keys(state)

    def _locks_of(self, label: str, key: str) -> "Locks":
        if label not in self._locks:
            self._locks[label] = self._read_locks(label, key)
        return self._locks[label]

    def _read_locks(self, label: str, key: str) -> "Locks":
        view = self._environment.view
        index = self._cache.table(KEY).index
        keys: dict[int, int] = {}
        unread = 0
        for row, id_ in enumerate(self._cache.table(label).ids):
            for target in view.targets(id_, key):
                if target not in index:
                    if _OF_AWS not in target:
                        unread |= 1 << row
                elif view.get(target, "key_manager") != "AWS":
                    keys[row] = keys.get(row, 0) | 1 << index[target]
        return Locks(keys, unread)


class Locks(NamedTuple):
    """The keys that resources of a label are encrypted with."""

    keys: Mapping[int, int]
    """Customers' own keys by the resource's row."""
    unread: int
    """Resources whose key was not read."""

    @property
    def locked(self) -> int:
        """The resources with a customer's own key."""
        return sum(1 << row for row in self.keys)


_OF_AWS = ":alias/aws/"
"""In the aliases of keys that AWS manages."""


class Patterns:
    """By which names policies tell the parts of a resource apart."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._known: dict[tuple[str, str], dict[tuple[Piece, ...], bool]] = {}

    def sample_names(self, template: str, action: str, label: str) -> list[str]:
        """ARNs of a template that stand for all that the policies of an environment tell apart."""
        if NAME not in template:
            return [template]
        before = template.partition(NAME)[0]
        named = self._named(action, label)
        fitting = {
            pieces: limits
            for pieces, limits in named.items()
            if _may_take(pieces, before) and (limits or not _takes_all(pieces, before))
        }
        return sample_names(
            template, fitting, [pieces for pieces, limits in fitting.items() if limits]
        )

    def _named(self, action: str, label: str) -> dict[tuple[Piece, ...], bool]:
        """The patterns of all policies that say something about an action, and whether they take
        away."""
        key = action, label
        if key not in self._known:
            found: dict[tuple[Piece, ...], bool] = {}
            for policy, limits, contexts in self._policies(label):
                for one in policy.about(action):
                    for pattern in one.resource_patterns or ():
                        for context in contexts if pattern.keys else contexts[:1]:
                            pieces = tuple(widened(pattern, context))
                            takes = limits or one.effect == "Deny" or one.is_not_resource
                            found[pieces] = takes or found.get(pieces, False)
            self._known[key] = found
        return self._known[key]

    def _policies(self, label: str) -> Iterator[tuple[Policy, bool, Sequence[Context]]]:
        """All policies, whether they only limit, and whom their variables may stand for."""
        yield from self._of_principals
        for account in sorted(self._environment.scanned):
            over = self._environment.account(account)
            for level in (*over.scps, *over.rcps):
                for policy in level:
                    yield policy, True, (UNKNOWN_CONTEXT,)
        own = self._environment.view.own_policies.get(label)
        if own:
            for id_ in self._environment.view.labelled(label):
                document = self._environment.view.get(id_, own.name)
                if document:
                    yield compile_policy(document, id_), False, (UNKNOWN_CONTEXT,)

    @cached_property
    def _of_principals(self) -> list[tuple[Policy, bool, Sequence[Context]]]:
        holding: dict[tuple[Policy, bool], list[Context]] = {}
        for id_ in self._environment.principals:
            held = self._environment.held(PrincipalState(id_))
            context = facts(held.principal, since=self._environment.since)
            for policies, limits in ((held.identity, False), (held.boundaries, True)):
                for policy in policies:
                    holding.setdefault((policy, limits), []).append(context)
        return [(policy, limits, contexts) for (policy, limits), contexts in holding.items()]


def _may_take(pieces: tuple[Piece, ...], before: str) -> bool:
    """Whether a pattern may take something that begins so."""
    first = pieces[0] if pieces and isinstance(pieces[0], str) else ""
    return first.startswith(before) or before.startswith(first)


def _takes_all(pieces: tuple[Piece, ...], before: str) -> bool:
    """Whether a pattern takes whatever begins so."""
    first, *rest = pieces or ("",)
    if isinstance(first, str):
        return before.startswith(first) and rest == [Wild.ANY]
    return first is Wild.ANY and not rest
