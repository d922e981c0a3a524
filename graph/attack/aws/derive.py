"""The steps of principals as edges of the graph, for queries."""

from collections.abc import Container, Iterator

from ...authorization.aws.labels import ACCOUNT, GROUP, ROLE, USER
from ...derivation import Derivation, Derived, NewNode
from ...model import DerivedEdge, Internet, MissingReason
from ...schema import EdgeType, Schema, declared_policies
from ...view import GraphView
from ..derived_steps import step_edges
from ..engine.build import build
from ..entra.tokens import HOLDERS
from ..model import Node, StepType
from . import external, identity_center
from .data import data
from .external_buckets import IDENTITY
from .external_data import labels
from .external_reach import RUNS_CODE
from .key_grants import GRANT
from .provider import AWSProvider
from .vocabulary import AWS, techniques

_NAMED_ONLY = frozenset({"AWSEveryone", "AWSServicePrincipal"})
"""Labels that no call lists: policies name them."""
_ABOVE = frozenset(
    {
        "AWSInlinePolicy",
        "AWSOrganization",
        "AWSOrganizationPolicy",
        "AWSOrganizationalUnit",
        "AWSS3AccountPublicAccessBlock",
        ACCOUNT,
    }
)
"""Labels of what stands over principals and resources. Where it could not be listed, steps are
conditional on it."""


def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """The steps of principals, and those by which external principals come in."""
    reads = _reads(schema)
    return (
        Derivation(
            name="aws attack steps",
            provider="aws",
            derive=_derive,
            writes=frozenset(_types(schema)),
            reads=reads,
            notices=_ABOVE | {IDENTITY},
            through=_NAMED_ONLY | HOLDERS,
            reads_edges=frozenset(
                EdgeType(Internet.label, StepType.CAN_REACH, label) for label in RUNS_CODE
            ),
        ),
    )


def _types(schema: Schema) -> Iterator[EdgeType]:
    """The types of the edges."""
    for source in AWS.principals:
        yield EdgeType(source, StepType.ADMINISTERS, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ACCOUNT)
        yield EdgeType(source, StepType.CAN_ASSUME, ROLE)
        for target in sorted({USER, ROLE, GROUP, ACCOUNT, *_taken_over()}):
            yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)
    yield from external.pairs(declared_policies(schema.own_policies))


def _reads(schema: Schema) -> frozenset[str]:
    """Every label that decides on steps: principals and what stands over them, what has policies
    or data, what techniques are about, and what runs as a role or lends one. They decide in a scan
    too that is older than a label: its steps may be missing."""
    policies = declared_policies(schema.own_policies)
    pairs = (*schema.pairs, *schema.newer)
    running = {pair.source for pair in pairs if pair.rel == StepType.RUNS_AS}
    declared = {label for label in (*running, *policies) if label.startswith("AWS")}
    fixed = {
        *RUNS_CODE,
        *data().labels,
        *_existing(),
        *external.SOURCES,
        *identity_center.READS,
        *labels(policies),
        GRANT,
        GROUP,
        IDENTITY,
        ROLE,
        USER,
    }
    return frozenset(declared | fixed | _ABOVE) - _NAMED_ONLY - {Internet.label}


def _derive(view: GraphView) -> Derived:
    provider = AWSProvider(view, view.listings)
    edges: list[DerivedEdge] = []
    nodes: list[NewNode] = []
    for source, target, edge in _edges(provider):
        edges.append(edge)
        nodes += [_new(node, provider.environment.scanned) for node in (source, target)]
    return Derived(edges, tuple(dict.fromkeys(nodes)))


def _taken_over() -> set[str]:
    """The labels of resources that techniques lead to."""
    return {
        each.existing[each.gain.resource].existing
        for each in techniques().techniques.values()
        if each.gain.resource in each.existing
    }


def _existing() -> set[str]:
    """The labels of resources that techniques are about."""
    known = techniques().techniques.values()
    return {one.existing for each in known for one in each.existing.values()}


def _new(node: Node, scanned: Container[str]) -> NewNode:
    """What stands for somebody who was not scanned, if nothing else does."""
    if node.label == Internet.label:
        return NewNode(node.label, node.id, node.name)
    here = not node.account or node.account in scanned
    reason = MissingReason.OUT_OF_SCOPE if here else MissingReason.CROSS_ACCOUNT
    return NewNode(node.label, node.id, node.name, node.account or None, reason)


def _account(account: str) -> Node:
    return Node(account, ACCOUNT, account, account)


def _edges(provider: AWSProvider) -> Iterator[tuple[Node, Node, DerivedEdge]]:
    """All edges, with their ends."""
    yield from step_edges(build([provider]), techniques().techniques, _account)
    yield from external.edges(provider.environment)
