"""What all policies that apply to one request decide together.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ...logic import Truth, all_of, any_of
from .arns import is_immutable
from .policy import Policy, Statement
from .principals import EVERYONE, Kind, Match, MatchStrength, Principal
from .request import Request


class Decision(StrEnum):
    """The answers to a request."""

    ALLOWED = "ALLOWED"
    IMPLICITLY_DENIED = "IMPLICITLY_DENIED"
    """Nothing allows it, or something that must does not."""
    EXPLICITLY_DENIED = "EXPLICITLY_DENIED"
    """A statement denies it."""
    CONDITIONAL = "CONDITIONAL"
    """It hangs on something that is not known."""


class ResourceKind(StrEnum):
    """How a resource's policy and those of its account's principals work together."""

    ORDINARY = "ordinary"
    """Within an account either is enough."""
    TRUST = "trust"
    """A role: its trust policy must allow, or hand on to its account."""
    KEY = "key"
    """A KMS key: so must its key policy."""


class PolicyType(StrEnum):
    """The kinds of policies, and of rules without one."""

    ALWAYS = "always"
    """An action that needs no permission."""
    IMMUTABLE = "immutable"
    """AWS lets nobody change the resource."""
    RCP = "rcp"
    SCP = "scp"
    ENDPOINT = "endpoint"
    RESOURCE = "resource"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


Levels = tuple[tuple[Policy, ...], ...]
"""From the organization's root to the account: the policies attached at each level."""


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies that apply to a request."""

    identity: tuple[Policy, ...] = ()
    """Of the principal and its groups."""
    boundaries: tuple[Policy, ...] = ()
    """Its permissions boundary."""
    session: tuple[Policy, ...] = ()
    """Passed when the session was made."""
    resource: Policy | None = None
    """Of the resource; None if it has none. (One that was not read is a policy: see
    ``compile_policy``.)"""
    resource_kind: ResourceKind = ResourceKind.ORDINARY
    scps: Levels = ()
    """That bind the principal's account; none in a management account."""
    rcps: Levels = ()
    """That bind the resource's account; none in a management account."""
    endpoint: tuple[Policy, ...] = ()
    """Of the VPC endpoint that the request passes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and on what that rests."""

    decision: Decision
    statements: tuple[Statement, ...]
    """Those that decided: the ones that deny; or that grant; of a conditional answer those on
    which it hangs, and those that grant."""
    open_keys: tuple[str, ...]
    """The condition keys, as policies spell them, whose values would settle a conditional
    answer."""
    decided_by: PolicyType
    """What granted the request, stopped it, or leaves it open."""
    unread: tuple[str, ...] = ()
    """What else would settle it, in words."""

    @property
    def is_allowed(self) -> Truth:
        """Whether the request may be done; None if that hangs on something."""
        if self.decision is Decision.CONDITIONAL:
            return None
        return self.decision is Decision.ALLOWED


def decide(request: Request, policies: PolicySet) -> Answer:
    """Whether a request is allowed under all policies that apply to it."""
    if needs_no_permission(request.principal, request.action):
        return Answer(Decision.ALLOWED, (), (), PolicyType.ALWAYS)
    sides = _Sides(request, policies)
    denying = [(gate, one) for gate, found in sides.denials for one, truth in found if truth]
    if denying:
        statements = tuple(one for _, one in denying)
        return Answer(Decision.EXPLICITLY_DENIED, statements, (), denying[0][0])
    if _changes_immutable(request):
        return Answer(Decision.IMPLICITLY_DENIED, (), (), PolicyType.IMMUTABLE)
    alternatives = sides.alternatives()
    truths = [all_of(need.truth for need in alternative) for alternative in alternatives]
    granted = any_of(truths)
    gates = sides.gates
    passed = all_of(need.truth for need in gates)
    if granted is False or passed is False:
        return Answer(Decision.IMPLICITLY_DENIED, (), (), sides.stopped_by(alternatives))
    open_denials = [
        Need(gate, None, found)
        for gate, found in sides.denials
        if any(truth is None for _, truth in found)
    ]
    granting = [
        need
        for alternative, truth in zip(alternatives, truths, strict=True)
        if truth is granted
        for need in alternative
        if need.decided_by in _GRANTING
    ]
    grants = _unique(one for need in granting for one, truth in need.statements if truth)
    if granted and passed and not open_denials:
        return Answer(Decision.ALLOWED, grants, (), granting[0].decided_by)
    hanging = [*open_denials, *(need for need in gates if need.truth is None)]
    if granted is None:
        hanging += [
            need
            for alternative, truth in zip(alternatives, truths, strict=True)
            if truth is None
            for need in alternative
            if need.truth is None
        ]
    return sides.conditional(hanging, grants)


