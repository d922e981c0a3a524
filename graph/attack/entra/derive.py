"""The steps of a tenant's principals as edges of the graph, for queries."""

from collections.abc import Iterator
from functools import partial

from ...authorization.entra.environment import (
    LABELS,
    PRINCIPALS,
    TENANT_LABEL,
)
from ...derivation import Derivation, Derived, NewNode
from ...model import MissingReason
from ...schema import EdgeType, Schema
from ...view import GraphView
from ..derived_steps import step_edges
from ..engine.build import build
from ..model import Node, StepType
from . import external
from . import tokens as shown
from .provider import DIRECTORY, EntraProvider
from .vocabulary import techniques


def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """The steps of principals."""
    return (
        Derivation(
            name="entra attack steps",
            provider="entra",
            derive=_derive,
            writes=frozenset(_types()),
            reads=_reads() & {*schema.labels, *schema.newer_labels},
            not_modelled=(
                "Conditional Access is not held against who signs in: a path by a password may "
                "need a device or a place too.",
                "Roles that are given within an application alone (app scopes) are not followed.",
                "Administrators of partners who hold a role by delegated administration are "
                "followed as far as the tenant lists them.",
                "Who holds a secret of an application, what users consent to by themselves, mail "
                "and files that applications read, Azure DevOps, provisioning from and to other "
                "systems, and customers of a partner's tenant are not followed in Entra ID.",
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
        yield EdgeType(source, StepType.ADMINISTERS, TENANT_LABEL)
        for target in sorted({*PRINCIPALS, TENANT_LABEL, *gained}):
            yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)


def _reads() -> frozenset[str]:
    """Every label that decides on steps: who holds what, what techniques are about, by what those
    outside come in, and who can show what elsewhere."""
    known = techniques().techniques.values()
    asked = {one.existing for each in known for one in each.existing.values()}
    return frozenset({*LABELS, *asked, *shown.READS, external.CREDENTIAL, external.CROSS_TENANT})


def _derive(view: GraphView) -> Derived:
    graph = build([EntraProvider(view, view.listings)])
    found = list(step_edges(graph, techniques().techniques, partial(_account, view)))
    ends = dict.fromkeys(_new(node) for source, target, _ in found for node in (source, target))
    return Derived([edge for _, _, edge in found], tuple(ends))


def _account(view: GraphView, account: str) -> Node:
    """A tenant, by its id or its full identity."""
    tenant = account.rpartition("/")[2]
    id_ = DIRECTORY.format(account=tenant)
    name = view.name(id_) if id_ in view.graph else tenant
    return Node(id_, TENANT_LABEL, name, tenant)


def _new(node: Node) -> NewNode:
    tenant = node.account.rpartition("/")[2]
    return NewNode(node.label, node.id, node.name, tenant, MissingReason.OUT_OF_SCOPE)
