"""What principals may do, to many resources at a time.

An answer is a pair of sets of a table's rows, as whole numbers: what may be done for certain, and
what may be done if open conditions hold or something that was not read says so. Answers are what
:func:`~.decision.decide` gives for each row by itself; they are worked out once for all principals
whose policies say the same about an action.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, product

from ...logic import Truth, any_of
from ...sets import NONE, MaySet, members, number_set
from ...view import GraphView
from ..model import AuthorizerType, Explanation, PolicyStatement
from ..resource_table import ResourceRow, ResourceTable
from .arns import parse_arn
from .context import Open, Values
from .decision import Answer, Decision, Levels, PolicySet, PolicyType, ResourceKind, decide
from .environment import ELSEWHERE, GRANT, PARTS, AWSEnvironment, PrincipalState
from .labels import ACCOUNT, CONTROL_POLICY, GROUP, ORGANIZATION, ROLE, USER
from .patterns import Piece
from .permission_query import (
    NO_STATEMENTS,
    Frozen,
    PermissionQuery,
    PrincipalClass,
    Profile,
    StatementsByPolicy,
)
from .policy import Policy, Statement, compile_policy, service_of
from .principals import Principal
from .request import Request
from .resource_policies import OwnPolicies, ResourcePolicyGrants
from .sample_names import NAME, sample_names
from .statement_index import StatementIndex

Given = Mapping[str, str | Sequence[str] | Open] | Sequence[tuple[str, str | Sequence[str] | Open]]
"""Condition keys of a request that are known, with their values, or that are open although they
would follow from who asks. A key without values is absent; of a prefix that ends with a slash, each
key is that is not given."""

ANYTHING = NAME
"""The template of any ARN whatever."""

_NOTHING: Given = ()
_CANNOT_ASK = Answer(Decision.IMPLICITLY_DENIED, (), (), PolicyType.SESSION)
_REMEMBERED_EXPLANATIONS = 65536


class AWSAuthorizer:
    """Who may do what in an environment."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self.environment = environment
        self._profiles: dict[PrincipalState, Profile] = {}
        self._questions: dict[tuple[str, ResourceTable, Frozen], PermissionQuery] = {}
        self._speeches: dict[str, StatementsByPolicy] = {}
        self._numbers: dict[tuple[str, bool], int] = {}
        self._policies: list[Policy] = []
        self._sheets: dict[ResourceTable, StatementIndex] = {}
        self._own_policies: dict[tuple[ResourceTable, str], OwnPolicies] = {}
        self._standings: dict[PrincipalClass, int] = {}
        self._able: dict[str, int] = {}
        """The principals of the estate that some policy may allow an action, by action."""
        self._explained: dict[tuple[object, ...], Explanation] = {}
        self._varying: dict[int, bool] = {}
        """Whether what a policy names varies with who asks, by its number."""
        self._about_by_state: dict[tuple[PrincipalState, str], tuple[tuple[Policy, ...], ...]] = {}
        self._made: dict[tuple[str, str], ResourceRow] = {}
        """What does not exist yet, by its ARN and the account that would make it."""
        self._tables: dict[tuple[object, ...], ResourceTable] = {}
        self._keys: dict[tuple[str, tuple[int, ...]], frozenset[str]] = {}
        """The condition keys that policies rest on, by an action and the policies about it."""

    def allowed(
        self, state: PrincipalState, action: str, table: ResourceTable, context: Given = _NOTHING
    ) -> MaySet:
        """On which rows of a table a principal may do an action."""
        if not self.may_ask(state, action):
            return NONE
        key = action, table, _frozen(context) if context else ()
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = PermissionQuery(self, *key)
        return question.answer(self._profiles.get(state) or self._profile_of(state))

    def may_ask(self, state: PrincipalState, action: str) -> bool:
        """Whether what a principal in a state holds can ask for an action at all."""
        return self.environment.may_ask(state, action)

    def decide(
        self, state: PrincipalState, action: str, arn: str, context: Given = _NOTHING
    ) -> Answer:
        """Whether a principal may do an action on one resource, and on what that rests.

        What :meth:`example` has made up counts as new, as it did there.
        """
        if not self.may_ask(state, action):
            return _CANNOT_ASK
        request, policies = self._request(state, action, arn, context)
        return decide(request, policies)

    def decide_granted(self, state: PrincipalState, action: str, arn: str) -> Answer:
        """The same where a grant on the resource allows it: what denies it, or limits the
        principal, counts all the same."""
        if not self.may_ask(state, action):
            return _CANNOT_ASK
        request, policies = self._request(state, action, arn, _NOTHING)
        granting = replace(
            policies,
            identity=(*policies.identity, GRANT),
            resource_kind=ResourceKind.ORDINARY,
        )
        return decide(replace(request, resource_account=request.principal.account), granting)

    def _request(
        self, state: PrincipalState, action: str, arn: str, context: Given
    ) -> tuple[Request, PolicySet]:
        held = self.environment.held(state)
        principal = held.principal
        row = self._row(arn, principal)
        policy, kind = self.environment.resource_policy(row, service_of(action))
        policies = PolicySet(
            identity=held.identity,
            boundaries=held.boundaries,
            resource=policy,
            resource_kind=kind,
            scps=self.environment.scps(state),
            rcps=self._rcps_over(row, self.environment.lifted(state)),
        )
        known = self._profile_of(state).context(_frozen(context))
        known = known.over(self.environment.facts(row))
        return Request(principal, action, arn, row.account, known), policies

    def _row(self, arn: str, principal: Principal) -> ResourceRow:
        """What is known of an ARN that a principal asks about."""
        return self._made.get((arn, principal.account)) or self.environment.row(arn)

    def _rcps_over(self, row: ResourceRow, lifted: frozenset[str]) -> Levels:
        """The resource control policies that bind a resource."""
        return self.environment.rcps(row.account, lifted) if row.account else ()

    def allowed_on_new(
        self, state: PrincipalState, asked: Sequence[tuple[str, Given]], template: str
    ) -> Truth:
        """Whether there is an ARN of a template on which a principal may do all of some actions,
        each with what is given of its request.

        Templates hold ``{name}`` for what the caller picks and ``{id}`` for what AWS does, and may
        hold ``{region}``, ``{partition}`` and ``{account}``, the latter two the principal's.
        """
        return self._best(state, asked, template)[0]

    def example(
        self, state: PrincipalState, asked: Sequence[tuple[str, Given]], template: str
    ) -> str:
        """An ARN of a template that shows what :meth:`allowed_on_new` answers."""
        return self._best(state, asked, template)[1]

    def allowed_on_any_part(
        self, state: PrincipalState, asked: Sequence[tuple[str, Given]], id_: str
    ) -> Truth:
        """Whether a principal may do all of some actions on a collected resource or, else, on some
        part of it."""
        part = PARTS.get(self.environment.view.get(id_, "label"))
        templates = (id_, f"{id_}{part}") if part else (id_,)
        return any_of(self.allowed_on_new(state, asked, each) for each in templates)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Where something may be made: the regions that were scanned or that a policy names, and,
        where policies tell regions apart, others that every account has."""
        texts = [policy.text for policy in self._of_estate]
        named = {region for text in texts for region in _REGION.findall(text)}
        known = named.union(self.environment.regions)
        if not known:
            return _USUAL_REGIONS[:1]
        if self.environment.partitions != {"aws"}:
            return tuple(sorted(known))
        others = [region for region in _USUAL_REGIONS if region not in known]
        # To policies that name regions in full, all that they do not name are alike.
        by_pattern = any(map(_REGIONS.search, texts))
        more = others if by_pattern else others[: bool(named)]
        return tuple(sorted(known.union(more)))

    def explain(
        self, who: PrincipalState, action: str, resource: str, given: Given = _NOTHING
    ) -> Explanation:
        """Whether a principal may do an action on one resource, and on what that rests: what
        :meth:`decide` answers, in the words of every cloud."""
        if not self.may_ask(who, action):
            return Explanation(False)
        key = self._rests_on(who, action, resource, given)
        found = self._explained.get(key)
        if found is None:
            answer = self.decide(who, action, resource, given)
            is_open = answer.is_allowed is None
            found = Explanation(
                answer.is_allowed,
                (*answer.open_keys, *answer.unread) if is_open else (),
                references(answer.statements),
            )
            if len(self._explained) < _REMEMBERED_EXPLANATIONS:
                self._explained[key] = found
        return found

    def _rests_on(
        self, state: PrincipalState, action: str, arn: str, given: Given
    ) -> tuple[object, ...]:
        """All that an explanation depends on: it is the same for all principals of which this
        is."""
        profile = self._profile_of(state)
        principal, frozen = profile.principal, _frozen(given) if given else ()
        row = self._row(arn, principal)
        own, _ = self.environment.resource_policy(row, service_of(action))
        naming = [
            one
            for policy in chain(
                (own,) if own else (), *self._rcps_over(row, profile.standing.lifted)
            )
            for one in policy.about(action)
        ]
        keys = self.keys_asked(state, action).union(*(one.keys for one in naming))
        known = profile.context(frozen)
        return (
            action,
            row,
            frozen,
            profile.standing_number,
            self._held_about(state, action),
            tuple([one.principal_match(principal) for one in naming]),
            tuple([known.get(key) for key in sorted(keys)]),
        )

    def _held_about(self, state: PrincipalState, action: str) -> tuple[tuple[Policy, ...], ...]:
        """The policies about an action that a principal has, that bound it, and that stand over its
        account."""
        key = state, action
        found = self._about_by_state.get(key)
        if found is None:
            held = self.environment.held(state)
            found = self._about_by_state[key] = tuple(
                tuple([policy for policy in policies if policy.about(action)])
                for policies in (held.identity, held.boundaries, *self.environment.scps(state))
            )
        return found

    @property
    def principals(self) -> Sequence[str]:
        """The ARNs of the users and roles that were collected."""
        return self.environment.principals

    @property
    def unread(self) -> Sequence[str]:
        """What could not be read and is said once, in sentences."""
        return self.environment.unread

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label."""
        return self.environment.table(label)

    def keys_asked(self, state: PrincipalState, action: str) -> frozenset[str]:
        """The condition keys, in lower case, that a principal's policies rest on where they are
        about an action."""
        said = self.speech(action)
        about = tuple(number for number in self._profile_of(state).numbers if said[number])
        key = action, about
        if key not in self._keys:
            found = filter(None, map(said.__getitem__, about))
            self._keys[key] = frozenset[str]().union(*(each.keys for each in found))
        return self._keys[key]

    @property
    def policies(self) -> Iterable[Policy]:
        """The policies of all principals, those over them, and those of resources."""
        return self._of_estate.union(self.policies_of_resources)

    @cached_property
    def policies_of_resources(self) -> set[Policy]:
        """The policies that resources have themselves, as far as they were read."""
        view = self.environment.view
        return {
            compile_policy(document, id_)
            for label, field in view.own_policies.items()
            for id_ in view.labelled(label)
            if (document := view.get(id_, field.name))
        }

    def has_own_policy(self, label: str, action: str) -> bool:
        """Whether resources of a label (empty: of any) may have a policy of their own that allows
        an action."""
        declared = self.environment.view.own_policies
        labels = (label,) if label else declared
        return any(
            own.service == service_of(action) for one in labels if (own := declared.get(one))
        )

    def principals_with(self, action: str) -> int:
        """The principals of the estate with a policy that may allow an action somewhere: bit *i*
        stands for ``estate.principals[i]``. What resources' own policies allow is not looked at."""
        if action not in self._able:
            said = self.speech(action)
            found = 0
            for number, holding in self._holding_about(service_of(action)):
                if (each := said[number]) and each.allows:
                    found |= holding
            self._able[action] = found
        return self._able[action]

    def _holding_about(self, service: str) -> Iterator[tuple[int, int]]:
        """The policies that may be about a service, with the principals that have each."""
        about = (*self._by_service.get(service, ()), *self._by_service.get(None, ()))
        return ((number, self._holding[number]) for number in about)

    @cached_property
    def _by_service(self) -> Mapping[str | None, Sequence[int]]:
        """The policies of the estate's principals by the services that they may be about; None:
        by whatever service."""
        found: dict[str | None, list[int]] = {}
        for number in self._holding:
            services = self._policies[number].services
            for service in (None,) if services is None else services:
                found.setdefault(service, []).append(number)
        return found

    @cached_property
    def _holding(self) -> Mapping[int, int]:
        """The principals of the estate that have each policy, by its number."""
        places: dict[int, list[int]] = {}
        for place, id_ in enumerate(self.environment.principals):
            for number in self._profile_of(PrincipalState(id_)).identity:
                places.setdefault(number, []).append(place)
        return {number: number_set(each) for number, each in places.items()}

    @cached_property
    def _of_estate(self) -> set[Policy]:
        """The policies of all principals, and over them."""
        held = [self.environment.held(PrincipalState(id_)) for id_ in self.environment.principals]
        found = {policy for each in held for policy in (*each.identity, *each.boundaries)}
        for account in self.environment.scanned:
            found.update(chain.from_iterable(self.environment.account(account).scps))
        return found

    def _best(
        self, state: PrincipalState, asked: Sequence[tuple[str, Given]], template: str
    ) -> tuple[Truth, str]:
        profile = self._profile_of(state)
        actions = tuple(action for action, _ in asked)
        table = self._witnesses(profile, actions, template)
        reach = MaySet(table.everything, table.everything)
        for action, given in asked:
            if reach.possible:
                reach &= self.allowed(state, action, table, given)
        rows = reach.certain or reach.possible
        truth = bool(reach.certain) or (None if reach.possible else False)
        return truth, table.ids[next(members(rows), 0)]

    def _witnesses(
        self, profile: Profile, actions: tuple[str, ...], template: str
    ) -> ResourceTable:
        """The ARNs of a template that stand for all that policies tell apart."""
        key: tuple[object, ...] = template, profile.principal.account
        if NAME in template:
            said = [self.speech(action) for action in actions]
            about = [number for number in profile.numbers if any(each[number] for each in said)]
            # What variables stand for differs from principal to principal.
            varies = any(self._has_variables(number) for number in about)
            key = *key, actions, tuple(about), profile if varies else profile.limits
        if key not in self._tables:
            self._tables[key] = self._picked(profile, actions, template)
        return self._tables[key]

    def _picked(self, profile: Profile, actions: Iterable[str], template: str) -> ResourceTable:
        principal, known = profile.principal, profile.context(())
        named: dict[tuple[Piece, ...], bool] = {}
        for number, action in product(profile.numbers, actions):
            said = self.speech(action)[number] or NO_STATEMENTS
            for one, _ in (*said.allows, *said.denies):
                for pattern in one.resource_patterns or ():
                    pieces = tuple(pattern.filled(known))
                    limits = one.effect == "Deny" or number in profile.limits
                    named[pieces] = limits or named.get(pieces, False)
        arn = parse_arn(principal.arn)
        template = template.replace("{account}", principal.account)
        template = template.replace("{partition}", arn.partition if arn else "aws")
        places = self.places if _REGION_PLACE in template else ("",)
        return ResourceTable(
            self._witness(principal, each)
            for place in places
            for each in sample_names(
                template.replace(_REGION_PLACE, place),
                named,
                [pattern for pattern, limits in named.items() if limits],
            )
        )

    def _has_variables(self, number: int) -> bool:
        found = self._varying.get(number)
        if found is None:
            found = self._varying[number] = any(
                pattern.keys
                for one in self._policies[number].statements
                for pattern in one.resource_patterns or ()
            )
        return found

    def _witness(self, principal: Principal, arn: str) -> ResourceRow:
        """What is known of an ARN of a template: it is new unless it was collected or is
        another account's."""
        row = self.environment.row(arn)
        if row.owner or row.account not in ("", ELSEWHERE, principal.account):
            return row
        made = self._made[arn, principal.account] = ResourceRow(arn, principal.account, is_new=True)
        return made

    def number(self, policy: Policy) -> int:
        """The number of a policy; those that say the same have the same."""
        text = policy.text, bool(policy.statements)
        if text not in self._numbers:
            self._numbers[text] = len(self._policies)
            self._policies.append(policy)
        return self._numbers[text]

    def speech(self, action: str) -> StatementsByPolicy:
        """What policies, by number, say about an action."""
        if action not in self._speeches:
            self._speeches[action] = StatementsByPolicy(action, self._policies)
        return self._speeches[action]

    def sheet(self, table: ResourceTable) -> StatementIndex:
        """What statements apply to in a table."""
        if table not in self._sheets:
            self._sheets[table] = StatementIndex(self.environment, table)
        return self._sheets[table]

    def grantors(self, table: ResourceTable, action: str) -> ResourcePolicyGrants:
        """What the resources' own policies say about an action."""
        key = table, service_of(action)
        if key not in self._own_policies:
            self._own_policies[key] = OwnPolicies(self.environment, *key)
        return ResourcePolicyGrants(self._own_policies[key], action)

    def _profile_of(self, state: PrincipalState) -> Profile:
        if state not in self._profiles:
            self._profiles[state] = self._profile(state)
        return self._profiles[state]

    def _profile(self, state: PrincipalState) -> Profile:
        held = self.environment.held(state)
        principal = held.principal
        standing = PrincipalClass(
            principal.kind,
            principal.account,
            principal.is_service_linked,
            bool(held.boundaries),
            tuple(tuple(map(self.number, level)) for level in self.environment.scps(state)),
            self.environment.lifted(state),
        )
        return Profile(
            principal,
            tuple(dict.fromkeys(map(self.number, held.identity))),
            tuple(map(self.number, held.boundaries)),
            standing.scps,
            standing,
            self._standings.setdefault(standing, len(self._standings)),
            self.environment.since,
        )