def needs_no_permission(principal: Principal, action: str) -> bool:
    """Whether a principal may do an action that everyone may do who signs a request."""
    return action.lower() == "sts:getcalleridentity" and principal.kind is not Kind.ANONYMOUS


def explain(answer: Answer) -> str:
    """An answer in words."""
    statements = "; ".join(one.description for one in answer.statements)
    if answer.decision is Decision.CONDITIONAL:
        missing = [*answer.open_keys, *answer.unread]
        return (
            f"conditional, as it depends on {', '.join(missing)}: {statements or answer.decided_by}"
        )
    if answer.decision is Decision.EXPLICITLY_DENIED:
        return f"denied by {statements}"
    if answer.decision is Decision.ALLOWED:
        return f"allowed by {statements}" if statements else _ALLOWED_BY[answer.decided_by]
    return _STOPPED_BY[answer.decided_by]


class Need(NamedTuple):
    """Something that has to allow a request."""

    decided_by: PolicyType
    truth: Truth
    statements: "Sequence[_Weighed]" = ()
    """Those that allow, or may."""
    unread: str = ""
    """What else it hangs on."""


_Weighed = tuple[Statement, Truth]

_GRANTING = (PolicyType.IDENTITY, PolicyType.RESOURCE)
_ALLOWED_BY = {
    PolicyType.ALWAYS: "allowed: the action needs no permission",
    PolicyType.IDENTITY: "allowed: an account's root user may do everything in it",
}
_STOPPED_BY = {
    PolicyType.IMMUTABLE: "denied: AWS lets nobody change the resource",
    PolicyType.SCP: "denied: no service control policy of some level allows it",
    PolicyType.ENDPOINT: "denied: the VPC endpoint's policy does not allow it",
    PolicyType.RESOURCE: "denied: the resource's policy does not allow it",
    PolicyType.IDENTITY: "denied: no policy of the principal allows it",
    PolicyType.BOUNDARY: "denied: the permissions boundary does not allow it",
    PolicyType.SESSION: "denied: the session's policy does not allow it",
}
_SESSION_QUESTION = (
    "whether a session policy limits what a resource's policy grants to the session itself, "
    "on which AWS's documents disagree"
)

RCP_SERVICES = frozenset(
    (
        "aoss",
        "cognito-identity",
        "cognito-idp",
        "dynamodb",
        "ecr",
        "kms",
        "logs",
        "s3",
        "secretsmanager",
        "sqs",
        "sts",
    )
)
"""Prefixes of the actions that resource control policies bind.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

_CHANGES = frozenset(
    f"{service}:{name}".lower()
    for service, names in (
        (
            "iam",
            (
                "AttachRolePolicy",
                "CreatePolicyVersion",
                "DeletePolicy",
                "DeletePolicyVersion",
                "DeleteRole",
                "DeleteRolePermissionsBoundary",
                "DeleteRolePolicy",
                "DetachRolePolicy",
                "PutRolePermissionsBoundary",
                "PutRolePolicy",
                "SetDefaultPolicyVersion",
                "TagPolicy",
                "TagRole",
                "UntagPolicy",
                "UntagRole",
                "UpdateAssumeRolePolicy",
                "UpdateRole",
                "UpdateRoleDescription",
            ),
        ),
        ("kms", ("CreateAlias", "DeleteAlias", "UpdateAlias")),
    )
    for name in names
)
"""The actions, in lower case, that change a managed policy, a role or an alias."""


def is_changing(action: str) -> bool:
    """Whether an action changes something of a kind that AWS may let nobody change."""
    return action.lower() in _CHANGES


def _changes_immutable(request: Request) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"""
    action, arn = request.action.lower(), request.resource
    return (
        is_changing(action) and is_immutable(arn) and arn.split(":")[2] == action.partition(":")[0]
    )


