"""Steps that every provider has without a technique: what can be assumed and administered."""

from collections.abc import Iterator, Sequence

from ...sets import NONE, MaySet, exactly, members, number_set
from ..model import Hop, Step, StepType
from .explain import Grounds, StepExplainer
from .parts import EngineParts
from .permission_cache import PermissionQuery
from .technique import Technique

_TAKEN_OVER = 1
"""How hard it is for an administrator to take over what is in the account: something may have to be
changed first."""


class BuiltInSteps:
    """The steps of an environment whose nodes are all known."""

    def __init__(self, parts: EngineParts) -> None:
        self._provider = parts.provider
        self._graph = parts.graph
        self._cache = parts.cache
        self._states = parts.states
        self._candidates = parts.candidates
        self._identity = parts.provider.vocabulary.identity
        self._trust = parts.provider.vocabulary.trust
        self._untouched = parts.provider.vocabulary.trust_context

    def assumed(self, technique: Technique) -> Iterator[Step]:
        """Who can act as which principals by the technique that takes no more than trust, in all
        accounts."""
        query = self._cache.query(self._trust, self._identity, self._untouched)
        for rows, sources in self._sharing(query):
            yield Step(
                StepType.CAN_ASSUME,
                technique.id,
                sources,
                self._states.plain_set(self._identity, rows),
                technique.difficulty,
                technique.permissions,
            )

    def administered(self, held: Sequence[str]) -> Iterator[Step]:
        """Administrators' steps to their accounts, and from these to all that is in them: the
        principals, and the resources of the labels ``held``; and to the principals of other
        accounts that let the account or any of its principals in."""
        by_account: dict[str, MaySet] = {}
        for number in members(self._states.administrators.possible):
            actor = self._states.actors[number]
            for account, truth in self._provider.administered(actor.state, actor.account):
                if truth is not False:
                    found = exactly(1 << number).only_if(truth is True)
                    by_account[account] = by_account.get(account, NONE) | found
        for account, known in sorted(by_account.items()):
            itself = 1 << self._states.account(account)
            for sources, is_certain in ((known.certain, True), (known.open, False)):
                if sources:
                    reached = exactly(itself).only_if(is_certain)
                    yield Step(StepType.ADMINISTERS, "", sources, reached, 0)
            inside = exactly(self._inside(account, held))
            yield Step(
                StepType.ADMINISTERS, "", itself, inside | self._abroad(account), _TAKEN_OVER
            )

    def administration(self, explainer: StepExplainer, step: Step, source: int, target: int) -> Hop:
        """Explains a step by which an account is administered."""
        grounds = Grounds()
        if source in self._states.actors:
            found = self._states.administration(source).explanation
            grounds.statements += found.statements
            grounds.conditions += found.conditions
        elif self._graph.nodes[target].account != self._graph.nodes[source].account:
            self._add_assumable(grounds, *explainer.ends(source, target))
        return grounds.hop(step, *explainer.ends(source, target))

    def _add_assumable(self, grounds: Grounds, account: str, id_: str) -> None:
        """As whom an administrator of an account can act as a foreign principal."""
        authorizer = self._provider.authorizer
        for wanted in (True, None):
            for state, given, is_collected in self._provider.assumable_identities(account):
                explanation = authorizer.explain(state, self._trust, id_, given)
                if explanation.truth is wanted:
                    grounds.permissions.append(self._trust)
                    grounds.add(self._trust, explanation)
                    grounds.evidence += [state.id] * is_collected
                    return

    def _inside(self, account: str, labels: Sequence[str]) -> int:
        found = 0
        for label in (*self._provider.vocabulary.principals, *labels):
            rows = self._provider.inside(account, label)
            if rows is None:
                rows = self._candidates.account(label, account)
            found |= self._states.plain(label, rows)
        return found

    def _abroad(self, account: str) -> MaySet:
        """The principals of other accounts that administrators of an account can act as: as any
        of its principals, with any policy."""
        if not self._identity:
            return NONE
        table = self._cache.table(self._identity)
        foreign = table.everything & ~self._candidates.account(self._identity, account)
        found = NONE
        if foreign:
            for state, given, _ in self._provider.assumable_identities(account):
                found |= self._provider.authorizer.allowed(state, self._trust, table, given)
        return self._states.plain_set(self._identity, found.within(foreign)) if foreign else NONE

    def _sharing(self, query: PermissionQuery) -> Iterator[tuple[MaySet, int]]:
        """The answers other than none, with the nodes of those who share them."""
        sources: dict[int, list[int]] = {}
        for actor in self._states.actors.values():
            sources.setdefault(query.of(actor.state), []).append(actor.number)
        for number, sharing in sources.items():
            if query.answers[number].possible:
                yield query.answers[number], number_set(sharing)
