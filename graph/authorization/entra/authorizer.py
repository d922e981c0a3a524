"""What principals of a tenant may do, to many objects at a time.

An answer is what :func:`~.decision.decide` says of each grant and each object; grants that give the
same over the same scope, and objects that decisions do not tell apart, are decided on once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from ...logic import ReasonedTruth, Truth, all_hold, any_holds, any_of
from ...sets import NONE, MaySet, exactly, number_set
from ...view import GraphView
from ..model import Asked, AuthorizerType, Explanation, Given, PolicyStatement
from ..resource_table import ResourceTable
from .actions import (
    ACTIVATE,
    APPROVE,
    CHANGE_ONESELF,
    HOLD,
    JOIN,
    REQUEST,
    USE_CONSENT,
    Action,
    allows,
)
from .decision import NO, YES, decide
from .environment import (
    DECIDING,
    GROUP,
    GROUP_ELIGIBILITY,
    PRINCIPALS,
    UNIT_LABEL,
    EntraEnvironment,
    EntraState,
)
from .grants import OBJECT, OWNED, TENANT, UNIT, Grant
from .targets import Target, Targets

BY = "by"
"""The key of a request that says by what kind of power it is made: see :mod:`.grants`."""
OUT_OF_UNITS = "out of units"
"""The key of a request that is made once the object was taken out of restricted units."""


class EntraAuthorizer:
    """Who may do what in a tenant."""

    places: Sequence[str] = ()

    def __init__(self, environment: EntraEnvironment) -> None:
        self.environment = environment
        self._targets = Targets(environment)
        self._alike: dict[int, tuple[ResourceTable, Mapping[Target, int]]] = {}
        self._reached: dict[tuple[Grant, str, int, bool], MaySet] = {}
        self._open: dict[tuple[str, str, int, str, bool], MaySet] = {}
        self._joined: dict[tuple[str, str | None, int], MaySet] = {}
        """What members of a tenant can join, by their label and type."""
        self._any_may = cache(self._any_of_label_may)
        self._decide = cache(decide)
        self.table = environment.table

    @property
    def principals(self) -> Sequence[str]:
        """Users and service principals."""
        return self.environment.principals

    @property
    def unread(self) -> Sequence[str]:
        """What could not be read and is said once."""
        return self.environment.unread

    def allowed(self, who: EntraState, action: str, on: ResourceTable, given: Given = ()) -> MaySet:
        """On which rows of a table a principal may do an action."""
        if _is_of_itself(action):
            found = self._of_itself(who, action, on)
        else:
            known = _known_of(given)
            label = self.environment.label(who.id)
            found = self._reached_by_any(label, action, on, known)
            for grant in _by(known, self.environment.grants(who)):
                found |= self._reach(grant, action, on, OUT_OF_UNITS in known)
        acting = self._may_act(who)
        return NONE if acting.value is False else found.only_if(acting.value is True)

    def allowed_on_new(self, who: EntraState, asked: Asked, template: str) -> Truth:  # noqa: ARG002
        """Whether all of some actions are allowed on something that does not exist yet, or on
        whatever it is: only a grant over the tenant holds for that."""
        acting = self._may_act(who).value
        if acting is False:
            return False
        found: Truth = acting
        for action, _ in asked:
            truth = any_of(self._anywhere(grant, action) for grant in self._grants(who, {}))
            if truth is False:
                return False
            found = found if truth else None
        return found

    def example(self, who: EntraState, asked: Asked, template: str) -> str:  # noqa: ARG002
        """The template itself: nothing in a tenant is known by its name."""
        return template

    def explain(
        self, who: EntraState, action: str, resource: str, given: Given = ()
    ) -> Explanation:
        """Whether a principal may do an action on one object, and on what that rests."""
        acting = self._may_act(who)
        found: list[tuple[ReasonedTruth, tuple[PolicyStatement, ...]]]
        if _is_of_itself(action):
            found = [(self._self_truth(who, action, resource), self._own(who, action, resource))]
        else:
            known = _known_of(given)
            found = [
                (
                    self._on(grant, action, resource, OUT_OF_UNITS in known),
                    self._statements(grant),
                )
                for grant in self._grants(who, known)
            ]
        allowing = any_holds(truth for truth, _ in found)
        truth = all_hold((acting, allowing))
        wanted = [each for each in found if each[0].value is allowing.value]
        shown = [] if allowing.value is False else wanted if allowing.value is None else wanted[:1]
        return Explanation(
            truth.value,
            tuple(_sentence(each) for each in sorted(truth.unread)) if truth.value is None else (),
            tuple(dict.fromkeys(one for _, statements in shown for one in statements)),
        )

    def principals_with(self, action: str) -> int:
        """The principals of whom something may allow an action somewhere."""
        return number_set(
            number
            for number, id_ in enumerate(self.principals)
            if self._may_anywhere(EntraState(id_), action)
        )

    def has_own_policy(self, label: str, action: str) -> bool:  # noqa: ARG002
        """No object of a tenant has a policy of its own."""
        return False

    # ------------------------------------------------------------------ by grant

    def _grants(self, who: EntraState, given: Mapping[str, str]) -> Iterator[Grant]:
        """What a principal holds, or may hold; by one kind of power only, if that is given."""
        open_ = self.environment.open_grants.get(self.environment.label(who.id), ())
        yield from _by(given, self.environment.grants(who))
        yield from _by(given, open_)

    def _reached_by_any(
        self, label: str, action: str, on: ResourceTable, given: Mapping[str, str]
    ) -> MaySet:
        """The rows on which what any principal of a label may hold allows an action."""
        key = label, action, id(on), given.get(BY, ""), OUT_OF_UNITS in given
        if key not in self._open:
            found = NONE
            for grant in _by(given, self.environment.open_grants.get(label, ())):
                found |= self._reach(grant, action, on, OUT_OF_UNITS in given)
            self._open[key] = found
        return self._open[key]

    def _may_anywhere(self, who: EntraState, action: str) -> bool:
        if action in _ONLY_ON:
            return any(True for _ in _ONLY_ON[action](self, who))
        if _is_of_itself(action):
            return True
        label = self.environment.label(who.id)
        return self._any_may(label, action) or _allow(self.environment.grants(who), action)

    def _any_of_label_may(self, label: str, action: str) -> bool:
        """Whether what any principal of a label may hold allows an action somewhere."""
        return _allow(self.environment.open_grants.get(label, ()), action)

    def _may_act(self, who: EntraState) -> ReasonedTruth:
        """Whether a principal can sign in at all."""
        if self.environment.label(who.id) not in PRINCIPALS:
            return YES
        enabled = self.environment.view.get(who.id, "account_enabled")
        if enabled is None:
            return ReasonedTruth.doubt(f"whether {self.environment.view.name(who.id)} is enabled")
        return ReasonedTruth(bool(enabled))

    def _reach(self, grant: Grant, action: str, on: ResourceTable, out_of_units: bool) -> MaySet:
        """The rows on which a grant allows an action."""
        key = (grant._replace(evidence=()), action, id(on), out_of_units)
        if key not in self._reached:
            found = NONE
            for each, rows in self._by_target(on).items():
                target = each._replace(restricted=False) if out_of_units else each
                truth = self._decide(grant.power, grant.scope, action, target, self._unit(grant))
                if truth.value is not False:
                    found |= exactly(rows).only_if(truth.value is True)
            self._reached[key] = self._within(grant, on, found)
        return self._reached[key]

    def _within(self, grant: Grant, on: ResourceTable, found: MaySet) -> MaySet:
        """Those rows that lie within a grant's scope."""
        if found == NONE:
            return NONE
        if grant.scope == TENANT:
            scope = exactly(on.everything)
        else:
            certain = possible = 0
            for row in self._near(grant, on, found):
                truth = self._contains(grant, on.ids[row]).value
                certain |= (truth is True) << row
                possible |= (truth is not False) << row
            scope = MaySet(certain, possible)
        return (found & scope).only_if(grant.truth is True)

    def _near(self, grant: Grant, on: ResourceTable, found: MaySet) -> Iterable[int]:
        """Rows that may lie within a scope that is less than the tenant."""
        if grant.scope == OBJECT and grant.on in on.index:
            return [on.index[grant.on]]
        return [row for row in range(len(on)) if found.possible >> row & 1]

    def _on(self, grant: Grant, action: str, resource: str, out_of_units: bool) -> ReasonedTruth:
        """Whether a grant allows an action on one object."""
        held = YES if grant.truth else ReasonedTruth.doubt(grant.doubt)
        target = self._targets.of(resource)
        if out_of_units:
            target = target._replace(restricted=False)
        decided = self._decide(grant.power, grant.scope, action, target, self._unit(grant))
        return all_hold((held, self._contains(grant, resource), decided))

    def _unit(self, grant: Grant) -> bool | None:
        return self.environment.is_restricted(grant.on) if self._is_known_unit(grant) else None

    def _is_known_unit(self, grant: Grant) -> bool:
        return grant.scope == UNIT and grant.on in self.environment.view.graph

    def _contains(self, grant: Grant, id_: str) -> ReasonedTruth:
        """Whether an object lies within a grant's scope."""
        environment = self.environment
        if grant.scope == TENANT:
            return YES
        if grant.scope == OBJECT:
            return ReasonedTruth(
                grant.on.rpartition("/")[2] == id_.rpartition("/")[2] or grant.on == id_
            )
        if grant.scope == OWNED:
            if id_ in environment.owned_by(grant.on):
                return YES
            unread = id_ in environment.unread_owners
            return ReasonedTruth.doubt(f"who owns {_name(environment, id_)}") if unread else NO
        if grant.needs_reading:
            return NO
        if grant.on in environment.units_of(id_):
            return YES
        unread = environment.is_unread_unit(grant.on)
        return ReasonedTruth.doubt(f"what is in {_name(environment, grant.on)}") if unread else NO

    def _anywhere(self, grant: Grant, action: str) -> Truth:
        """Whether a grant allows an action on something of its kind that is not guarded."""
        if grant.scope != TENANT:
            return False
        if not grant.power.is_certain:
            return None
        named = _names(grant, action)
        return (None if grant.truth is None or grant.power.condition else True) if named else False

    def _by_target(self, on: ResourceTable) -> Mapping[Target, int]:
        """The rows by what decides about them."""
        known = self._alike.get(id(on))
        if known is None:
            found: dict[Target, int] = {}
            for row, id_ in enumerate(on.ids):
                target = self._targets.of(id_)
                found[target] = found.get(target, 0) | 1 << row
            known = self._alike[id(on)] = on, found
        return known[1]

    def _statements(self, grant: Grant) -> tuple[PolicyStatement, ...]:
        return tuple(
            PolicyStatement(each, 0, grant.power.called, "Allow") for each in grant.evidence
        )

    # ------------------------------------------------------------------ what one does for oneself

    def _of_itself(self, who: EntraState, action: str, on: ResourceTable) -> MaySet:
        if action in _ONLY_ON:
            rows = [on.index[id_] for id_ in _ONLY_ON[action](self, who) if id_ in on.index]
            return self._of_itself_among(who, action, on, rows)
        if action != JOIN:
            return self._of_itself_among(who, action, on, range(len(on)))
        view = self.environment.view
        alike = self.environment.label(who.id), view.get(who.id, "user_type"), id(on)
        if alike not in self._joined:
            self._joined[alike] = self._of_itself_among(who, action, on, range(len(on)))
        return self._joined[alike]

    def _of_itself_among(
        self, who: EntraState, action: str, on: ResourceTable, rows: Iterable[int]
    ) -> MaySet:
        found = NONE
        for row in rows:
            truth = self._self_truth(who, action, on.ids[row]).value
            if truth is not False:
                found |= exactly(1 << row).only_if(truth is True)
        return found

    def _self_truth(self, who: EntraState, action: str, id_: str) -> ReasonedTruth:
        if is_app_role(action):
            return self._holds_app_role(who, action, id_)
        return _OF_ITSELF[action](self, who, id_)

    def _own(self, who: EntraState, action: str, id_: str) -> tuple[PolicyStatement, ...]:
        """The assignments of an app role; what one does for oneself rests on nothing."""
        held = self.environment.app_role_assignments(who.id, action).get(id_, ())
        return tuple(PolicyStatement(each, 0, action, "Allow") for each in held)

    def _holds_app_role(self, who: EntraState, value: str, id_: str) -> ReasonedTruth:
        """Whether a principal holds an app role of a service principal, itself or by a group that
        it is directly in."""
        if id_ in self.environment.app_role_assignments(who.id, value):
            return YES
        unread = self.environment.unread_app_roles(who.id, value, id_)
        return ReasonedTruth.doubt(unread) if unread else NO

    def _holds(self, who: EntraState, id_: str) -> ReasonedTruth:
        """Whether an eligibility is a principal's own, or a group's that it is in."""
        environment = self.environment
        holders = {who.id, *environment.groups_of(who.id, who.groups)}
        if any(id_ in environment.eligible.get(each, ()) for each in holders):
            return YES
        unread = environment.unread_groups
        if any(id_ in environment.eligible.get(each, ()) for each in unread):
            return ReasonedTruth.doubt("who is in the group that is eligible")
        return NO

    def _requests(self, who: EntraState, id_: str) -> ReasonedTruth:
        """Whether a principal may ask by a policy of an access package, and gets what it asks
        for."""
        view, environment = self.environment.view, self.environment
        if environment.label(who.id) != PRINCIPALS[0]:
            return NO
        scope, kind = view.get(id_, "allowed_targets"), view.get(who.id, "user_type")
        named = {who.id, *environment.groups_of(who.id, who.groups)}
        approval = view.get(id_, "requires_approval")
        if scope in ("allMemberUsers", "allDirectoryUsers"):
            anybody = scope == "allDirectoryUsers"
            asks = YES if anybody else _known(_not(kind == "Guest"), "whether it is a guest")
            if kind is None and not anybody:
                asks = ReasonedTruth.doubt("whether it is a guest")
        elif scope == "specificDirectoryUsers":
            asks = ReasonedTruth(bool(named & {*view.targets(id_, "requestors")}))
            if asks.value is False and environment.unread_groups:
                asks = ReasonedTruth.doubt("who may ask for the access package")
        else:
            asks = (
                ReasonedTruth.doubt("who may ask for the access package") if scope is None else NO
            )
        approves = {*view.targets(id_, "approvers")} <= {who.id}
        free = _known(_not(approval), "whether somebody has to approve")
        if approval and not approves:
            names = sorted(view.name(each) for each in {*view.targets(id_, "approvers")} - {who.id})
            free = ReasonedTruth.doubt(f"whether {' or '.join(names)} approves it")
        return all_hold((asks, free))

    def _changes_itself(self, who: EntraState, id_: str) -> ReasonedTruth:
        return ReasonedTruth(who.id == id_ and self.environment.label(id_) == PRINCIPALS[0])

    def _activates(self, who: EntraState, id_: str) -> ReasonedTruth:
        """Whether a principal can activate an eligibility: it is its own, or a group's that it is
        in, and somebody else approves if that is asked."""
        held = self._holds(who, id_)
        if held.value is not True:
            return held
        if self.environment.label(id_) == GROUP_ELIGIBILITY:
            return ReasonedTruth.doubt("what activating membership of the group takes")
        return self._approval(who, id_)

    def _approval(self, who: EntraState, id_: str) -> ReasonedTruth:
        view = self.environment.view
        policies = self.environment.policies_of(id_)
        name = view.name(id_)
        if not policies:
            return ReasonedTruth.doubt(f"what activating {name} takes")
        if view.get(policies[0], "requires_approval") is None:
            return ReasonedTruth.doubt(f"whether activating {name} has to be approved")
        if not view.get(policies[0], "requires_approval"):
            return YES
        approvers = {*view.targets(policies[0], "approvers")}
        if approvers == {who.id}:
            return NO  # nobody approves what he asks for himself
        named = " or ".join(sorted(view.name(each) for each in approvers - {who.id}))
        return ReasonedTruth.doubt(f"whether {named or 'a Global Administrator'} approves it")

    def _approved_by(self, who: EntraState) -> Iterator[str]:
        """What a principal may have a say in."""
        environment = self.environment
        for each in (who.id, *environment.groups_of(who.id, who.groups)):
            yield from environment.approved_by.get(each, ())
        for group in environment.unread_groups:
            yield from environment.approved_by.get(group, ())
        yield from environment.unread_approvals

    def _approves(self, who: EntraState, id_: str) -> ReasonedTruth:
        """Whether a principal is asked when others activate an eligibility."""
        environment = self.environment
        name = environment.view.name(id_)
        for each in (who.id, *environment.groups_of(who.id, who.groups)):
            if id_ in environment.approved_by.get(each, ()):
                return YES
        if id_ in environment.unread_approvals:
            return ReasonedTruth.doubt(f"who approves that {name} is activated")
        for group in sorted(environment.unread_groups):
            if id_ in environment.approved_by.get(group, ()):
                return ReasonedTruth.doubt(f"who is in {environment.view.name(group)}")
        return NO

    def _uses_consent(self, who: EntraState, id_: str) -> ReasonedTruth:
        return ReasonedTruth(id_ in self.environment.consents.get(who.id, ()))

    def _joins(self, who: EntraState, id_: str) -> ReasonedTruth:
        """Whether a member of the tenant can put itself into a group: a public Microsoft 365
        one."""
        view, label = self.environment.view, self.environment.label(id_)
        if label != GROUP or self.environment.label(who.id) != PRINCIPALS[0]:
            return NO
        types, visibility = view.get(id_, "group_types"), view.get(id_, "visibility")
        kind = view.get(who.id, "user_type")
        return all_hold(
            (
                _known(None if types is None else "Unified" in types, "what kind of group it is"),
                _known(
                    None if types is None else "DynamicMembership" not in types,
                    "whether a rule decides who is in it",
                ),
                _known(
                    None if visibility is None else visibility == "Public", "whether it is public"
                ),
                _known(None if kind is None else kind != "Guest", "whether it is a guest"),
                _known(_not(view.get(id_, "is_assignable_to_role")), "whether it may hold roles"),
            )
        )


