"""Steps that no technique is needed for: what can be assumed, administered and read."""

from collections.abc import Iterator, Sequence

from ...authorization.aws.authorizer import Given
from ...authorization.aws.context import Open
from ...authorization.aws.environment import ROLE, AWSEnvironment, PrincipalState
from ...sets import NONE, MaySet, exactly, members
from ..model import AttackGraph, Step, StepType
from .candidates import PRINCIPALS, Candidates
from .data_access import DataAccess
from .permission_cache import CachedQuery, PermissionCache
from .principal_states import PrincipalStates
from .technique import techniques

ASSUME = "sts-assume-role"
"""The technique that is told as CAN_ASSUME, since it also leads into other accounts."""
ASSUME_ROLE = "sts:AssumeRole"
_TAKEN_OVER = 1
"""How hard it is for an administrator to take over what is in the account: something may have to be
changed first."""
_NAMED_AT_WILL = {"aws:PrincipalArn": Open.PRESENT, "aws:userid": Open.PRESENT}


class BuiltInSteps:
    """The steps of an estate whose nodes are all known."""

    def __init__(
        self,
        estate: AWSEnvironment,
        graph: AttackGraph,
        asks: PermissionCache,
        holders: PrincipalStates,
        things: Candidates,
    ) -> None:
        self._estate = estate
        self._graph = graph
        self._asks = asks
        self._holders = holders
        self._things = things

    def assumed(self) -> Iterator[Step]:
        """Who can assume which roles, in all accounts."""
        technique = techniques()[ASSUME]
        question = self._asks.question(ASSUME_ROLE, ROLE)
        for rows, sources in self._sharing(question):
            yield Step(
                StepType.CAN_ASSUME,
                ASSUME,
                sources,
                self._holders.plain_set(ROLE, rows),
                technique.difficulty,
                technique.permissions,
            )

    def administered(self, held: Sequence[str]) -> Iterator[Step]:
        """Administrators' steps to their accounts, and from these to all that is in them: the
        principals, and the resources of the labels ``held``; and to the roles of other accounts
        that let the account or any of its principals in."""
        accounts = sorted({actor.account for actor in self._holders.actors.values()})
        nodes = self._graph.nodes
        by_account = dict.fromkeys(accounts, 0)
        for number in members(self._graph.administrators.possible):
            by_account[nodes[number].account] |= 1 << number
        for account, known in by_account.items():
            if not known:
                continue
            itself = 1 << self._holders.account(account)
            for sources, certain in (
                (known & self._graph.administrators.certain, True),
                (known & self._graph.administrators.open, False),
            ):
                if sources:
                    reached = exactly(itself).only_if(certain)
                    yield Step(StepType.ADMINISTERS, "", sources, reached, 0)
            inside = self._inside(account, held)
            abroad = self._abroad(account)
            yield Step(
                StepType.ADMINISTERS,
                "",
                itself,
                exactly(inside) | self._holders.plain_set(ROLE, abroad),
                _TAKEN_OVER,
            )

    def read(self, reading: DataAccess) -> Iterator[Step]:
        """Who can read the data of which resources."""
        for label in reading.labels:
            if not len(self._estate.table(label)):
                continue
            sources: dict[MaySet, list[int]] = {}
            for actor in self._holders.actors.values():
                rows = reading.of(label, actor.holder)
                if rows.possible:
                    sources.setdefault(rows, []).append(actor.number)
            for rows, sharing in sources.items():
                yield Step(
                    StepType.CAN_ACCESS,
                    "",
                    sum(1 << each for each in sharing),
                    self._holders.plain_set(label, rows),
                    0,
                )

    def _inside(self, account: str, labels: Sequence[str]) -> int:
        found = 0
        for label in (*PRINCIPALS, *labels):
            found |= self._holders.plain(label, self._things.account(label, account))
        return found

    def _abroad(self, account: str) -> MaySet:
        """The roles of other accounts that whoever administers an account can assume: as any of
        its principals, with any policy."""
        foreign = self._estate.table(ROLE).everything & ~self._things.account(ROLE, account)
        if not foreign:
            return NONE
        roles, found = self._estate.table(ROLE), NONE
        for holder, given in self.disguises(account):
            found |= MaySet(*self._asks.permissions.allowed(holder, ASSUME_ROLE, roles, given))
        return found & exactly(foreign)

    def disguises(self, account: str) -> Iterator[tuple[PrincipalState, Given]]:
        """As whom an administrator of an account can act, and what of it is a free choice: each of
        its principals, or a new one with whatever name and tags it takes."""
        for label in PRINCIPALS:
            ids = self._estate.table(label).ids
            for row in members(self._things.account(label, account)):
                yield PrincipalState(ids[row], any_policy=True, unbounded=True), ()
        yield PrincipalState(self._newcomer(account), any_policy=True, fresh=True), _NAMED_AT_WILL

    def _newcomer(self, account: str) -> str:
        partition = next(
            actor.partition for actor in self._holders.actors.values() if actor.account == account
        )
        return f"arn:{partition}:iam::{account}:role/new"

    def _sharing(self, question: CachedQuery) -> Iterator[tuple[MaySet, int]]:
        """The answers other than none, with the nodes of those who share them."""
        sources: dict[int, list[int]] = {}
        for actor in self._holders.actors.values():
            sources.setdefault(question.of(actor.holder), []).append(actor.number)
        for number, sharing in sources.items():
            if question.answers[number].possible:
                yield question.answers[number], sum(1 << each for each in sharing)
