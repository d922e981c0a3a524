"""Decides for Azure who may do what, for many resources at a time.

The order is Azure's: what a deny assignment or a lock forbids no role allows; of the assignments
each is decided by itself, entry by entry of its role.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from ...logic import Truth, all_of, any_of
from ...sets import NONE, MaySet, exactly, members, number_set
from ...view import GraphView
from ..model import Asked, AuthorizerType, Explanation, Given
from ..resource_table import ResourceRow, ResourceTable
from .actions import ACTIVATE, Action
from .conditions import Attributes
from .decision import Answer
from .environment import (
    ASSIGNMENT,
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
)
from .locks import READ_ONLY, stopped
from .requests import attributes, of_resource
from .roles import fulfilled, naming
from .scopes import SUBSCRIPTIONS, ScopedTable, top_of
from .single_request import SingleRequest
from .vaults import is_of_vaults, permits

_ANY = "{name}"
_NOTHING = ResourceTable(())


class AzureAuthorizer:
    """Decides for the tenants of a scan."""

    places: Sequence[str] = ()

    def __init__(self, environment: AzureEnvironment) -> None:
        self.environment = environment
        self._scoped: dict[int, tuple[ResourceTable, ScopedTable]] = {}
        self._held = lru_cache(4096)(self._holding)
        self._denied = lru_cache(16384)(self._denying)
        self._known = lru_cache(4096)(attributes)

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
        return label in ("", VAULT, ELIGIBILITY)

    def allowed(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows of a table a principal may do an action."""
        asked, known = Action.of(action), self._attributes(given)
        table = self._scoped_table(on)
        granted = self._granted(who, asked, table, known)
        if not granted.possible:
            return NONE
        forbidden = self._forbidden(who, asked, table, known)
        return MaySet(granted.certain & ~forbidden.possible, granted.possible & ~forbidden.certain)

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
        truths = (
            all_of(
                self.allowed(who, action, self._anywhere(template), given).holds(row)
                for action, given in asked
            )
            for row in range(len(self._anywhere(template)))
        )
        return any_of(truths)

    def example(self, who: PrincipalState, asked: Asked, template: str) -> str:
        """A resource of a template on which they are allowed; the template if there is none."""
        table = self._anywhere(template)
        rows = exactly(table.everything)
        for action, given in asked:
            rows &= self.allowed(who, action, table, given)
        found = next(members(rows.certain or rows.possible), None)
        return template if found is None else table.ids[found]

    def principals_with(self, action: str) -> int:
        """The principals some role of whom may allow an action somewhere."""
        return self._able(Action.of(action))

    def held_by(self, who: PrincipalState) -> Sequence[Held]:
        """The roles that a principal holds, or may hold as a member of a group."""
        return self._held(who)

    def denials_of(self, who: PrincipalState) -> Sequence[tuple[Denial, Truth]]:
        """The deny assignments that are about a principal, or may be."""
        return self._denied(who)

    def _attributes(self, given: Given) -> Attributes:
        items = given.items() if isinstance(given, Mapping) else given
        return self._known(tuple((key, tuple(v) if isinstance(v, list) else v) for key, v in items))

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
        found = [
            Held(grant, is_holder)
            for grant in environment.grants
            if (is_holder := environment.has(who, grant.principal)) is not False
        ]
        found += [Held(environment.given(*each), True) for each in sorted(who.roles)]
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

    def _granted(
        self, who: PrincipalState, action: Action, table: ScopedTable, known: Attributes
    ) -> MaySet:
        by_policy = self._vault_rows(table) if is_of_vaults(action) else NONE
        found = NONE
        for grant, is_holder in self.held_by(who):
            found |= self._by_grant(grant, is_holder, action, table, known)
        found = MaySet(found.certain & ~by_policy.possible, found.possible & ~by_policy.certain)
        if by_policy.possible:
            found |= self._by_policies(who, action, table) & by_policy
        if action == ACTIVATE:
            found |= self._activated(who, table)
        return found | MaySet(0, self._unlisted(ASSIGNMENT, table) & ~by_policy.certain)

    def _by_grant(
        self,
        grant: Grant,
        is_holder: Truth,
        action: Action,
        table: ScopedTable,
        known: Attributes,
    ) -> MaySet:
        truth = all_of((is_holder, self.allows(grant, action, known)))
        if truth is False:
            return NONE
        rows = self.environment.tree.reached(grant.scope, table)
        if truth:
            return rows
        certain, possible = 0, 0
        for row in members(rows.possible):
            of_row = {**of_resource(table.table.ids[row]), **known}
            truth = all_of((is_holder, self.allows(grant, action, of_row)))
            possible |= (truth is not False) << row
            certain |= (truth is True) << row
        return MaySet(certain & rows.certain, possible)

    def allows(self, grant: Grant, action: Action, known: Attributes) -> Truth:
        """Whether a role that is held allows an action, as far as conditions are decided."""
        if grant.permissions is None or grant.condition is None:
            return None
        entries = (
            fulfilled(entry.condition, action, known)
            for _, entry in naming(grant.permissions, action)
        )
        return all_of((any_of(entries), fulfilled(grant.condition, action, known)))

    def _vault_rows(self, table: ScopedTable) -> MaySet:
        """The rows of vaults, and of what lies in them, that go by access policies."""
        found = NONE
        for vault in self.environment.table(VAULT).ids:
            by_roles = self.environment.view.get(vault, "rbac_authorization")
            rows = exactly(table.below(vault.lower()))
            if by_roles is None:
                found |= rows.uncertain()
            elif not by_roles:
                found |= rows
        return found

    def _by_policies(self, who: PrincipalState, action: Action, table: ScopedTable) -> MaySet:
        found = NONE
        for vault, policies in self.environment.access_policies.items():
            rows = table.below(vault.lower())
            truth = any_of(self.lets(who, action, each) for each in policies) if rows else False
            if truth is not False:
                found |= exactly(rows).only_if(truth is True)
        return found

    def lets(self, who: PrincipalState, action: Action, policy: AccessPolicy) -> Truth:
        """Whether an access policy lets a principal do an action; through a certain application
        alone only perhaps."""
        through_any = True if policy.application == "" else None
        is_holder = self.environment.has(who, policy.principal)
        return all_of((is_holder, permits(action, policy.permissions), through_any))

    def _activated(self, who: PrincipalState, table: ScopedTable) -> MaySet:
        found = NONE
        for each in self.environment.eligibilities:
            is_holder = self.environment.has(who, each.principal)
            if is_holder is not False:
                found |= exactly(table.at(each.id)).only_if(is_holder is True)
        return found

    def _forbidden(
        self, who: PrincipalState, action: Action, table: ScopedTable, known: Attributes
    ) -> MaySet:
        found = MaySet(0, self._unlisted(DENY, table))
        for denial, is_meant in self.denials_of(who):
            truth = all_of((is_meant, self.forbids(denial, action, known)))
            if truth is not False:
                found |= self._denied_rows(denial, table).only_if(truth is True)
        for id_, scope, level in self.environment.locks:
            truth = stopped(level, action)
            if truth is not False and id_ not in who.unlocked:
                found |= self.environment.tree.reached(scope, table).only_if(truth is True)
        if stopped(READ_ONLY, action):
            found |= MaySet(0, self._unlisted(LOCK, table))
        return found

    def forbids(self, denial: Denial, action: Action, known: Attributes) -> Truth:
        """Whether what a deny assignment forbids covers an action."""
        if denial.permissions is None or denial.condition is None:
            return None
        entries = (
            fulfilled(entry.condition, action, known)
            for _, entry in naming(denial.permissions, action)
        )
        return all_of((any_of(entries), fulfilled(denial.condition, action, known)))

    def _denied_rows(self, denial: Denial, table: ScopedTable) -> MaySet:
        if denial.scope is None:
            return MaySet(0, table.table.everything)
        below = self.environment.tree.reached(denial.scope, table)
        if denial.applies_to_child_scopes:
            return below
        itself = exactly(table.at(denial.scope))
        return itself if denial.applies_to_child_scopes is False else itself | below.uncertain()

    def _unlisted(self, label: str, table: ScopedTable) -> int:
        """The rows of which it is not known what of a label holds for them."""
        found = 0
        for top, rows in table.tops.items():
            if not self.environment.is_listed(label, top):
                found |= rows
        return found

    @lru_cache(1024)  # noqa: B019
    def _able(self, action: Action) -> int:
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
            if any_holder(environment, PrincipalState(id_), granting) is not False
        )


def _may_sign_in(view: GraphView, id_: str) -> bool:
    return view.get(id_, "account_enabled") is not False


AZURE = AuthorizerType(
    make=lambda view, listings: AzureAuthorizer(AzureEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_sign_in,
    reads=LABELS,
    notices=frozenset((DENY, LOCK)),
)
