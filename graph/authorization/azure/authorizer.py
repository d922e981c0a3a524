"""Decides for Azure who may do what, for many resources at a time.

The order is Azure's: what a deny assignment or a lock forbids no role allows; of the assignments
each is decided by itself, entry by entry of its role.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache

from ...logic import Truth, all_of, any_of
from ...sets import MaySet, exactly, members, number_set
from ...view import GraphView
from ..model import Asked, AuthorizerType, Explanation, Given
from ..resource_table import ResourceRow, ResourceTable
from .actions import Action
from .conditions import Attributes
from .decision import Answer
from .environment import (
    ASSIGNMENT,
    DELEGATION,
    DENY,
    ELIGIBILITY,
    LABELS,
    LOCK,
    VAULT,
    AccessPolicy,
    AzureEnvironment,
    Denial,
    Grant,
    Held,
    PrincipalState,
    any_holder,
    object_id,
)
from .requests import attributes
from .roles import fulfilled, naming
from .scopes import SUBSCRIPTIONS, ScopedTable, top_of
from .single_request import SingleRequest
from .table_request import TableRequest
from .vaults import permits

_ANY = "{name}"
_NOTHING = ResourceTable(())


class AzureAuthorizer:
    """Decides for the tenants of a scan."""

    places: Sequence[str] = ()

    def __init__(self, environment: AzureEnvironment) -> None:
        self.environment = environment
        self._scoped: dict[int, tuple[ResourceTable, ScopedTable]] = {}
        self._request = lru_cache(4096)(self._about)
        self._held = lru_cache(4096)(self._holding)
        self._denied = lru_cache(16384)(self._denying)
        self._known = lru_cache(4096)(attributes)
        self.unlisted = cache(self._unlisted)
        self._able = cache(self._able_principals)

    @property
    def principals(self) -> Sequence[str]:
        """Users and service principals."""
        return self.environment.principals

    @property
    def unread(self) -> Sequence[str]:
        """What could not be listed and leaves every answer open."""
        return [gap.message for gap in self.environment.gaps]

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label; none of what is not Azure's or a principal."""
        is_known = label.startswith("Azure") or label in LABELS
        return self.environment.table(label) if is_known else _NOTHING

    def has_own_policy(self, label: str, action: str) -> bool:  # noqa: ARG002
        """Vaults have access policies, and eligible roles let their holders activate them."""
        return label in ("", VAULT, ELIGIBILITY, DELEGATION)

    def allowed(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows of a table a principal may do an action."""
        return self._request(action, self._scoped_table(on), _hashable(given)).allowed(who)

    def decide(self, who: PrincipalState, action: str, resource: str, given: Given = ()) -> Answer:
        """Whether a principal may do an action on one resource, and on what that rests.

        The resource need not have been collected: its path says what it lies in.
        """
        return SingleRequest(
            self, who, Action.of(action), resource, self._attributes(given)
        ).answer()

    def explain(
        self, who: PrincipalState, action: str, resource: str, given: Given = ()
    ) -> Explanation:
        """The same in the words of every cloud."""
        answer = self.decide(who, action, resource, given)
        open_ = (*answer.conditions, *answer.unread)
        return Explanation(answer.is_allowed, open_, answer.statements)

    def allowed_on_new(self, who: PrincipalState, asked: Asked, template: str) -> Truth:
        """Whether all of some actions are allowed on one and the same resource of a template,
        wherever it is made or lies: in any resource group, or on any scope if it may be any."""
        return self._allowed_anywhere(who, asked, template).any

    def example(self, who: PrincipalState, asked: Asked, template: str) -> str:
        """A resource of a template on which they are allowed; the template if there is none."""
        rows = self._allowed_anywhere(who, asked, template)
        found = next(members(rows.certain or rows.possible), None)
        return template if found is None else self._anywhere(template).ids[found]

    def _allowed_anywhere(self, who: PrincipalState, asked: Asked, template: str) -> MaySet:
        table = self._anywhere(template)
        rows = exactly(table.everything)
        for action, given in asked:
            if rows.possible:
                rows &= self.allowed(who, action, table, given)
        return rows

    def principals_with(self, action: str) -> int:
        """The principals some role of whom may allow an action somewhere."""
        return self._able(Action.of(action))

    def held_by(self, who: PrincipalState) -> Sequence[Held]:
        """The roles that a principal holds, or may hold as a member of a group."""
        return self._held(who)

    def denials_of(self, who: PrincipalState) -> Sequence[tuple[Denial, Truth]]:
        """The deny assignments that are about a principal, or may be."""
        return self._denied(who)

    def _about(self, action: str, table: ScopedTable, given: Given) -> TableRequest:
        return TableRequest(self, Action.of(action), table, self._attributes(given))

    def _attributes(self, given: Given) -> Attributes:
        return self._known(_hashable(given))

    def _scoped_table(self, table: ResourceTable) -> ScopedTable:
        kept = self._scoped.get(id(table))
        if kept is None:
            kept = self._scoped[id(table)] = table, ScopedTable(table)
        return kept[1]

    def _anywhere(self, template: str) -> ResourceTable:
        if template not in self._places:
            scopes = self._all_scopes if template == _ANY else self._containers
            rest = "" if template == _ANY else f"/{template.strip('/')}"
            self._places[template] = ResourceTable(
                ResourceRow(scope + rest, is_new=bool(rest)) for scope in scopes
            )
        return self._places[template]

    @cached_property
    def _places(self) -> dict[str, ResourceTable]:
        return {}

    @cached_property
    def _all_scopes(self) -> frozenset[str]:
        """All scopes that anything is granted on, and all subscriptions."""
        granted = {each.scope for each in self.environment.grants}
        return frozenset({*granted, *self.environment.subscriptions} - {""})

    @cached_property
    def _containers(self) -> frozenset[str]:
        """The resource groups in which something new may be made, as far as ids tell of them, and
        in each subscription a new one."""
        scanned = {*self.environment.subscriptions}
        graph = self.environment.view.graph
        named = {
            "/".join(id_.split("/")[:5]).lower()
            for id_ in (*graph, *self._all_scopes)
            if id_[:15].lower() == SUBSCRIPTIONS and id_.count("/") >= 4
        }
        own = {each for each in named if top_of(each) in scanned and "/resourcegroups/" in each}
        return frozenset(own | {f"{each}/resourcegroups/new" for each in scanned})

    def _holding(self, who: PrincipalState) -> tuple[Held, ...]:
        environment = self.environment
        holders = {object_id(who.id), *environment.groups(who).certain, *environment.open_groups}
        found = [
            Held(grant, environment.has(who, holder))
            for holder in holders & environment.grants_of.keys()
            for grant in environment.grants_of[holder]
        ]
        found.sort(key=lambda each: each.grant.id)
        found += [Held(environment.given(who.id, *each), True) for each in sorted(who.roles)]
        return tuple(found)

    def _denying(self, who: PrincipalState) -> tuple[tuple[Denial, Truth], ...]:
        found = ((each, self._is_meant(who, each)) for each in self.environment.denials)
        return tuple((denial, truth) for denial, truth in found if truth is not False)

    def _is_meant(self, who: PrincipalState, denial: Denial) -> Truth:
        named: Truth = None
        if denial.everyone is not None and denial.principals is not None:
            named = denial.everyone or any_holder(self.environment, who, denial.principals)
        spared: Truth = None
        if denial.excluded is not None:
            spared = any_holder(self.environment, who, denial.excluded)
        return all_of((named, None if spared is None else not spared))

    def allows(self, grant: Grant, action: Action, known: Attributes) -> Truth:
        """Whether a role that is held allows an action, as far as conditions are decided."""
        if grant.permissions is None or grant.condition is None:
            return None
        entries = (
            fulfilled(entry.condition, action, known)
            for _, entry in naming(grant.permissions, action)
        )
        return all_of((any_of(entries), fulfilled(grant.condition, action, known)))

    def lets(self, action: Action, policy: AccessPolicy) -> Truth:
        """Whether an access policy lets whom it is for do an action; through a certain application
        alone only perhaps."""
        through_any = True if policy.application == "" else None
        return all_of((permits(action, policy.permissions), through_any))

    def forbids(self, denial: Denial, action: Action, known: Attributes) -> Truth:
        """Whether what a deny assignment forbids covers an action."""
        if denial.permissions is None or denial.condition is None:
            return None
        entries = (
            fulfilled(entry.condition, action, known)
            for _, entry in naming(denial.permissions, action)
        )
        return all_of((any_of(entries), fulfilled(denial.condition, action, known)))

    def _unlisted(self, label: str, table: ScopedTable) -> int:
        """The rows of which it is not known what of a label holds for them."""
        found = 0
        for top, rows in table.tops.items():
            if not self.environment.is_listed(label, top):
                found |= rows
        return found

    def _able_principals(self, action: Action) -> int:
        environment = self.environment
        if not all(environment.is_listed(ASSIGNMENT, each) for each in environment.subscriptions):
            return (1 << len(self.principals)) - 1
        granting = {
            grant.principal
            for grant in environment.grants
            if self.allows(grant, action, {}) is not False
        }
        return number_set(
            number
            for number, id_ in enumerate(self.principals)
            if not granting.isdisjoint(self._holders(id_))
        )

    def _holders(self, id_: str) -> frozenset[str]:
        """Object ids of a principal and the groups that it is in, or may be in."""
        return self.environment.groups(PrincipalState(id_)).possible | {object_id(id_)}


def _hashable(given: Given) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    items = given.items() if isinstance(given, Mapping) else given
    return tuple((key, tuple(v) if isinstance(v, list) else v) for key, v in items)


def _may_sign_in(view: GraphView, id_: str) -> bool:
    return view.get(id_, "account_enabled") is not False


AZURE = AuthorizerType(
    make=lambda view, listings: AzureAuthorizer(AzureEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_sign_in,
    reads=LABELS,
    notices=frozenset((DENY, LOCK)),
)
