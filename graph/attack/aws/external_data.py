"""Who outside may read data or invoke functions, by the policies of the resources themselves."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from ...authorization.aws.arns import parse_arn
from ...authorization.aws.context import Context, Open
from ...authorization.aws.decision import ResourceKind
from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.labels import BUCKET
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.public_access import (
    ANONYMOUS,
    ANY_ACCOUNT,
    AccessRequest,
    CallerClass,
    Evaluation,
    evaluate,
)
from ..engine.candidates import holds
from ..engine.requirement import Where
from ..exposed import THE_INTERNET
from ..model import Node
from .data import data
from .external_buckets import Buckets
from .external_callers import ExternalCallers, node, resource_facts
from .external_techniques import INVOKED, READ, ExternalAccess, found

_FUNCTION, _KEY, _SNAPSHOT, _TOPIC = "AWSLambda", "AWSKMSKey", "AWSEBSSnapshot", "AWSSNSTopic"
_DECRYPT = "kms:Decrypt"
_MORE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {_FUNCTION: ("lambda:InvokeFunction",), _KEY: (_DECRYPT,), _TOPIC: ("sns:Subscribe",)}
)
"""What external principals do with resources that hold no data, by label; any of the actions is
enough."""
_ENCRYPTED_ANYHOW = frozenset({"AWSSecret"})
"""Labels that a key encrypts also where none is chosen: one of AWS's, which serves no other
account."""


class Use(NamedTuple):
    """What external principals may do with a resource."""

    actions: Sequence[tuple[str, str]]
    """Those that it takes together, with what each is on: ``{any}`` in that is up to the
    caller."""
    where: Sequence[Where] = ()
    """What the resource's fields must say."""


def opened(own_policies: Collection[str]) -> Mapping[str, tuple[Use, ...]]:
    """By label, what it takes to use resources that have policies of their own; any is enough."""
    table = data().labels
    uses = {
        label: tuple(
            Use(tuple((read.action, read.on) for read in method.all), method.where)
            for method in table[label].methods
        )
        for label in own_policies
        if label in table
    }
    more = {
        label: tuple(Use(((action, "{id}"),)) for action in actions)
        for label, actions in _MORE.items()
        if label in own_policies
    }
    return {**uses, **more}


def labels(own_policies: Collection[str]) -> tuple[str, ...]:
    """The labels of what may be open to external principals, by those that have policies of their
    own."""
    return (_SNAPSHOT, *sorted(opened(own_policies)))


