"""Azure as the attack graph sees it: users and service principals with the roles they hold.

A state is what an attacker has made of a principal: ``ROLE on SCOPE`` (it was given the role, or
has activated it), ``in GROUP`` (it has joined that group), ``without LOCK`` (it has deleted that
lock). Resources belong to their tenant, where their principals are, so that a step may be taken in
any subscription of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial

from ...authorization.azure.authorizer import AzureAuthorizer
from ...authorization.azure.environment import (
    ASSIGNMENT,
    DELEGATION,
    ELIGIBILITY,
    MANAGEMENT_GROUP,
    RESOURCE_GROUP,
    SUBSCRIPTION,
    TENANT,
    AzureEnvironment,
    PrincipalState,
    object_id,
)
from ...authorization.azure.scopes import TENANTS, ScopedTable
from ...authorization.model import Administration
from ...authorization.resource_table import ResourceTable
from ...logic import Truth
from ...model import Gap, ListingStatus
from ...sets import MaySet, exactly, members, number_set
from ...view import GraphView
from ..engine.build import ProviderEngine
from ..engine.requirement import Choice
from ..engine.technique import GainKind, Technique
from ..engine.technique_files import TechniqueSet
from ..external_entries import add_entries
from ..federation.model import TokenClaims, TrustRule
from ..model import Node, Step, StepType
from ..provider import AttackProvider, Change, GainTarget, joined
from .external import exposed_workloads, managing_tenants
from .federation import tokens, trust_rules, unread_issuers
from .role_choices import ASSIGN, OWNER, choices, own_request, role_id
from .vocabulary import AZURE, ROLE, techniques

_DIRECTORIES = "//graph.microsoft.com/tenants/"
"""How the identities of directories begin."""
_NAMED = 3
"""Groups that a gap names."""
_ELEVATED = 1
"""How hard it is for an administrator of a directory to elevate its access."""


class _RolesAsListed(AzureEnvironment):
    """What decides in Azure, but that nobody holds a role that was not listed, nor one by a group
    that was not: everybody might, which is one gap and no step of everybody's. Verdicts rest on
    these listings anyway."""

    def is_listed(self, label: str, top: str) -> bool:
        """Whether all of a label was listed, role assignments aside."""
        return label == ASSIGNMENT or super().is_listed(label, top)

    @property
    def open_groups(self) -> frozenset[str]:
        """Those that were listed, but not who is in them: of these no listing tells that it is
        not whole."""
        return super().open_groups - self.opaque

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles, and of those who hold them, could not be read."""
        granting = {each.principal for each in (*self.grants, *self.eligibilities)}
        granting |= {each.principal for found in self.access_policies.values() for each in found}
        unlisted = sorted(granting & self.opaque)
        if not unlisted:
            return super().gaps
        more = f" and {len(unlisted) - _NAMED} more" if len(unlisted) > _NAMED else ""
        named = f"{', '.join(unlisted[:_NAMED])}{more}"
        message = f"Who {named} are could not be read; roles held by these ids are left out."
        return [*super().gaps, Gap(message, provider=AZURE.provider)]