_REGION = re.compile(r"\b[a-z]{2}(?:-[a-z]+)+-[0-9]\b")
_REGION_PLACE = "{region}"
_REGIONS = re.compile(r'"[a-z]{2}-[a-z-]*[*?][^":]*"|:[a-z]{2}-[a-z-]*[*?][^":]*:')
"""A pattern of regions, as a value of its own or within an ARN."""
_USUAL_REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1", "sa-east-1")
"""Some that accounts of the partition ``aws`` have from the start, all over the world.
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""


def references(statements: Iterable[Statement]) -> tuple[PolicyStatement, ...]:
    """Where statements stand, each once."""
    found = (PolicyStatement(one.policy_id, one.index, one.sid, one.effect) for one in statements)
    return tuple(dict.fromkeys(found))


def _frozen(given: Given) -> Frozen:
    return tuple(sorted((key, _values(value)) for key, value in dict(given).items()))


def _values(given: str | Sequence[str] | Open) -> Values | Open:
    if isinstance(given, Open):
        return given
    return (given,) if isinstance(given, str) else tuple(given)


_ABOVE = frozenset((ACCOUNT, CONTROL_POLICY, ORGANIZATION, "AWSOrganizationalUnit"))
"""What stands over principals and resources; where it could not be listed the answers themselves
are not certain."""


def _may_act(view: GraphView, id_: str) -> bool:  # noqa: ARG001
    return True


AWS = AuthorizerType(
    make=lambda view, listings: AWSAuthorizer(AWSEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_act,
    reads=frozenset((GROUP, ROLE, USER, "AWSInlinePolicy", "AWSPolicy")) | _ABOVE,
    notices=_ABOVE,
)
"""What principals may do in their accounts, and roles in others."""