_OF_ITSELF: Mapping[str, Callable[[EntraAuthorizer, EntraState, str], ReasonedTruth]] = {
    ACTIVATE: EntraAuthorizer._activates,
    APPROVE: EntraAuthorizer._approves,
    CHANGE_ONESELF: EntraAuthorizer._changes_itself,
    HOLD: EntraAuthorizer._holds,
    JOIN: EntraAuthorizer._joins,
    REQUEST: EntraAuthorizer._requests,
    USE_CONSENT: EntraAuthorizer._uses_consent,
}
"""What a principal does for itself, without any role."""
_ONLY_ON: Mapping[str, Callable[[EntraAuthorizer, EntraState], Iterable[str]]] = {
    APPROVE: EntraAuthorizer._approved_by,
    CHANGE_ONESELF: lambda _, who: (who.id,),
    USE_CONSENT: lambda authorizer, who: authorizer.environment.consents.get(who.id, ()),
}
"""Of these, those that a principal does on few things, by what it may do them on."""


def _by(given: Mapping[str, str], grants: Iterable[Grant]) -> Iterator[Grant]:
    """The grants of the kind of power that is given; all, if none is."""
    for grant in grants:
        if grant.power.kind in ("", given.get(BY, grant.power.kind)):
            yield grant


def _allow(grants: Iterable[Grant], action: str) -> bool:
    """Whether one of some grants may allow an action on anything."""
    return any(not each.power.is_certain or _names(each, action) for each in grants)


