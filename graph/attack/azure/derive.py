"""The steps of Azure's principals as edges of the graph, for queries."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from ...authorization.azure.environment import (
    DENY,
    LABELS,
    LOCK,
    MANAGEMENT_GROUP,
    PRINCIPALS,
    SUBSCRIPTION,
    TENANT,
)
from ...authorization.azure.scopes import SUBSCRIPTIONS, TENANTS
from ...derivation import Derivation, Derived, NewNode
from ...exposure.reach import reaches
from ...model import Internet, MissingReason
from ...schema import EdgeType, Schema
from ...view import GraphView
from ..derived_steps import step_edges
from ..engine.build import build
from ..model import Node, StepType
from . import federation
from .external import RUNS_CODE
from .provider import AzureProvider
from .vocabulary import techniques

_SCOPES = (SUBSCRIPTION, MANAGEMENT_GROUP, TENANT)
_NAMED_ONLY = frozenset({"AzureUserAssignedIdentity"})
"""What resources run as by way of, and nothing else is asked of here."""


def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """The steps of principals."""
    return (
        Derivation(
            name="azure attack steps",
            provider="azure",
            derive=_derive,
            writes=frozenset(_types()),
            reads=_reads(schema),
            notices=frozenset((DENY, LOCK)),
            reads_edges=reaches(*RUNS_CODE, *_reached()),
            not_modelled=(
                "Data that the internet reads in Azure, as of a public storage account, is not "
                "followed on by attack paths.",
                "Roles of Azure's services that exist next to Azure's own are not followed.",
                "What others start in Azure (Cloud Shells, template specs) and secrets in "
                "deployments are not followed.",
            ),
        ),
    )


def _types() -> Iterator[EdgeType]:
    known = techniques().techniques.values()
    gained = {
        each.existing[each.gain.resource].existing
        for each in known
        if each.gain.resource in each.existing
    }
    for source in PRINCIPALS:
        for scope in _SCOPES:
            yield EdgeType(source, StepType.ADMINISTERS, scope)
        for target in sorted({*PRINCIPALS, *_SCOPES, *gained}):
            yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)


def _reached() -> Iterator[str]:
    """The labels of what a technique asks of that the internet reaches it."""
    for technique in techniques().techniques.values():
        for relation in technique.relations:
            if relation.edge == StepType.CAN_REACH:
                yield technique.existing[relation.to].existing


def _reads(schema: Schema) -> frozenset[str]:
    """Every label that decides on steps: who holds what where, what techniques are about, what
    runs as an identity, and whose tokens are taken."""
    pairs = (*schema.pairs, *schema.newer)
    running = {pair.source for pair in pairs if pair.rel == StepType.RUNS_AS}
    found = {
        *RUNS_CODE,
        *LABELS,
        *_NAMED_ONLY,
        *federation.READS,
        *(each for each in running if each.startswith("Azure")),
    }
    fields: dict[str, set[str]] = defaultdict(set)
    for technique in techniques().techniques.values():
        for each in technique.existing.values():
            fields[each.existing].update(where.field for where in each.where)
    # What has no model that tells of these fields is only named by others.
    found |= {label for label, asked in fields.items() if asked <= {*schema.labels.get(label, ())}}
    return frozenset(found & {*schema.labels, *schema.newer_labels}) - {Internet.label}


def _derive(view: GraphView) -> Derived:
    graph = build([AzureProvider(view, view.listings)])
    found = list(step_edges(graph, techniques().techniques, partial(_account, view)))
    ends = dict.fromkeys(_new(node) for source, target, _ in found for node in (source, target))
    return Derived([edge for _, _, edge in found], tuple(ends))


def _account(view: GraphView, account: str) -> Node:
    """A subscription, or the tenant that its principals belong to."""
    subscription = f"{SUBSCRIPTIONS}{account}"
    if subscription in view.graph:
        return Node(subscription, SUBSCRIPTION, view.name(subscription), account)
    return Node(f"{TENANTS}{account}", TENANT, account, account)


def _new(node: Node) -> NewNode:
    return NewNode(node.label, node.id, node.name, node.account, MissingReason.OUT_OF_SCOPE)
