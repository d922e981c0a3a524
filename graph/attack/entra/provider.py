"""Entra ID as the attack graph sees it: users and service principals in their states, and who comes
in from outside.

A state is what an attacker has made of a principal: ``any role`` (it has given itself whatever role
it likes), ``in GROUP`` (it has joined that group), ``as ROLE`` (it has activated that role, or
membership or ownership of a group). A principal that has joined a group is shown as that group, in
the state ``by USER``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ...authorization.entra.actions import GIVE_APP_ROLE, GIVE_ROLE
from ...authorization.entra.app_roles import GRAPH
from ...authorization.entra.authorizer import EntraAuthorizer
from ...authorization.entra.built_in_roles import BUILT_IN, GLOBAL_ADMINISTRATOR
from ...authorization.entra.environment import (
    GROUP,
    SERVICE_PRINCIPAL,
    TENANT_LABEL,
    EntraEnvironment,
    EntraState,
)
from ...authorization.entra.grants import Grant
from ...authorization.model import Administration
from ...logic import Truth
from ...model import Gap, ListingStatus
from ...view import GraphView
from ..engine.build import ProviderEngine
from ..engine.requirement import Choice
from ..engine.technique import GainKind
from ..engine.technique_files import TechniqueSet
from ..external_entries import add_entries
from ..federation.model import TokenClaims, TrustRule
from ..model import Node, Step
from ..provider import AttackProvider, Change, GainTarget, joined
from .external import entries, trust_rules
from .tokens import Tokens
from .vocabulary import ENTRA, techniques

DIRECTORY = "//graph.microsoft.com/tenants/{account}"
"""The full identity of a tenant."""

_HIGHEST = BUILT_IN[GLOBAL_ADMINISTRATOR].name


class EntraProvider(AttackProvider):
    """The tenants of a scan."""

    name = ENTRA.provider
    vocabulary = ENTRA

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        super().__init__(view, listings)
        self.environment = EntraEnvironment(view, listings)
        self.authorizer: EntraAuthorizer = EntraAuthorizer(self.environment)

    @classmethod
    def techniques(cls) -> TechniqueSet:
        """Entra ID's techniques."""
        return techniques()

    def state(self, id_: str) -> EntraState:
        """A principal just as it is."""
        return EntraState(id_)

    def administration(self, state: EntraState) -> Administration:
        """Whether a principal gives out every role of its tenant, or every app role on Microsoft
        Graph, which comes to the same."""
        possible = Administration(False)
        for action, on, what in self._powers(state):
            found = self.authorizer.explain(state, action, on)
            if found.truth is False:
                continue
            names = sorted({each.sid for each in found.statements if each.sid})
            by = _HIGHEST if _HIGHEST in names else next(iter(names), "")
            reason = by if by == _HIGHEST else f"{what} by {by}" if by else what
            gains_more = reason != _HIGHEST
            if found.truth:
                return Administration(True, reason, found, gains_more)
            if possible.truth is False:
                possible = Administration(None, reason, found, gains_more)
        return possible

    def administered(self, state: EntraState, account: str) -> Iterator[tuple[str, Truth]]:
        """The tenant, by its full identity."""
        yield DIRECTORY.format(account=account), self.administration(state).truth

    def inside(self, account: str, label: str) -> int:
        """What belongs to a tenant."""
        rows = self.environment.table(label).by_account
        return rows.get(account.rpartition("/")[2], 0)

    def _powers(self, state: EntraState) -> Sequence[tuple[str, str, str]]:
        """What makes an administrator of a principal's tenant: an action, on what, and in words."""
        account = self.view.get(state.id, "account") if state.id in self.view.graph else None
        return self._powers_in.get(account, ())

    @cached_property
    def _powers_in(self) -> Mapping[str | None, Sequence[tuple[str, str, str]]]:
        """The same by tenant, whether or not what describes the tenant was read."""
        found: dict[str | None, list[tuple[str, str, str]]] = defaultdict(list)
        for tenant in self.view.by_label.get(TENANT_LABEL, ()):
            power = GIVE_ROLE, tenant, "gives out every directory role"
            found[tenant.removeprefix(DIRECTORY.format(account=""))].append(power)
        for id_ in self.view.labelled(SERVICE_PRINCIPAL):
            if self.view.get(id_, "app_id") == GRAPH:
                power = GIVE_APP_ROLE, id_, "gives out every app role on Microsoft Graph"
                found[self.view.get(id_, "account")].append(power)
        return found

    def may_start(self, state: EntraState) -> bool:
        """Nobody begins as somebody who is disabled."""
        return self.view.get(state.id, "account_enabled") is not False

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles, groups and owners could not be read."""
        return self.environment.gaps

    def apply(
        self,
        gain: GainKind,
        state: EntraState,
        label: str,
        targets: Sequence[GainTarget],
        chosen: Sequence[Choice] = (),  # noqa: ARG002
    ) -> Iterator[Change]:
        """The states that a principal comes into by a gain."""
        is_first = not (state.groups or state.activated)
        if gain == "policies":
            yield Change(state._replace(any_role=True))
        elif gain == "membership" and label == GROUP:
            giving = self.environment.giving_groups
            new = [each for each in targets if each.id in giving - state.groups]
            for together in joined(new, is_first):
                groups = state.groups.union(each.id for each in together)
                yield Change(state._replace(groups=groups), together[0].row, together[0].id)
        elif gain == "role":
            new = [each for each in targets if each.id not in state.activated]
            for together in joined(new, is_first):
                activated = state.activated.union(each.id for each in together)
                yield Change(state._replace(activated=activated), together[0].row)

    def activating(self, id_: str) -> Iterator[str]:
        """Whom an eligibility is given to, and who is in a group that it is given to."""
        return self.environment.given_to(id_)

    def differs(self, before: EntraState, after: EntraState) -> bool:
        """Whether one state gives a principal anything that another does not."""
        return self._gives(before) != self._gives(after)

    def _gives(self, state: EntraState) -> tuple[frozenset[Grant], frozenset[str]]:
        """What a principal holds and is eligible for in a state."""
        environment = self.environment
        groups = environment.groups_of(state.id, state.groups)
        eligible = {
            each for holder in (state.id, *groups) for each in environment.eligible.get(holder, ())
        }
        held = {each._replace(evidence=()) for each in environment.grants(state)}
        return frozenset(held), frozenset(eligible)

    def describe(self, state: EntraState, shown: str = "") -> str:
        """A state in words."""
        parts = ["any role"] * state.any_role
        parts += [f"as {self.view.name(each)}" for each in sorted(state.activated)]
        parts += [f"in {self.view.name(each)}" for each in sorted(state.groups - {shown})]
        return ", ".join(parts)

    def related(self, state: EntraState, edge: str, label: str) -> frozenset[str]:
        """Groups that it has joined."""
        return state.groups if edge == "MEMBER_OF" and label == GROUP else frozenset()

    def issues(self) -> Iterable[tuple[Node, TokenClaims]]:
        """What service principals and users can show elsewhere."""
        return Tokens(self.environment).issued()

    def accepts(self) -> Iterable[TrustRule]:
        """The applications that take tokens of others for their own."""
        return trust_rules(self.view)

    def steps(self, engine: ProviderEngine) -> Iterator[Step]:
        """How external principals come in."""
        yield from add_entries(engine.graph, entries(self.environment), techniques().external)