def _names(grant: Grant, action: str) -> bool:
    """Whether a grant allows an action on anything."""
    kind = Action.parsed(action).kind
    kinds = frozenset({kind, *_NARROWER.get(kind, ())})
    return any(allows(each, action, kinds) for each in grant.power.actions)


_NARROWER: Mapping[str, frozenset[str]] = {
    "groups": frozenset(
        {
            "groupsassignabletoroles",
            "groups.unified",
            "groups.security",
            "groups.assignedmembership",
            "groups.unified.assignedmembership",
            "groups.security.assignedmembership",
        }
    ),
    "applications": frozenset({"agentidentityblueprints", "applications.myorganization"}),
}


def is_app_role(action: str) -> bool:
    """Whether what is asked is an app role and no action: ``User.Read.All``."""
    return "/" not in action


def _is_of_itself(action: str) -> bool:
    return action in _OF_ITSELF or is_app_role(action)


def _known_of(given: Given) -> dict[str, str]:
    """What is given of a request; a key with several values counts by its first."""
    pairs = dict(given).items()
    return {key: value if isinstance(value, str) else next(iter(value), "") for key, value in pairs}


def _known(truth: Truth, unread: str) -> ReasonedTruth:
    return ReasonedTruth.doubt(unread) if truth is None else ReasonedTruth(truth)


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _name(environment: EntraEnvironment, id_: str) -> str:
    return environment.view.name(id_) if id_ in environment.view.graph else id_


def _sentence(unread: str) -> str:
    return f"{unread} could not be read" if not unread.endswith(_SETTLED) else unread


_SETTLED = ("approves it",)


def _may_sign_in(view: GraphView, id_: str) -> bool:
    return view.get(id_, "account_enabled") is not False


ENTRA = AuthorizerType(
    make=lambda view, listings: EntraAuthorizer(EntraEnvironment(view, listings)),
    state=EntraState,
    may_act=_may_sign_in,
    reads=frozenset((*DECIDING, UNIT_LABEL)),
    notices=frozenset((UNIT_LABEL,)),
)
"""What principals may do as they are, without activating or asking for anything."""
