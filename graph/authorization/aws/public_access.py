"""Whether a policy lets somebody in of whom only the kind is known: anyone at all, or anyone of an
account.

Such a caller picks its name, its session's name, the object it asks for and what it says of itself,
so the question is whether *some* choice is let in; all that a policy tells apart are tried. What it
cannot pick (a second factor, an external id) stays open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from itertools import chain, pairwise, product
from types import MappingProxyType
from typing import Any, NamedTuple

from ...addresses import PUBLIC, Family, is_internet
from ...intervals import Ranges
from ...logic import ReasonedTruth, Truth
from ...view import GraphView
from ..claim_patterns import common
from .conditions import Comparison
from .context import UNKNOWN_CONTEXT, Context, Open, Values
from .decision import Answer, Levels, PolicySet, ResourceKind, decide
from .policy import Policy, Statement, compile_policy
from .principals import Principal
from .request import Request, times
from .variables import Template

EXTERNAL_ACCOUNT = "000000000000"
"""Stands for an account that anyone may open; no policy means it."""
EXTERNAL_ORGANIZATION = "o-0000000000"
_SOURCE_IP = "aws:sourceip"
_PICKED = frozenset({"aws:referer", "aws:useragent", "sns:protocol", "sts:rolesessionname"})
"""Condition keys that a caller gives any value it likes."""
_TAG = "aws:principaltag/"
_ABSENT = (
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "kms:ViaService",
    "lambda:FunctionUrlAuthType",
)
"""Condition keys that only requests through a service have."""
_ABSENT_ON_THE_INTERNET: Mapping[str, Values] = MappingProxyType(
    dict.fromkeys(("aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn", "aws:VpcSourceIp"), ())
)
_FILLED = str.maketrans({"*": "x", "?": "x"})
_VARIABLE = "${"
ALLOW_ALL = compile_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
    "whatever the caller's own account allows",
)


class CallerClass(NamedTuple):
    """Who asks, as far as that is known: someone without credentials, unless more is said."""

    account: str = ""
    """Anyone of an account."""
    arn: str = ""
    """A certain principal of it."""
    canonical_id: str = ""
    """The id in S3 of its account, if no more is known of that."""
    provider: str = ""
    """Those whom an identity provider vouches for, by the provider's ARN or name."""
    org_id: str | None = None
    org_path: str | None = None
    is_anywhere: bool = False
    """It may be anywhere on the internet; else nothing is known of its address."""
    is_unread: bool = False
    """It belongs to a scanned account, where its own policies could not be read: they may deny, and
    a boundary may limit, what others grant it."""

    @property
    def own_policies(self) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
        """Of its identity and its boundary. Somebody else's account allows what it likes."""
        if self.is_unread:
            unread = (compile_policy(None, self.arn),)
            return unread, unread
        return ((ALLOW_ALL,) if self.account else ()), ()

    def principals(self, policy: Policy, partition: str) -> Iterator[Principal]:
        """All callers that the policy may tell apart."""
        if self.provider:
            yield Principal.of_provider(self.provider)
        elif not self.account:
            yield Principal.anonymous()
        else:
            for arn in dict.fromkeys([self.arn] if self.arn else self._arns(policy, partition)):
                yield _principal(arn, self.org_id, self.org_path, self.canonical_id)

    @property
    def facts(self) -> Mapping[str, Values | Open]:
        """What holds for a request that it sends itself, and not a service on its behalf."""
        own = (self.account,) if self.account else ()
        return {
            **dict.fromkeys(_ABSENT, ()),
            "aws:SecureTransport": ("true",),
            "aws:ViaAWSService": ("false",),
            "aws:SourceOwner": own,
            "kms:CallerAccount": own,
            "lambda:InvokedViaFunctionUrl": ("false",),
        }

    def picks(self, key: str) -> bool:
        """Whether it gives a condition key any value it likes."""
        tags_itself = bool(self.account) and not self.arn
        return key in _PICKED or (tags_itself and key.startswith(_TAG))

    def _arns(self, policy: Policy, partition: str) -> Iterator[str]:
        forms = [f"arn:{partition}:iam::{self.account}:{kind}/" for kind in ("role", "user")]
        yield from (f"{form}external" for form in forms)
        for pattern in (*_named(policy), *expected(policy, "aws:principalarn")):
            for form in forms:
                arn = common(pattern, form + "{name}") or common(pattern, form + "{any}")
                if arn:
                    yield arn


ANONYMOUS = CallerClass(is_anywhere=True)
"""Anyone, without credentials."""
ANY_ACCOUNT = CallerClass(
    EXTERNAL_ACCOUNT,
    org_id=EXTERNAL_ORGANIZATION,
    org_path=f"{EXTERNAL_ORGANIZATION}/r-0000/",
    is_anywhere=True,
)
"""Anyone, with an AWS account of its own."""


