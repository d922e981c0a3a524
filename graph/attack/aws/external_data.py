"""Who outside may read data or invoke functions, by the policies of the resources themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ...authorization.aws.arns import parse_arn
from ...authorization.aws.context import Context, Open
from ...authorization.aws.decision import ResourceKind
from ...authorization.aws.environment import RESOURCE_POLICIES, AWSEnvironment
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.public_access import (
    ANONYMOUS,
    ANY_ACCOUNT,
    AccessRequest,
    CallerClass,
    Evaluation,
    evaluate,
)
from ..model import Node
from .data import data
from .external_buckets import BUCKET, Buckets
from .external_callers import THE_INTERNET, ExternalCallers, node, resource_facts
from .external_techniques import INVOKED, READ, ExternalAccess, found

_FUNCTION, _KEY, _SNAPSHOT, _TOPIC = "AWSLambda", "AWSKMSKey", "AWSEBSSnapshot", "AWSSNSTopic"
_DECRYPT = "kms:Decrypt"
_MORE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {_FUNCTION: ("lambda:InvokeFunction",), _KEY: (_DECRYPT,), _TOPIC: ("sns:Subscribe",)}
)
"""What strangers do with resources that hold no data, by label; any of the actions is enough."""
_ENCRYPTED_ANYHOW = frozenset({"AWSSecret"})
"""Labels that a key encrypts also where none is chosen: one of AWS's, which serves no other
account."""

Way = Sequence[tuple[str, str]]
"""Actions that it takes together, with what each is on: ``{any}`` in that is up to the caller."""


def opened() -> Mapping[str, tuple[Way, ...]]:
    """By label, the ways to use resources that have policies of their own; any is enough."""
    table = data().labels
    ways = {
        label: tuple(tuple((read.action, read.on) for read in way.all) for way in table[label].ways)
        for label in RESOURCE_POLICIES
        if label in table
    }
    more = {
        label: tuple(((action, "{id}"),) for action in actions) for label, actions in _MORE.items()
    }
    return {**ways, **more}


LABELS = (_SNAPSHOT, *sorted(opened()))
"""The labels of what may be open to strangers."""


class Data:
    """What the policies of resources grant to those who were not scanned."""

    def __init__(self, estate: AWSEnvironment) -> None:
        self._estate = estate
        self._neighbours = ExternalCallers(estate)
        self._buckets = Buckets(estate)

    def findings(self) -> Iterator[ExternalAccess]:
        """Every resource that somebody outside may read or invoke."""
        view = self._estate.view
        for label, ways in opened().items():
            for id_ in view.labelled(label):
                resource = node(view, id_)
                document = view.get(id_, RESOURCE_POLICIES[label].name)
                policy = compile_policy(document, id_)
                for source, parties in self._parties(policy):
                    yield from self._used(ways, source, parties, resource, policy)
        yield from self._snapshots()

    def _parties(self, policy: Policy) -> Iterator[tuple[Node, tuple[CallerClass, ...]]]:
        yield THE_INTERNET, (ANY_ACCOUNT, ANONYMOUS)
        for source, party in self._neighbours.named(policy):
            yield source, (party,)

    def _used(
        self,
        ways: Sequence[Way],
        source: Node,
        parties: Sequence[CallerClass],
        resource: Node,
        policy: Policy,
    ) -> Iterator[ExternalAccess]:
        """The most certain way that one of the parties has, if any has one."""
        possible: ExternalAccess | None = None
        for party in parties:
            for finding in self._found(ways, source, party, resource, policy):
                if finding.is_certain:
                    yield finding
                    return
                possible = possible or finding
        if possible:
            yield possible

    def _found(
        self, ways: Sequence[Way], source: Node, party: CallerClass, resource: Node, policy: Policy
    ) -> Iterator[ExternalAccess]:
        is_bucket = resource.label == BUCKET
        doubts = self._buckets.unblocked(party, resource) if is_bucket else ()
        if doubts is not None:
            for way in ways:
                admitted = {
                    action: evaluate(party, self._asks(resource, action, on), policy)
                    for action, on in way
                }
                if all(each.value is not False for each in admitted.values()):
                    conditions = self._unlocked(party, resource)
                    if conditions is not None:
                        doing = INVOKED if resource.label == _FUNCTION else READ
                        finding = found(doing, source, resource, admitted, (*doubts, *conditions))
                        if finding:
                            yield finding
        if is_bucket:
            listing = self._buckets.listed(source, party, resource, policy)
            if listing:
                yield listing

    def _asks(self, resource: Node, action: str, on: str) -> AccessRequest:
        return asking(self._estate, resource, action, on.replace("{id}", resource.id))

    def _unlocked(self, party: CallerClass, resource: Node) -> tuple[str, ...] | None:
        """What must hold for a party to use the key that encrypts a resource; None if it cannot."""
        table = data().labels
        field = table[resource.label].key if resource.label in table else None
        if field is None:
            return ()
        view = self._estate.view
        keys = view.targets(resource.id, field)
        if not keys and view.get(resource.id, field) is None:
            return (f"whether a key encrypts {resource.name}",)
        if not keys:
            refused = resource.label in _ENCRYPTED_ANYHOW
            refused |= view.get(resource.id, "encryption_algorithm") in _BY_KEY
            admitted = Evaluation(False) if refused else Evaluation(True)
        else:
            admitted = self._decrypts(party, resource, keys[0])
        if admitted.value:
            return ()
        if resource.label == BUCKET:  # Objects may be encrypted otherwise, or not.
            return (f"{_DECRYPT} on the key of the bucket, unless objects are encrypted otherwise",)
        if admitted.value is None:
            return tuple(f"{_DECRYPT}: {condition}" for condition in admitted.conditions)
        return None

    def _decrypts(self, party: CallerClass, resource: Node, key: str) -> Evaluation:
        view = self._estate.view
        if view.get(key, "key_manager") == "AWS":
            return Evaluation(False)
        arn = parse_arn(key)
        service = RESOURCE_POLICIES[resource.label].service
        through = Context(
            {
                "aws:ViaAWSService": ("true",),
                "aws:CalledVia": Open.UNKNOWN,
                "kms:ViaService": (f"{service}.{arn.region}.amazonaws.com",)
                if arn
                else Open.PRESENT,
            }
        )
        asks = asking(self._estate, node(view, key, _KEY), _DECRYPT, key)
        asks = replace(asks, context=through.over(asks.context))
        return evaluate(party, asks, compile_policy(view.get(key, "policy"), key))

    def _snapshots(self) -> Iterator[ExternalAccess]:
        """Snapshots of disks, which have a setting instead of a policy."""
        view = self._estate.view
        actions = {action: Evaluation(True) for action, _ in _way_of(_SNAPSHOT)}
        for id_ in view.labelled(_SNAPSHOT):
            is_public = view.get(id_, "is_public")
            if is_public is not False:
                doubts = () if is_public else (f"whether {view.name(id_)} is public",)
                finding = found(READ, THE_INTERNET, node(view, id_), actions, doubts)
                if finding:
                    yield finding


_BY_KEY = frozenset({"aws:kms", "aws:kms:dsse"})


def _way_of(label: str) -> Way:
    return tuple((read.action, read.on) for read in data().labels[label].ways[0].all)


def asking(estate: AWSEnvironment, resource: Node, action: str, place: str) -> AccessRequest:
    """A question about a resource, with all that is known of it."""
    kind = ResourceKind.KEY if resource.label == _KEY else ResourceKind.ORDINARY
    context = resource_facts(estate, resource)
    rcps = estate.account(resource.account).rcps
    return AccessRequest(action, place, resource.account, context, kind=kind, rcps=rcps)