def _unique(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(dict.fromkeys(statements))


class _Sides:
    """The statements of all policies, weighed for one request."""

    def __init__(self, request: Request, policies: PolicySet) -> None:
        self.request = request
        self.kind = policies.resource_kind
        self.denials: list[tuple[PolicyType, list[_Weighed]]] = []
        """In the order in which AWS looks at policies."""
        self.gates: list[Need] = []
        """What must let a request through, no matter what grants it."""
        self.named: list[tuple[Statement, Match, Truth]] = []
        """Statements of the resource's policy that allow, with how they name the principal."""
        principal = request.principal
        self.is_bounded = bool(policies.boundaries)
        if policies.rcps and not principal.is_service_linked and self._is_bound_by_rcps():
            self._weigh(PolicyType.RCP, (policy for level in policies.rcps for policy in level))
        if principal.has_identity and not principal.is_service_linked:
            for level in policies.scps:
                self.gates.append(self._need(PolicyType.SCP, level))
        if policies.endpoint:
            self.gates.append(self._need(PolicyType.ENDPOINT, policies.endpoint))
        if policies.resource:
            self._weigh_resource(policies.resource)
        self.identity = self.boundary = self.session = Need(PolicyType.IDENTITY, True)
        if principal.has_identity:
            self.identity = self._need(PolicyType.IDENTITY, policies.identity)
            if principal.kind is Kind.ROOT:
                self.identity = Need(PolicyType.IDENTITY, True)
            self.boundary = self._limit(PolicyType.BOUNDARY, policies.boundaries)
            self.session = self._limit(PolicyType.SESSION, policies.session)

    def alternatives(self) -> list[tuple[Need, ...]]:
        """The alternatives by which the request may be granted, each all that it needs."""
        request, named = self.request, self._named
        principal = request.principal
        limits = (self.boundary, self.session)
        if not principal.has_identity:
            if principal.kind is Kind.ANONYMOUS and self.kind is not ResourceKind.ORDINARY:
                return [(Need(PolicyType.RESOURCE, False),)]
            return [(named(MatchStrength.DIRECT),)]
        if request.resource_account not in ("", principal.account):
            return [(named(MatchStrength.ACCOUNT), self.identity, *limits)]
        alternatives: list[tuple[Need, ...]] = [(self.identity, *limits)]
        if self.kind is not ResourceKind.ORDINARY:
            alternatives = [(named(MatchStrength.ACCOUNT), self.identity, *limits)]
        if self.named:
            alternatives += [
                (named(MatchStrength.ROLE), *limits),
                (named(MatchStrength.DIRECT), self.session),
            ]
            if self.session.truth is not True:
                question = Need(PolicyType.SESSION, None, unread=_SESSION_QUESTION)
                alternatives.append((named(MatchStrength.SESSION), question))
        return alternatives

    def stopped_by(self, alternatives: Sequence[Sequence[Need]]) -> PolicyType:
        """The kind of policy that stops a request which nothing denies."""
        for need in self.gates:
            if need.truth is False:
                return need.decided_by
        lacking = [
            [need.decided_by for need in alternative if need.truth is False]
            for alternative in alternatives
        ]
        return min(filter(None, lacking), key=len)[0]

    def conditional(self, hanging: Sequence[Need], grants: tuple[Statement, ...]) -> Answer:
        """The answer that hangs on some needs."""
        request = self.request
        held = {
            one: need.decided_by
            for need in hanging
            for one, truth in need.statements
            if truth is None
        }
        keys: dict[str, str] = {}
        unread = [need.unread for need in hanging if need.unread]
        for one, kind in held.items():
            found = one.open_keys(request.resource, request.context)
            keys |= {key.lower(): key for key in found}
            unread += self._unread(one, kind, has_open_keys=bool(found))
        return Answer(
            Decision.CONDITIONAL,
            _unique((*held, *grants)),
            tuple(sorted(keys.values(), key=str.lower)),
            hanging[0].decided_by,
            tuple(dict.fromkeys(unread)),
        )

    def _unread(self, one: Statement, kind: PolicyType, *, has_open_keys: bool) -> Iterator[str]:
        """What is open about a statement besides condition keys."""
        match = one.principal_match(self.request.principal)
        if kind in _FORBIDDING and one.stands_for_unread_policy:
            name = one.policy_id.rpartition("/")[2]
            yield f"what {_FORBIDDING[kind]} {name} forbids, which could not be read"
        elif one.unread:
            yield f"what {one.description} says, which could not be read whole"
        elif one.principals and match.certain != match.possible:
            yield f"whether {one.description} names the principal"
        elif not has_open_keys:
            yield f"how AWS evaluates {one.description}"

    def _is_bound_by_rcps(self) -> bool:
        return self.request.action.partition(":")[0].lower() in RCP_SERVICES

    def _named(self, least: MatchStrength) -> Need:
        """What the resource's policy grants to the principal when it is named so closely."""
        weighed = []
        for one, match, truth in self.named:
            if match.certain >= least:
                weighed.append((one, truth))
            elif match.possible >= least:
                weighed.append((one, None))
        return Need(PolicyType.RESOURCE, any_of(truth for _, truth in weighed), weighed)

    def _limit(self, gate: PolicyType, policies: Sequence[Policy]) -> Need:
        return self._need(gate, policies) if policies else Need(gate, True)

    def _need(self, gate: PolicyType, policies: Iterable[Policy]) -> Need:
        allowing = self._weigh(gate, policies)
        return Need(gate, any_of(truth for _, truth in allowing), allowing)

    def _weigh(self, gate: PolicyType, policies: Iterable[Policy]) -> list[_Weighed]:
        """Notes the statements that deny, or may, and answers those that allow, or may."""
        request = self.request
        allowing: list[_Weighed] = []
        denying: list[_Weighed] = []
        for policy in policies:
            for one in policy.about(request.action):
                truth = self._applies(one)
                if truth is not False and gate in _NAMING and one.names_principals:
                    match = one.principal_match(request.principal)
                    if not match.possible:
                        continue
                    truth = truth if match.certain else None
                if truth is not False and one.resource_patterns is None:
                    truth = None
                if truth is not False:
                    (allowing if one.effect == "Allow" else denying).append((one, truth))
        if denying:
            self.denials.append((gate, denying))
        return allowing

    def _weigh_resource(self, policy: Policy) -> None:
        principal = self.request.principal
        denying: list[_Weighed] = []
        for one in policy.about(self.request.action):
            match = one.principal_match(principal)
            if one.is_not_principal and one.effect == "Deny" and self.is_bounded:
                match = EVERYONE
            truth = self._applies(one) if match.possible else False
            if truth is False:
                continue
            if one.effect == "Allow":
                self.named.append((one, match, truth))
            else:
                denying.append((one, truth if match.certain else None))
        if denying:
            self.denials.append((PolicyType.RESOURCE, denying))

    def _applies(self, one: Statement) -> Truth:
        """Whether a statement about the action is about the resource too, and holds."""
        request = self.request
        about = one.resource_match(request.resource, request.context)
        if about is False:
            return False
        held = one.condition_truth(request.context)
        if held is False:
            return False
        if about is None or held is None or one.action_match(request.action) is None:
            return None
        return True


_FORBIDDING = {
    PolicyType.SCP: "service control policy",
    PolicyType.RCP: "resource control policy",
}
"""Policies of organizations, which grant nothing."""
_NAMING = frozenset((PolicyType.RCP, PolicyType.ENDPOINT))
"""Policies whose statements name principals, but are bound to none that name nobody."""
