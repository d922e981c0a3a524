"""AWS as the attack graph sees it: users and roles in their states, and who comes in from outside.

A state is what an attacker has made of a principal: ``any policy`` (it can give itself any identity
policy), ``with POLICY`` (these), ``without POLICY`` (nor what it denied; or without a group),
``unbounded`` (its permissions boundary is gone), ``bounded by POLICY`` (it has another), ``tagged
TAG=VALUE``, ``POLICY rewritten`` (one of its organization forbids nothing now), ``ACCOUNT at the
root`` (of the organization, so that policies of units bind it no more), ``in GROUP`` (it has joined
that group), ``POLICY VERSION`` (another version of that policy is in force), ``limited to ACTION``
(what the attacker holds of it can ask for nothing else), ``new`` (it was only just created).
A user that has joined a group is shown as that group, in the state ``by USER``.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from ...authorization.aws.admin import administers
from ...authorization.aws.arns import is_immutable, parse_arn
from ...authorization.aws.authorizer import ANYTHING, AWSAuthorizer
from ...authorization.aws.context import Open
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.labels import ACCOUNT, CONTROL_POLICY, GROUP, ROLE, USER
from ...authorization.aws.policy import service_of
from ...authorization.model import Administration, Given
from ...authorization.resource_table import ResourceRow
from ...model import Gap, ListingStatus
from ...sets import MaySet, members, number_set
from ...view import GraphView
from ..engine.build import ProviderEngine
from ..engine.explain import Grounds
from ..engine.requirement import Choice
from ..engine.technique import GainKind, Technique
from ..engine.technique_files import TechniqueSet
from ..federation.model import TokenClaims, TrustRule
from ..model import Explain, Hop, Node, Step, StepType
from ..provider import AttackProvider, Change, GainTarget, Making, Preparation, joined
from .choices import Choices
from .data import data
from .data_access import DataAccess
from .external import add_external_steps
from .external_trust import trust_rules
from .identity_center import unread_groups
from .key_grants import KeyGrants
from .part_names import PartNames
from .state_changes import StateChanges
from .tokens import tokens, unread_issuers
from .vocabulary import AWS, techniques

_POLICY = "AWSPolicy"
_AWS = "aws"
"""The account of what belongs to AWS itself."""
_UNREAD_VERSION = "unread version"
_PICKED_AT_WILL: Mapping[str, Open] = {"aws:PrincipalArn": Open.PRESENT, "aws:userid": Open.PRESENT}


class AWSProvider(AttackProvider):
    """The AWS accounts of a scan."""

    name = AWS.provider
    vocabulary = AWS

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        super().__init__(view, listings)
        self.environment = AWSEnvironment(view, listings)
        self.authorizer: AWSAuthorizer = AWSAuthorizer(self.environment)

    @classmethod
    def techniques(cls) -> TechniqueSet:
        """AWS's techniques."""
        return techniques()

    def state(self, id_: str) -> PrincipalState:
        """A principal just as it is, or a service or identity provider by its name."""
        return PrincipalState(id_)

    def owner(self, account: str) -> PrincipalState:
        """The account's root user."""
        return PrincipalState(f"arn:{self._partition_of(account)}:iam::{account}:root")

    def controls(self, account: str) -> Iterator[str]:
        """The account itself, the service control policies that bind it, and the resource control
        policies that bind whatever its principals may ask for, as far as they are known."""
        yield account
        for level in self.environment.account(account).scps:
            yield from (policy.id for policy in level)
        for scanned in self.environment.scanned:
            for level in self.environment.rcps(scanned):
                yield from (policy.id for policy in level)

    def administration(self, state: PrincipalState) -> Administration:
        """Whether a principal in a state administers its account, and why."""
        return administers(self.authorizer, state)

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of policies and principals could not be read."""
        return [*self.environment.gaps, *unread_groups(self.view)]

    @property
    def left_out(self) -> Sequence[str]:
        """Of what an attacker is free to pick."""
        return self._choices.left_out

    def may_start(self, state: PrincipalState) -> bool:
        """Nobody but its service ever acts as a service-linked role."""
        return not self.environment.held(state).principal.is_service_linked

    def partition(self, id_: str) -> str:
        """Of the ARN."""
        arn = parse_arn(id_)
        return arn.partition if arn else "aws"

    def parts(self, template: str, action: str, label: str) -> Iterator[ResourceRow]:
        """One for each name by which policies tell parts apart."""
        return map(self.environment.row, self._part_names.sample_names(template, action, label))

    def is_changeable(self, id_: str) -> bool:
        """AWS's own policies, service-linked and reserved roles are not."""
        return not is_immutable(id_)

    def shared_accounts(self, label: str) -> tuple[str, ...]:
        """AWS's managed policies are there for every account."""
        return (_AWS,) if label == _POLICY else ()

    def apply(
        self,
        gain: GainKind,
        state: PrincipalState,
        label: str,
        targets: Sequence[GainTarget],
        chosen: Sequence[Choice] = (),
    ) -> Iterator[Change]:
        """The states that a principal comes into by a gain."""
        if gain == "version" and label == CONTROL_POLICY:
            yield from self._changes.uncontrolled(state, targets)
        elif gain == "version":
            yield from self._versions(state, targets)
        elif gain == "membership":
            yield from self._memberships(state, targets)
        elif gain == "without" and label == ACCOUNT:
            yield from self._changes.moved(state, targets)
        elif gain == "without":
            yield from self._changes.relieved(state, targets, chosen)
        elif gain in self._by_gain:
            for change in self._by_gain[gain](state, chosen):
                if not label:
                    yield change
                for target in targets:
                    yield change._replace(row=target.row, shown=target.id)

    def limited(self, state: PrincipalState, actions: Collection[str]) -> PrincipalState | None:
        """A principal whose credentials can ask for nothing but some actions; None if no policy is
        about them."""
        policies = self.environment.held(state).identity
        if any(
            self.authorizer.has_own_policy("", action)
            or any(policy.of_service(service_of(action)) for policy in policies)
            for action in actions
        ):
            return state._replace(limited_to=frozenset(actions))
        return None

    def may_ask(self, state: PrincipalState, action: str) -> bool:
        """Whether the credentials of a principal in a state can ask for an action at all."""
        return self.environment.may_ask(state, action)

    def created(
        self, id_: str, gain: GainKind, group: str = "", chosen: Sequence[Choice] = ()
    ) -> Iterator[Change]:
        """A principal that was only just created."""
        groups = frozenset((group,)) if group else frozenset[str]()
        state = PrincipalState(id_, groups=groups, fresh=True)
        return self._changes.created(state, chosen, any_policy=gain == "administrator")

    def choices(self, technique: Technique, state: PrincipalState) -> Sequence[Choice]:
        """Which managed policies, boundaries and tags there are to pick."""
        return self._choices.of(technique, state)

    def preparations(
        self, state: PrincipalState, label: str, actions: Collection[str]
    ) -> Sequence[Preparation]:
        """The tags that may be set on a resource first."""
        return self._choices.preparations(state, label, actions)

    def makings(
        self, state: PrincipalState, made_by: str, tagged_by: str, actions: Collection[str]
    ) -> Sequence[Making]:
        """The tags that may be given to a resource while it is made."""
        return self._choices.makings(state, made_by, tagged_by, actions)

    def differs(self, before: PrincipalState, after: PrincipalState) -> bool:
        """Whether other policies or tags count in one state than in the other, or may soon: who is
        in a group that lends nothing yet may be able to give it policies."""
        one, other = self.environment.held(before), self.environment.held(after)
        if before.limited_to != after.limited_to:
            return True
        if before.groups != after.groups and self._gives_groups_policies(after):
            return True
        for binding in (self.environment.scps, self.environment.lifted):
            if binding(before) != binding(after):
                return True
        return (one.identity, one.boundaries, one.principal.tags) != (
            other.identity,
            other.boundaries,
            other.principal.tags,
        )

    def _gives_groups_policies(self, state: PrincipalState) -> bool:
        return any(
            self.authorizer.allowed_on_new(state, [(action, ())], ANYTHING) is not False
            for action in self._group_policies
        )

    @cached_property
    def _group_policies(self) -> Sequence[str]:
        """The actions that give a group policies."""
        return sorted(self.techniques().giving_policies(GROUP))

    def describe(self, state: PrincipalState, shown: str = "") -> str:
        """A state in words."""
        is_named = state.any_policy and not state.fresh
        parts = ["any policy"] * is_named + ["unbounded"] * state.unbounded
        parts += [f"with {self._policy_name(policy)}" for policy in state.attached]
        if state.bounded_by:
            parts.append(f"bounded by {self._policy_name(state.bounded_by)}")
        parts += [f"tagged {tag}={value}" for tag, value in state.tags]
        accounts = state.without & self.environment.scanned
        parts += [f"without {self.view.name(each)}" for each in sorted(state.without - accounts)]
        parts += sorted({self._taken_off(state, *each) for each in state.detached})
        parts += [f"{self.view.name(each)} at the root" for each in sorted(accounts)]
        parts += [f"{self.view.name(each)} rewritten" for each in sorted(state.rewritten)]
        parts += [f"in {self.view.name(group)}" for group in sorted(state.groups - {shown})]
        parts += [f"{self.view.name(policy)} {number}" for policy, number in state.versions]
        return ", ".join(parts)

    def related(self, state: PrincipalState, edge: str, label: str) -> frozenset[str] | None:
        """Groups that it has joined; no boundary if that is gone."""
        if edge == "BOUNDED_BY" and (state.unbounded or state.bounded_by):
            return None
        if edge == "HAS_POLICY":
            return frozenset(state.attached)
        return state.groups if label == GROUP else frozenset()

    def unrelated(self, state: PrincipalState, holder: str, edge: str) -> frozenset[str]:
        """Groups that it has left; policies that were taken off itself or a group."""
        if edge == "HAS_POLICY":
            return frozenset(policy for each, policy in state.detached if each == holder)
        return state.without if edge == "MEMBER_OF" else frozenset()

    def assumable_identities(self, account: str) -> Iterator[tuple[PrincipalState, Given, bool]]:
        """Each principal of the account, or a new one with whatever name and tags it takes."""
        partition = "aws"
        for label in (USER, ROLE):
            table = self.environment.table(label)
            for row in members(table.by_account.get(account, 0)):
                partition = self.partition(table.ids[row])
                state = PrincipalState(table.ids[row], any_policy=True, unbounded=True)
                yield state, (), True
        created = f"arn:{partition}:iam::{account}:role/new"
        yield PrincipalState(created, any_policy=True, fresh=True), _PICKED_AT_WILL, False

    @property
    def held_labels(self) -> Sequence[str]:
        """What holds data."""
        return self._labels

    def steps(self, engine: ProviderEngine) -> Iterator[Step]:
        """Who can read data, and how external principals come in."""
        grants = KeyGrants(self.authorizer, self.listings)
        access = self._access = DataAccess(self.environment, engine.cache, engine.parts, grants)
        for label in self._labels:
            everything = self.environment.table(label).everything
            engine.graph.data |= engine.states.plain(label, everything)
        for label in self._labels:
            if len(self.environment.table(label)):
                yield from self._reading(engine, access, label)
        yield from add_external_steps(engine.graph, self.environment)

    def explainers(self, engine: ProviderEngine) -> dict[str, Explain]:
        """What explains how data is read."""
        return {StepType.CAN_ACCESS: partial(self._explain_reading, engine)}

    def issues(self) -> Iterable[tuple[Node, TokenClaims]]:
        """What roles, users and clusters can show who they are with."""
        return tokens(self.view)

    def unread_issuers(self) -> Iterable[str]:
        """Those of clusters."""
        return unread_issuers(self.view)

    def accepts(self) -> Iterable[TrustRule]:
        """The roles that take tokens, and the users that are taken from directories."""
        return trust_rules(self.environment)

    @cached_property
    def _part_names(self) -> PartNames:
        return PartNames(self.environment)

    @cached_property
    def _choices(self) -> Choices:
        return Choices(self.authorizer)

    @cached_property
    def _changes(self) -> StateChanges:
        return StateChanges(
            self.environment, self._choices, lambda state: self.administration(state).truth
        )

    @cached_property
    def _by_gain(self) -> Mapping[str, Callable[..., Iterator[Change]]]:
        changes = self._changes
        return {
            "policies": changes.given,
            "unbounded": changes.bounded,
            "tags": changes.tagged,
        }

    def _partition_of(self, account: str) -> str:
        """As the principals of an account that were read tell."""
        known = (
            self.partition(id_) for id_ in self.environment.principals if f"::{account}:" in id_
        )
        return next(known, "aws")

    def _taken_off(self, state: PrincipalState, holder: str, policy: str) -> str:
        """That a policy was taken off: whose, if another still gives it."""
        words = f"without {self.view.name(policy)}"
        held = self.environment.held(state)
        is_left = any(each.id == policy for each in held.identity)
        return f"{words} of {self.view.name(holder)}" if is_left else words

    def _policy_name(self, policy: str) -> str:
        return policy.rpartition("/")[2]

    @cached_property
    def _labels(self) -> Sequence[str]:
        return sorted(data().labels)

    def _reading(self, engine: ProviderEngine, access: DataAccess, label: str) -> Iterator[Step]:
        sources: dict[MaySet, list[int]] = {}
        for actor in engine.states.actors.values():
            rows = access.of(label, actor.state)
            if rows.possible:
                sources.setdefault(rows, []).append(actor.number)
        for rows, sharing in sources.items():
            reached = engine.states.plain_set(label, rows)
            yield Step(StepType.CAN_ACCESS, "", number_set(sharing), reached, 0)

    def _explain_reading(self, engine: ProviderEngine, step: Step, source: int, target: int) -> Hop:
        state = engine.states.actors[source].state
        label, row = engine.states.place(target)
        read = self._access.path(label, row, state)
        grounds = Grounds(conditions=list(read.doubts))
        for action, arn in read.reads:
            grounds.permissions.append(action)
            grounds.add(action, engine.cache.explain(state, action, arn))
            grounds.evidence += [arn] * (arn in self.view.graph)
        for action, grant in read.granted:
            grounds.permissions.append(action)
            grounds.evidence.append(grant)
        return grounds.hop(step, *engine.explainer.ends(source, target))

    def _memberships(self, state: PrincipalState, groups: Sequence[GainTarget]) -> Iterator[Change]:
        """A principal as a member of each of some groups.

        A principal that has joined one already then joins all the others, since each may lend what
        another lacks; only groups that deny something, or that make an administrator by themselves,
        are never joined together with others.
        """
        is_first = not state.groups
        if not is_first:
            groups = [
                group
                for group in groups
                if group.id not in state.groups
                and not self._denies(group.id)
                and not self._is_enough(state, group.id)
            ]
        for together in joined(groups, is_first):
            ids = state.groups.union(group.id for group in together)
            yield Change(state._replace(groups=ids), together[0].row, together[0].id)

    def _is_enough(self, state: PrincipalState, group: str) -> bool:
        """Whether who joins but this group administers the account."""
        alone = PrincipalState(state.id, groups=frozenset((group,)))
        return self.administration(alone).truth is True

    def _denies(self, group: str) -> bool:
        """Whether a group's policies take anything away."""
        own = self.environment.policies_of(group)
        return any(each.effect == "Deny" for policy in own for each in policy.statements)

    def _versions(self, state: PrincipalState, policies: Sequence[GainTarget]) -> Iterator[Change]:
        """A principal with each other version of a policy in force; with any, if they were not
        read."""
        for target in policies:
            policy = self.view.graph.nodes[target.id]
            listed = json.loads(policy.get("versions") or "[]")
            for number in [version["VersionId"] for version in listed] or [_UNREAD_VERSION]:
                if number != policy.get("default_version_id"):
                    kept = tuple(each for each in state.versions if each[0] != target.id)
                    versions = tuple(sorted((*kept, (target.id, number))))
                    yield Change(state._replace(versions=versions), target.row)
