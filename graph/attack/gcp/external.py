"""How external principals get into projects: by what the internet reaches, by roles that everybody
holds, with accounts of other customers, as service accounts of other projects, and as members of
groups that were not listed. Whose tokens pools take is the matter of :mod:`.pools`."""

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
CUSTOMER = "gcp-outside-account"
FOREIGN = "gcp-outside-service-account"
UNREAD_GROUP = "gcp-unread-group"
"""Ids of the techniques by which external principals come in."""

RUNS_CODE = frozenset({"GCPInstance", "GCPCloudRunService", "GCPCloudFunction"})
"""Labels of what runs code of the project's: a flaw in it gives tokens of its service account."""
EVERYBODY, USER = "GCPEveryone", "GCPUser"
_UNKNOWN = "UnknownResource"


def entries(view: GraphView) -> Iterator[Entry]:
    """All of them."""
    for each in exposed(view, RUNS_CODE):
        yield Entry(EXPOSED, THE_INTERNET, each.id, not each.unread, each.unread, each.evidence)
    for id_ in view.labelled(EVERYBODY):
        yield Entry(EVERYONE, THE_INTERNET, id_)
    yield from _of_other_customers(view)


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
