"""The steps of Google Cloud's principals as edges of the graph, for queries."""

from collections.abc import Iterator
from functools import partial

from ...authorization.gcp.constraints import POLICY
from ...authorization.gcp.environment import (
    ACTING,
    BOUND,
    BOUNDARY,
    DENY,
    FOLDER,
    LABELS,
    ORGANIZATION,
    PROJECT,
    TAGS,
)
from ...authorization.gcp.impersonation import ACCOUNT
from ...authorization.gcp.perimeters import PERIMETER
from ...authorization.gcp.scopes import PROJECTS
from ...derivation import Derivation, Derived, NewNode
from ...exposure.reach import reaches
from ...model import MissingReason
from ...schema import EdgeType, Schema
from ...view import GraphView
from ..derived_steps import step_edges
from ..engine.build import build
from ..model import Node, StepType
from . import pools, tokens
from .external import RUNS_CODE
from .following import REALM
from .provider import GCPProvider
from .vocabulary import GCP, techniques

_SCOPES = (PROJECT, FOLDER, ORGANIZATION)


def derivations(schema: Schema) -> tuple[Derivation, ...]:
    """The steps of principals."""
    return (
        Derivation(
            name="gcp attack steps",
            provider="gcp",
            derive=_derive,
            writes=frozenset(_types()),
            reads=_reads(schema),
            notices=frozenset((POLICY, DENY, BOUNDARY, BOUND, PERIMETER, *TAGS)) & _reads(schema),
            reads_edges=reaches(*(RUNS_CODE & {*schema.labels})),
            not_modelled=(
                "Service accounts that run in another project than their own are not followed, and "
                "of those of Google's services (service agents) only those of Deployment Manager, "
                "Cloud Build and Vertex AI.",
                "What an instance's service account may do with narrow access scopes is not "
                "followed.",
                "Of organization policies that are lifted only those on keys of service accounts "
                "are followed, and tags only where projects can be given them.",
                "Domain-wide delegation, and keys for storage alone, are not followed.",
                "Roles on single tables of a dataset are not followed.",
                "Who may add members to groups of Google Cloud is not followed.",
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
    for source in ACTING:
        yield EdgeType(source, StepType.CAN_ASSUME, ACCOUNT)
        for scope in _SCOPES:
            yield EdgeType(source, StepType.ADMINISTERS, scope)
        for target in sorted({*ACTING, *_SCOPES, *gained}):
            yield EdgeType(source, StepType.CAN_ESCALATE_TO, target)


def _reads(schema: Schema) -> frozenset[str]:
    """Every label that decides on steps: who holds what where, what techniques are about, what
    runs as a service account, and whose tokens are taken."""
    pairs = (*schema.pairs, *schema.newer)
    running = {pair.source for pair in pairs if pair.rel == StepType.RUNS_AS}
    asked = {
        each.existing
        for technique in techniques().techniques.values()
        for each in technique.existing.values()
    }
    federated = pools.READS | tokens.READS
    found = {*RUNS_CODE, *LABELS, POLICY, *asked, *federated, *filter(GCP.has, running)}
    return frozenset(found & {*schema.labels, *schema.newer_labels})


def _derive(view: GraphView) -> Derived:
    graph = build([GCPProvider(view, view.listings)])
    found = list(step_edges(graph, techniques().techniques, partial(_account, view)))
    ends = dict.fromkeys(_new(node) for source, target, _ in found for node in (source, target))
    return Derived([edge for _, _, edge in found], tuple(ends))


def _account(view: GraphView, account: str) -> Node:
    """A project; or the organization, or else a project, for what belongs to all of them."""
    id_ = f"{PROJECTS}{account}"
    if account == REALM or id_ not in view.graph:
        found = (each for label in (ORGANIZATION, PROJECT) for each in view.labelled(label))
        id_ = next(found, id_)
    label = str(view.get(id_, "label") or PROJECT) if id_ in view.graph else PROJECT
    name = view.name(id_) if id_ in view.graph else account
    return Node(id_, label, name, account)


def _new(node: Node) -> NewNode:
    return NewNode(node.label, node.id, node.name, node.account, MissingReason.OUT_OF_SCOPE)
