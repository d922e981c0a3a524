"""Attack paths as checks ask for them: from some starts to an end, for certain or perhaps."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import networkx

from ....graph.attack.attack_graph import attack_graph as build
from ....graph.attack.aws.data import data
from ....graph.attack.aws.external import PAIRS
from ....graph.attack.aws.external_reach import RUNS_CODE
from ....graph.attack.aws.vocabulary import techniques
from ....graph.attack.model import AttackGraph, Hop
from ....graph.attack.search import DistanceMap, Search
from ....graph.authorization.aws.environment import (
    ACCOUNT,
    GROUP,
    ORGANIZATION,
    RESOURCE_POLICIES,
    ROLE,
    USER,
)
from ....graph.model import Internet
from ....graph.sets import exactly, members
from ....graph.traversal import once_per_graph
from ...check import Place, Row

_RUN_THROUGH = (
    "AWSAPIGatewayMethod",
    "AWSAPIGatewayV2Route",
    "AWSBatchComputeEnvironment",
    "AWSDataPipeline",
    "AWSECSTaskDefinition",
    "AWSEKSFargateProfile",
    "AWSImageBuilderPipeline",
    "AWSInstanceProfile",
    "AWSLaunchConfiguration",
    "AWSOmicsRun",
)
"""What runs as a role itself, or lends one to what techniques change."""
_STANDING_OVER = (
    "AWSEveryone",
    "AWSInlinePolicy",
    "AWSOrganizationPolicy",
    "AWSOrganizationalUnit",
    "AWSS3AccountPublicAccessBlock",
    "AWSServicePrincipal",
    ACCOUNT,
    GROUP,
    ORGANIZATION,
)
LISTED = tuple(
    sorted(
        {
            *RESOURCE_POLICIES,
            *RUNS_CODE,
            *_RUN_THROUGH,
            *data().labels,
            *(label for pair in PAIRS for label in (pair.source, pair.target)),
            *(
                each.existing
                for technique in techniques().techniques.values()
                for each in technique.existing.values()
            ),
            GROUP,
            ROLE,
            USER,
        }
        - {Internet.label, ACCOUNT}
    )
)
"""The labels that a path may lead over: that there is none rests on all of them."""
LABELS = tuple(sorted({*LISTED, *_STANDING_OVER, Internet.label}))
"""The labels that decide on paths."""


@once_per_graph
def attack_graph(graph: networkx.MultiDiGraph) -> AttackGraph:
    """The path graph of a check's graph."""
    return build(graph, graph.graph["reads"])


class Ways(NamedTuple):
    """What leads to an end."""

    graph: networkx.MultiDiGraph
    search: Search

    def judged(self, resource: str, starts: int) -> Row:
        """Whether no way leads from any of the starts to the end: undecided if only conditional
        ones do."""
        for field in (self.search.certain, self.search.any):
            found = _nearest(field, starts)
            if found is not None:
                hops = _hops(self.search.graph, field, found)
                return self._row(resource, hops, is_certain=field is self.search.certain)
        return Row(resource, True, listing_scope=self._places(resource))

    def _row(self, resource: str, hops: list[Hop], *, is_certain: bool) -> Row:
        words = _words(self.search.graph, hops)
        asked = dict.fromkeys(each for hop in hops for each in hop.conditions)
        involved = (id_ for hop in hops for id_ in (hop.source, hop.target, *hop.evidence))
        conditions = "; ".join(asked) or "the end's own rights, which are conditional"
        return Row(
            resource,
            False if is_certain else None,
            unread=[] if is_certain else [f"{words}, depending on {conditions}"],
            evidence=[id_ for id_ in dict.fromkeys(involved) if id_ in self.graph],
            values={"way": words},
        )

    def _places(self, resource: str) -> list[Place]:
        """The accounts over which a way may lead: the resource's own, and all those in which
        something has a way to the end."""
        own = self.graph.nodes[resource]["account"]
        nodes = self.search.graph.nodes
        beyond = {nodes[number].account for number in members(self.search.any.reaching)}
        return [Place(account) for account in sorted({own, *beyond} - {""})]


def to_admin(graph: networkx.MultiDiGraph, account: str) -> Ways:
    """What leads to whoever administers an account."""
    paths = attack_graph(graph)
    inside = sum(1 << number for number, node in enumerate(paths.nodes) if node.account == account)
    return Ways(graph, Search(paths, paths.administrators.within(inside)))


def to_any_admin(graph: networkx.MultiDiGraph) -> Ways:
    """What leads to whoever administers any account."""
    paths = attack_graph(graph)
    return Ways(graph, Search(paths, paths.administrators))


def to_resource(graph: networkx.MultiDiGraph, id_: str) -> Ways:
    """What leads to a resource."""
    paths = attack_graph(graph)
    return Ways(graph, Search(paths, exactly(1 << paths.number[id_, ""])))


def internet(graph: networkx.MultiDiGraph) -> int:
    """The nodes that stand for everyone."""
    return _outside(attack_graph(graph), is_everyone=True)


def others(graph: networkx.MultiDiGraph) -> int:
    """The nodes outside of the scan that stand for somebody in particular."""
    return _outside(attack_graph(graph), is_everyone=False)


def _outside(paths: AttackGraph, *, is_everyone: bool) -> int:
    return sum(
        1 << number
        for number in members(paths.outside)
        if (paths.nodes[number].label == Internet.label) is is_everyone
    )


def accounts(graph: networkx.MultiDiGraph) -> Iterator[str]:
    """The accounts that are there."""
    for id_, properties in graph.nodes(data=True):
        if properties["label"] == ACCOUNT and properties["missing"] is None:
            yield id_


def _nearest(field: DistanceMap, starts: int) -> int | None:
    """The start with the best way; None if there is no way."""
    for _, level in field.levels:
        if at := level & starts:
            return (at & -at).bit_length() - 1
    return None


def _hops(paths: AttackGraph, field: DistanceMap, start: int) -> list[Hop]:
    hops = []
    while not field.ends >> start & 1:
        step, to = field.next_steps[start]
        hops.append(paths.explain(step.grant, start, to))
        start = to
    return hops


def _words(paths: AttackGraph, hops: Iterable[Hop]) -> str:
    names = {node.id: node.name for node in paths.nodes}
    return "; ".join(
        f"{names[hop.source]} → {names[hop.target]} ({hop.technique or hop.type.lower()})"
        for hop in hops
    )