@dataclass(frozen=True)
class AccessRequest:
    """What is asked for."""

    action: str
    place: str
    """ARN of the resource; ``{any}`` and ``{name}`` in it are up to the caller."""
    account: str
    """Whose resource it is."""
    context: Context = UNKNOWN_CONTEXT
    choices: Mapping[str, Sequence[Values | Open]] = field(default_factory=dict)
    """Condition keys, in lower case, with the values between which the caller may choose."""
    kind: ResourceKind = ResourceKind.ORDINARY
    rcps: Levels = ()
    """Resource control policies that bind the resource's account."""


class Evaluation(NamedTuple):
    """Whether somebody is let in, and by what; None if that hangs on open condition keys."""

    value: bool | None
    conditions: tuple[str, ...] = ()
    """The condition keys that are open, and what else could not be read."""
    statements: tuple[Statement, ...] = ()
    resource: str = ""
    """One that the caller would pick."""


REFUSED = Evaluation(False)


def evaluate_field(
    view: GraphView, id_: str, name: str, party: CallerClass, asks: AccessRequest
) -> ReasonedTruth:
    """Whether a party is let in by the policy that the named field of a resource holds."""
    context = asks.context.over(times(view.scanned))
    found = evaluate(
        party, replace(asks, context=context), compile_policy(view.get(id_, name), id_)
    )
    doubts = (
        f"{condition}, which the policy of {view.name(id_)} rests on"
        for condition in found.conditions
    )
    return ReasonedTruth(found.value, frozenset(doubts))


def evaluate(party: CallerClass, asks: AccessRequest, policy: Policy) -> Evaluation:
    """Whether the party is let in by a resource's policy."""
    statements = [one for one in policy.about(asks.action) if one.effect == "Allow"]
    identity, boundaries = party.own_policies
    policies = PolicySet(
        identity, boundaries, resource=policy, resource_kind=asks.kind, rcps=asks.rcps
    )
    picks = list(_picks(policy, party, asks))
    perhaps = REFUSED
    for principal in party.principals(policy, asks.place.split(":")[1]):
        if not any(one.principal_match(principal).possible for one in statements):
            continue
        for place, picked in product(_places(statements, asks.place), picks):
            context = Context(picked).over(asks.context.over(Context(party.facts)))
            request = Request.of(principal, asks.action, place, asks.account, context)
            found = _decided(party, request, policies)
            if found.value:
                return found
            if found.value is None and perhaps.value is False:
                perhaps = found
    return perhaps


def _decided(party: CallerClass, request: Request, policies: PolicySet) -> Evaluation:
    """What becomes of a request; from anywhere on the internet, if the party may be there."""
    if not party.is_anywhere:
        return _admitted(decide(request, policies), request)
    request = replace(request, context=Context(_ABSENT_ON_THE_INTERNET).over(request.context))
    networks = [
        network
        for policy in (policies.resource, *chain.from_iterable(policies.rcps))
        for network in (_networks(policy) if policy else ())
    ]
    if not networks:
        return _admitted(decide(request, policies), request)
    yes = perhaps = REFUSED
    certain = {family: Ranges() for family in Family}
    possible = dict(certain)
    for family, cell, address in _cells(networks):
        from_there = Context({_SOURCE_IP: (address,)}).over(request.context)
        found = _admitted(decide(replace(request, context=from_there), policies), request)
        if found.value:
            yes = found
            certain[family] |= cell
        elif found.value is None:
            perhaps = found
            possible[family] |= cell
    if any(is_internet(certain[family], family) for family in Family):
        return yes
    if any(is_internet(certain[family] | possible[family], family) for family in Family):
        return perhaps
    return REFUSED


def _admitted(answer: Answer, request: Request) -> Evaluation:
    allowed = answer.is_allowed
    if allowed is False:
        return REFUSED
    conditions = () if allowed else (*answer.open_keys, *answer.unread)
    statements = tuple(one for one in answer.statements if one.policy_id != ALLOW_ALL.id)
    return Evaluation(allowed, conditions, statements, request.resource)


@lru_cache(4096)
def _principal(arn: str, org_id: str | None, org_path: str | None, canonical_id: str) -> Principal:
    principal = replace(Principal.of_arn(arn), org_id=org_id, org_path=org_path)
    if principal.account == EXTERNAL_ACCOUNT:
        return replace(principal, canonical_id=canonical_id)
    return principal


