"""Who reads which data: the table ``data.yaml`` over an environment."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.sample_names import NAME
from ...logic import all_of
from ...sets import NONE, MaySet, members, number_set
from ..engine.candidates import holds
from ..engine.part_query import PartQueries, PartQuery
from ..engine.permission_cache import PermissionCache
from .data import ReadMethod, ReadPermission, data
from .key_grants import ACTION, KEY, KeyGrants


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
        self,
        environment: AWSEnvironment,
        cache: PermissionCache,
        parts: PartQueries,
        grants: KeyGrants,
    ) -> None:
        self._environment = environment
        self._cache = cache
        self._grants = grants
        self._table = data()
        self._parts = parts
        self._fitting: dict[tuple[str, ReadMethod], MaySet] = {}
        self._asked: dict[str, Sequence[tuple[MaySet, Sequence[PartQuery]]]] = {}
        self._locks: dict[str, Locks] = {}
        self._opened: dict[tuple[str, MaySet, MaySet], MaySet] = {}

    def of(self, label: str, state: PrincipalState) -> MaySet:
        """The resources of a label whose data somebody can read."""
        found = NONE
        declared = self._table.labels[label]
        everything = self._cache.table(label).everything
        for fitting, parts in self._methods(label):
            rows = fitting
            for part in parts:
                if rows.possible:
                    rows &= part.allowed(state)
            found |= rows
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

    def _methods(self, label: str) -> Sequence[tuple[MaySet, Sequence[PartQuery]]]:
        """By each method that fits any resource of a label: which it fits, and what is asked."""
        if label not in self._asked:
            fitting = [
                (self._fits(label, method), method) for method in self._table.labels[label].methods
            ]
            self._asked[label] = [
                (rows, [self._part(label, read) for read in method.all])
                for rows, method in fitting
                if rows.possible
            ]
        return self._asked[label]

    def _by(self, label: str, method: ReadMethod, state: PrincipalState) -> MaySet:
        rows = self._fits(label, method)
        for read in method.all:
            if rows.possible:
                rows &= self._part(label, read).allowed(state)
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

    def _part(self, label: str, read: ReadPermission) -> PartQuery:
        """What a permission is asked on, for each resource of a label."""
        return self._parts.query(read.action, label, read.on.replace("{any}", NAME))

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
        return number_set(self.keys)


_OF_AWS = ":alias/aws/"
"""In the aliases of keys that AWS manages."""