class Data:
    """What the policies of resources grant to those who were not scanned."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._neighbours = ExternalCallers(environment)
        self._buckets = Buckets(environment)

    def findings(self) -> Iterator[ExternalAccess]:
        """Every resource that somebody outside may read or invoke."""
        view = self._environment.view
        for label, uses in opened(view.own_policies).items():
            for id_ in view.labelled(label):
                resource = node(view, id_)
                document = view.get(id_, view.own_policies[label].name)
                policy = compile_policy(document, id_)
                for source, callers in self._callers(policy):
                    yield from self._used(uses, source, callers, resource, policy)
                if label == BUCKET:
                    for source, caller in self._buckets.named(resource, policy):
                        yield from self._used(uses, source, (caller,), resource, policy)
                    yield from self._granted(resource, policy)
        yield from self._snapshots()

    def _callers(self, policy: Policy) -> Iterator[tuple[Node, tuple[CallerClass, ...]]]:
        yield THE_INTERNET, (ANY_ACCOUNT, ANONYMOUS)
        for source, caller in self._neighbours.named(policy):
            yield source, (caller,)

    def _granted(self, bucket: Node, policy: Policy) -> Iterator[ExternalAccess]:
        """What a bucket's ACL grants to accounts that it names."""
        for source, caller in self._buckets.grantees(bucket):
            if finding := self._buckets.listed(source, caller, bucket, policy):
                yield finding

    def _used(
        self,
        uses: Sequence[Use],
        source: Node,
        callers: Sequence[CallerClass],
        resource: Node,
        policy: Policy,
    ) -> Iterator[ExternalAccess]:
        """The most certain access that one of the callers has, if any has one."""
        possible: ExternalAccess | None = None
        for caller in callers:
            for finding in self._found(uses, source, caller, resource, policy):
                if finding.is_certain:
                    yield finding
                    return
                possible = possible or finding
        if possible:
            yield possible

    def _found(
        self, uses: Sequence[Use], source: Node, caller: CallerClass, resource: Node, policy: Policy
    ) -> Iterator[ExternalAccess]:
        is_bucket = resource.label == BUCKET
        doubts = self._buckets.unblocked(caller, resource) if is_bucket else ()
        if doubts is not None:
            for use in uses:
                unread = self._unread(use, resource)
                admitted = {
                    action: evaluate(caller, self._request_for(resource, action, on), policy)
                    for action, on in use.actions
                }
                if unread is None or any(each.value is False for each in admitted.values()):
                    continue
                conditions = self._unlocked(caller, resource)
                if conditions is not None:
                    doing = INVOKED if resource.label == _FUNCTION else READ
                    doubts_of_all = (*doubts, *unread, *conditions)
                    finding = found(doing, source, resource, admitted, doubts_of_all)
                    if finding:
                        yield finding
        if is_bucket:
            listing = self._buckets.listed(source, caller, resource, policy)
            if listing:
                yield listing

    def _unread(self, use: Use, resource: Node) -> tuple[str, ...] | None:
        """What of a resource's fields could not be read that a use needs; None if they speak
        against it."""
        fields = self._environment.view.graph.nodes[resource.id]
        truths = {each.field: holds(each, fields.get(each.field)) for each in use.where}
        if False in truths.values():
            return None
        return tuple(
            f"{field} of {resource.name} could not be read"
            for field, truth in truths.items()
            if truth is None
        )

    def _request_for(self, resource: Node, action: str, on: str) -> AccessRequest:
        return asking(self._environment, resource, action, on.replace("{id}", resource.id))

    def _unlocked(self, caller: CallerClass, resource: Node) -> tuple[str, ...] | None:
        """What must hold for a party to use the key that encrypts a resource; None if it cannot."""
        table = data().labels
        field = table[resource.label].key if resource.label in table else None
        if field is None:
            return ()
        view = self._environment.view
        keys = view.targets(resource.id, field)
        if not keys and view.get(resource.id, field) is None:
            return (f"whether a key encrypts {resource.name}",)
        if not keys:
            refused = resource.label in _ENCRYPTED_ANYHOW
            refused |= view.get(resource.id, "encryption_algorithm") in _BY_KEY
            admitted = Evaluation(False) if refused else Evaluation(True)
        else:
            admitted = self._decrypts(caller, resource, keys[0])
        if admitted.value:
            return ()
        if resource.label == BUCKET:  # Objects may be encrypted otherwise, or not.
            return (f"{_DECRYPT} on the key of the bucket, unless objects are encrypted otherwise",)
        if admitted.value is None:
            return tuple(f"{_DECRYPT}: {condition}" for condition in admitted.conditions)
        return None

    def _decrypts(self, caller: CallerClass, resource: Node, key: str) -> Evaluation:
        view = self._environment.view
        if view.get(key, "key_manager") == "AWS":
            return Evaluation(False)
        arn = parse_arn(key)
        service = view.own_policies[resource.label].service
        through = Context(
            {
                "aws:ViaAWSService": ("true",),
                "aws:CalledVia": Open.UNKNOWN,
                "kms:ViaService": (f"{service}.{arn.region}.amazonaws.com",)
                if arn
                else Open.PRESENT,
            }
        )
        request = asking(self._environment, node(view, key, _KEY), _DECRYPT, key)
        request = replace(request, context=through.over(request.context))
        return evaluate(caller, request, compile_policy(view.get(key, "policy"), key))

    def _snapshots(self) -> Iterator[ExternalAccess]:
        """Snapshots of disks, which have a setting instead of a policy."""
        view = self._environment.view
        actions = {action: Evaluation(True) for action, _ in _use_of(_SNAPSHOT)}
        for id_ in view.labelled(_SNAPSHOT):
            is_public = view.get(id_, "is_public")
            if is_public is not False:
                doubts = () if is_public else (f"whether {view.name(id_)} is public",)
                finding = found(READ, THE_INTERNET, node(view, id_), actions, doubts)
                if finding:
                    yield finding


_BY_KEY = frozenset({"aws:kms", "aws:kms:dsse"})


def _use_of(label: str) -> Sequence[tuple[str, str]]:
    return tuple((read.action, read.on) for read in data().labels[label].methods[0].all)


def asking(environment: AWSEnvironment, resource: Node, action: str, place: str) -> AccessRequest:
    """A question about a resource, with all that is known of it."""
    kind = ResourceKind.KEY if resource.label == _KEY else ResourceKind.ORDINARY
    context = resource_facts(environment, resource)
    rcps = environment.account(resource.account).rcps
    return AccessRequest(action, place, resource.account, context, kind=kind, rcps=rcps)