class AzureProvider(AttackProvider):
    """The Azure subscriptions of a scan."""

    name = AZURE.provider
    vocabulary = AZURE
    authorizer: AzureAuthorizer

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        super().__init__(view, listings)
        self.environment = _RolesAsListed(view, listings)
        self.authorizer = AzureAuthorizer(self.environment)
        self.listings = [self._of_tenant(each) for each in listings]
        self._administers = lru_cache(4096)(self._administering)
        self._scoped = lru_cache(1024)(self._scoping)
        self._assigns = lru_cache(4096)(partial(self._assigning_on, self._groups))

    @classmethod
    def techniques(cls) -> TechniqueSet:
        """Azure's techniques."""
        return techniques()

    def state(self, id_: str) -> PrincipalState:
        """A principal just as it is."""
        return PrincipalState(id_)

    def administration(self, state: PrincipalState) -> Administration:
        """Whether a principal may give itself every role on a subscription or above, and on
        which."""
        rows = self._administers(state)
        if not rows.possible:
            return Administration(False)
        scope = self._scopes.ids[next(members(rows.certain or rows.possible))]
        given = own_request(state, OWNER)
        explanation = self.authorizer.explain(state, ASSIGN, scope, given)
        by = " or ".join(dict.fromkeys(each.sid for each in explanation.statements)) or "a role"
        more = rows.possible.bit_count() - 1
        where = f"{self.view.name(scope)}{f' and {more} more' if more else ''}"
        reason = f"may assign any role on {where} via {by}"
        return Administration(rows.any, reason, explanation, may_gain_more=True)

    def administered(self, state: PrincipalState, account: str) -> Iterator[tuple[str, Truth]]:  # noqa: ARG002
        """The subscriptions, and what is above them, on which it may give itself every role; of
        what lies in another only that."""
        rows = self._administers(state)
        for row in members(rows.possible):
            above = {*self.environment.tree.chain(self._scopes.ids[row])}
            truth = rows.holds(row)
            others = (
                self._scopes.ids[other]
                for other in members(rows.certain if truth else rows.possible)
                if other != row
            )
            if above.isdisjoint(others):
                yield self._scopes.ids[row], truth

    def inside(self, account: str, label: str) -> int:
        """What a scope reaches; principals lie in none."""
        if label in self.vocabulary.principals:
            return 0
        table = self._scoped(label)
        return self.environment.tree.reached(account, table).certain

    def may_start(self, state: PrincipalState) -> bool:
        """Nobody signs in whose account is disabled; and only another tenant acts by a
        delegation."""
        is_ours = self.view.get(state.id, "label") != DELEGATION
        return is_ours and self.view.get(state.id, "account_enabled") is not False

    def partition(self, id_: str) -> str:  # noqa: ARG002
        """Azure's clouds do not show in its ids."""
        return self.name

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles could not be read."""
        return self.environment.gaps

    def apply(
        self,
        gain: GainKind,
        state: PrincipalState,
        label: str,
        targets: Sequence[GainTarget],
        chosen: Sequence[Choice] = (),
    ) -> Iterator[Change]:
        """A principal with a role on each of some scopes, in each of some groups, or without all
        locks that it may delete: these only ever forbid."""
        is_first = not (state.groups or state.roles)
        if gain == "membership":
            new = [each for each in targets if object_id(each.id) not in state.groups]
            for together in joined(new, is_first):
                groups = state.groups.union(object_id(each.id) for each in together)
                yield Change(state._replace(groups=groups), together[0].row, together[0].id)
        elif gain == "without":
            locks = [each for each in targets if each.id not in state.unlocked]
            for together in joined(locks, is_first=False):
                unlocked = state.unlocked.union(each.id for each in together)
                yield Change(state._replace(unlocked=unlocked), together[0].row)
        elif gain == "role":
            roles = {each: self._given(label, each.id, chosen) for each in targets}
            new = [
                each
                for each, given in roles.items()
                if not given <= state.roles and not self._has_power(state, given, each.is_certain)
            ]
            for together in joined(new, is_first):
                held = state.roles.union(*(roles[each] for each in together))
                yield Change(state._replace(roles=held), together[0].row, "", tuple(chosen))

    def choices(self, technique: Technique, state: PrincipalState) -> Sequence[Choice]:  # noqa: ARG002
        """Which roles there are to take."""
        return choices(self.authorizer, state)

    def steps(self, engine: ProviderEngine) -> Iterator[Step]:
        """From an administered tenant or management group to the subscriptions in it, from the
        administrators of a directory to its tenant's subscriptions, and what the internet
        reaches."""
        yield from self._elevating(engine)
        yield from self._into_subscriptions(engine)
        outside = (*exposed_workloads(self.view), *managing_tenants(self.view))
        yield from add_entries(engine.graph, outside, techniques().external)

    def _elevating(self, engine: ProviderEngine) -> Iterator[Step]:
        """A Global Administrator may make itself User Access Administrator of everything (elevate
        access), and who administers a directory may make itself Global Administrator: in every
        tenant that subscriptions name, whether or not tenants were listed."""
        for id_ in self.view.by_label.get(TENANT, ()):
            directory = _DIRECTORIES + id_.removeprefix(TENANTS)
            if directory in self.view.graph:
                label, name = self.view.get(directory, "label"), self.view.name(directory)
                above = engine.graph.add(Node(directory, label, name, directory))
                itself = 1 << engine.states.account(id_)
                yield Step(StepType.ADMINISTERS, "", 1 << above, exactly(itself), _ELEVATED)

    def _into_subscriptions(self, engine: ProviderEngine) -> Iterator[Step]:
        table = self._scoped(SUBSCRIPTION)
        for number, node in enumerate([*engine.graph.nodes]):
            if node.label in (MANAGEMENT_GROUP, TENANT) and engine.states.owns(number):
                rows = self.environment.tree.reached(node.id, table)
                accounts = {
                    row: engine.states.account(table.table.ids[row])
                    for row in members(rows.possible)
                }
                certain = number_set(accounts[row] for row in members(rows.certain))
                reached = MaySet(certain, number_set(accounts.values()))
                if accounts:
                    yield Step(StepType.ADMINISTERS, "", 1 << number, reached, 0)

    def issues(self) -> Iterable[tuple[Node, TokenClaims]]:
        """Tokens of clusters' service accounts."""
        return tokens(self.view)

    def unread_issuers(self) -> Iterable[str]:
        """Those of clusters."""
        return unread_issuers(self.view)

    def accepts(self) -> Iterable[TrustRule]:
        """Whose tokens managed identities take for their own."""
        return trust_rules(self.view)

    def differs(self, before: PrincipalState, after: PrincipalState) -> bool:
        """Whether one has other roles or groups than the other."""
        return before != after

    def describe(self, state: PrincipalState, shown: str = "") -> str:
        """A state in words."""
        parts = [
            f"{self.view.name(role) if role in self.view.graph else 'Owner'} on {self._called(on)}"
            for role, on in sorted(state.roles)
        ]
        names = sorted(state.groups - {object_id(shown)})
        locks = [f"without {self._called(each)}" for each in sorted(state.unlocked)]
        return ", ".join([*parts, *(f"in {each}" for each in names), *locks])

    def _has_power(
        self, state: PrincipalState, given: frozenset[tuple[str, str]], is_certain: bool
    ) -> bool:
        """Whether a principal administers already where it would be given roles, or may have every
        role on a group of resources in which that lies."""
        administered = {self._scopes.ids[row] for row in members(self._administers(state).certain)}
        rows = self._assigns(state)
        groups = {
            self._groups.ids[row] for row in members(rows.certain if is_certain else rows.possible)
        }
        chain = self.environment.tree.chain
        return all(
            not administered.isdisjoint(chain(scope))
            or not groups.isdisjoint(above for above in chain(scope) if above != scope)
            for _, scope in given
        )

    def _given(
        self, label: str, target: str, chosen: Sequence[Choice]
    ) -> frozenset[tuple[str, str]]:
        """The roles that come with a target: what is eligible, every role of a scope, or what an
        attacker writes into a role that it holds."""
        if label in (ELIGIBILITY, DELEGATION):
            eligible = (each for each in self.environment.eligibilities if each.id == target)
            return frozenset((each.role, each.scope) for each in eligible)
        if label == ASSIGNMENT:
            return frozenset({(role_id(OWNER), self.environment.scope(target) or "")})
        picked = [dict(each).get(ROLE, OWNER) for each in chosen] or [OWNER]
        best = [OWNER] if OWNER in picked else picked
        return frozenset((role_id(each), target.lower()) for each in best)

    def _administering(self, state: PrincipalState) -> MaySet:
        return self._assigning_on(self._scopes, state)

    def _assigning_on(self, scopes: ResourceTable, state: PrincipalState) -> MaySet:
        """On which scopes a principal may make itself Owner."""
        return self.authorizer.allowed(state, ASSIGN, scopes, own_request(state, OWNER))

    @cached_property
    def _scopes(self) -> ResourceTable:
        """Subscriptions, management groups and tenants."""
        tables = (self.authorizer.table(each) for each in (SUBSCRIPTION, MANAGEMENT_GROUP, TENANT))
        return ResourceTable(row for table in tables for row in table.rows)

    @cached_property
    def _groups(self) -> ResourceTable:
        """All groups of resources and what is above them."""
        return ResourceTable([*self._scopes.rows, *self.authorizer.table(RESOURCE_GROUP).rows])

    def _scoping(self, label: str) -> ScopedTable:
        return ScopedTable(self.authorizer.table(label))

    def _called(self, scope: str) -> str:
        return self.view.name(scope) if scope in self.view.graph else scope.rpartition("/")[2]

    def _of_tenant(self, listing: ListingStatus) -> ListingStatus:
        """What was listed of a subscription, as of its tenant."""
        tenant = self.environment.tenant_of(f"/subscriptions/{listing.account}")
        return listing._replace(account=tenant) if tenant else listing
