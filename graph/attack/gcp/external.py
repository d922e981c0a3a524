"""How external principals get into projects: by what the internet reaches, by roles that everybody
holds, with tokens that a pool takes, with accounts of other customers, as service accounts of other
projects, and as members of groups that were not listed."""

from collections.abc import Iterable, Iterator, Sequence

from ...authorization.gcp.environment import ORGANIZATION, PROJECT
from ...authorization.gcp.members import CONSUMER_DOMAINS, domain_of, member
from ...authorization.gcp.scopes import PROJECTS
from ...sets import MaySet, number_set
from ...view import GraphView
from ..exposed import THE_INTERNET, exposed
from ..external_entries import Entry, add_entries
from ..model import AttackGraph, Hop, Node, Step
from .vocabulary import techniques

EXPOSED = "gcp-outside-exposed-service"
EVERYONE = "gcp-outside-everyone"
FEDERATED = "gcp-outside-pool-identity"
CUSTOMER = "gcp-outside-account"
FOREIGN = "gcp-outside-service-account"
UNREAD_GROUP = "gcp-unread-group"
"""Ids of the techniques by which external principals come in."""

RUNS_CODE = frozenset({"GCPInstance", "GCPCloudRunService", "GCPCloudFunction"})
"""Labels of what runs code of the project's: a flaw in it gives tokens of its service account."""
IDENTITY, PROVIDER = "GCPFederatedPrincipal", "GCPWorkloadIdentityProvider"
EVERYBODY, USER = "GCPEveryone", "GCPUser"
_UNKNOWN = "UnknownResource"
_OF_CLUSTERS = ".svc.id.goog"
"""How the pools end of which clusters' own workloads are: these come from inside."""


def entries(view: GraphView) -> Iterator[Entry]:
    """All of them."""
    for each in exposed(view, RUNS_CODE):
        yield Entry(EXPOSED, THE_INTERNET, each.id, not each.unread, each.unread, each.evidence)
    for id_ in view.labelled(EVERYBODY):
        yield Entry(EVERYONE, THE_INTERNET, id_)
    for id_ in view.labelled(IDENTITY):
        yield from _pooled(view, id_)
    yield from _of_other_customers(view)


def _pooled(view: GraphView, id_: str) -> Iterator[Entry]:
    """Who gets a token from an issuer that the pool trusts."""
    pools = view.targets(id_, "pool")
    said = view.get(id_, "value") or "anybody"
    for pool in pools:
        if pool.endswith(_OF_CLUSTERS):
            continue
        providers = view.sources(pool, PROVIDER, "pool") if pool in view.graph else []
        for provider in providers:
            if view.get(provider, "disabled"):
                continue
            issuer = view.get(provider, "issuer") or view.name(provider)
            condition = view.get(provider, "attribute_condition")
            doubts = (f"the provider's condition holds: {condition}",) if condition else ()
            source = Node(f"outside:{issuer} {said}", _UNKNOWN, f"{said} of {issuer}", "")
            yield Entry(FEDERATED, source, id_, not doubts, doubts, (provider,))
        if not providers:
            name = pool.rpartition("/")[2]
            source = Node(f"outside:{pool} {said}", _UNKNOWN, f"{said} of pool {name}", "")
            doubts = (f"which issuers {name} trusts could not be read",)
            yield Entry(FEDERATED, source, id_, False, doubts)


def _of_other_customers(view: GraphView) -> Iterator[Entry]:
    """Users whose accounts are no organization's of the scan. A customer may have further domains,
    and projects may be in no organization, so that of others than consumers' it is not known."""
    own = {view.name(id_).lower() for id_ in view.labelled(ORGANIZATION)}
    for id_ in view.labelled(USER):
        domain = domain_of(member(id_))
        if domain in CONSUMER_DOMAINS:
            yield Entry(CUSTOMER, _outside(domain), id_)
        elif domain and domain not in own:
            doubt = f"{domain} is no domain of the customer's own"
            yield Entry(CUSTOMER, _outside(domain), id_, False, (doubt,))


def foreign_accounts(accounts: Iterable[str]) -> Iterator[Entry]:
    """Those who rule the projects that service accounts with roles here lie in."""
    for id_ in sorted(accounts):
        project = id_.split("/")[4]
        yield Entry(FOREIGN, Node(f"{PROJECTS}{project}", PROJECT, project, project), id_)


def in_unread_groups(graph: AttackGraph, groups: Sequence[str]) -> Iterator[Step]:
    """That anybody may be in a group that was not listed: all principals, and somebody outside."""
    known = [each for each in groups if (each, "") in graph.number]
    outside = Node("outside:members of groups", _UNKNOWN, "members of unread groups", "")
    yield from add_entries(
        graph,
        (Entry(UNREAD_GROUP, outside, each, False, (_membership(each),)) for each in known),
        {UNREAD_GROUP: techniques().external[UNREAD_GROUP]},
    )
    if known:
        outsiders = graph.explainers[UNREAD_GROUP]

        def explain(step: Step, source: int, target: int) -> Hop:
            if graph.external >> source & 1:
                return outsiders(step, source, target)
            ends = graph.nodes[source].id, graph.nodes[target].id
            doubt = _membership(graph.nodes[target].id)
            return Hop(*ends, step.type, step.technique, (), (doubt,), (), ())

        graph.explainers[UNREAD_GROUP] = explain
        reached = MaySet(0, number_set(graph.number[each, ""] for each in known))
        one = techniques().external[UNREAD_GROUP]
        yield Step(one.edge, UNREAD_GROUP, graph.principals, reached, one.difficulty)


def _membership(group: str) -> str:
    return f"it is a member of {group.removeprefix('group:')}, which was not listed"


def _outside(domain: str) -> Node:
    return Node(f"outside:{domain}", _UNKNOWN, f"accounts of {domain}", "")