def _places(statements: Iterable[Statement], place: str) -> list[str]:
    """One resource for each pattern that takes some of those that the place leaves open."""
    if "{" not in place:
        return [place]
    found = [common("*", place)]
    for statement in statements:
        if not statement.is_not_resource:
            found += [common(pattern.text, place) for pattern in statement.resource_patterns or ()]
    return list(dict.fromkeys(each for each in found if each))


def _picks(
    policy: Policy, party: CallerClass, asks: AccessRequest
) -> Iterator[dict[str, Values | Open]]:
    """All that a caller may say of itself, as far as the policy tells it apart."""
    choices = dict(asks.choices)
    for key in sorted(frozenset[str]().union(*(each.keys for each in policy.statements))):
        if party.picks(key):
            choices[key] = [*filled(policy, key), ("x",), (), Open.UNKNOWN]
    choices = {key: _told_apart(policy, key, values) for key, values in choices.items()}
    for picked in product(*choices.values()):
        yield dict(zip(choices, picked, strict=True))


def _told_apart(
    policy: Policy, key: str, values: Sequence[Values | Open]
) -> Sequence[Values | Open]:
    """One of each of the values that the policy's conditions tell apart."""
    if any(
        key in pattern.keys for one in policy.statements for pattern in one.resource_patterns or ()
    ):
        return values
    conditions = [
        condition
        for statement in policy.statements
        for condition in statement.conditions
        if key in condition.keys
    ]
    if any(len(condition.keys) > 1 for condition in conditions):
        return values
    found: dict[tuple[Truth, ...], Values | Open] = {}
    for value in values:
        context = Context({key: value})
        found.setdefault(tuple(each.truth(context) for each in conditions), value)
    return list(found.values())


def _comparisons(policy: Policy, key: str) -> Iterator[Comparison]:
    for statement in policy.statements:
        for condition in statement.conditions:
            if isinstance(condition, Comparison) and condition.key == key:
                yield condition


def filled(policy: Policy, key: str) -> list[Values]:
    """Values of a condition key with which a policy compares it, one for each of its texts."""
    texts = (text.translate(_FILLED) for text in expected(policy, key) if _VARIABLE not in text)
    return [(text,) for text in dict.fromkeys(texts)]


def fitting(policy: Policy, key: str, forms: Iterable[str]) -> list[Values]:
    """Values of a condition key that external principals have, by its forms (see
    :mod:`~clew.graph.authorization.claim_patterns`), as far as a policy tells them apart."""
    patterns = [*expected(policy, key), "*"]
    texts = (common(pattern, form) for pattern in patterns for form in forms)
    return [(text,) for text in dict.fromkeys(texts) if text]


def internet_outside(policy: Policy, widest: Mapping[int, int]) -> list[Values]:
    """An address of each piece of the internet that no narrow network of a policy holds.
    ``widest`` is the shortest prefix of a narrow one, by IP version."""
    networks = _networks(policy)
    narrow = [each for each in networks if each.prefixlen >= widest[each.version]]
    return [
        (address,)
        for _, _, address in _cells(networks)
        if not any(ip_address(address) in each for each in narrow)
    ]


def expected(policy: Policy, key: str) -> Iterator[str]:
    """The texts that a policy compares a key with."""
    for comparison in _comparisons(policy, key):
        yield from (each.text for each in comparison.expected if isinstance(each, Template))


def _named(policy: Policy) -> Iterator[str]:
    """The ARNs of principals that a policy names."""
    for statement in policy.statements:
        if statement.principals:
            yield from sorted(statement.principals.arns)


def _networks(policy: Policy) -> list[Any]:
    return [
        network
        for comparison in _comparisons(policy, _SOURCE_IP)
        for network in comparison.expected
        if isinstance(network, IPv4Network | IPv6Network)
    ]


def _cells(networks: Iterable[Any]) -> Iterator[tuple[Family, Ranges, str]]:
    """The internet in the pieces that these ranges cut it into, each with one of its addresses."""
    edges: dict[Family, set[int]] = {}
    for family in Family:
        public = PUBLIC[family].intervals
        edges[family] = {edge for first, last in public for edge in (first, last + 1)}
    for network in networks:
        family = Family.IPV4 if network.version == 4 else Family.IPV6
        edges[family] |= {int(network.network_address), int(network.broadcast_address) + 1}
    for family, cuts in edges.items():
        for first, beyond in pairwise(sorted(cuts)):
            cell = Ranges([(first, beyond - 1)]) & PUBLIC[family]
            if cell:
                yield family, cell, str(_address(first, family))


def _address(number: int, family: Family) -> Any:
    return ip_address(number.to_bytes(4 if family is Family.IPV4 else 16))
