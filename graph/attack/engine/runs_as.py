"""As which identities resources run, depending on how they are held.

Most resources run as what their RUNS_AS edges lead to, no matter who holds them. What a technique
changes may have more (a stack's role is only used by the service, until the stack is changed) or
less (a task's own role, not the one that starts it): the technique names the fields then, and
where that makes a difference the resource is a node in a state of its own, ``through FIELD``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...sets import MaySet, exactly, members, number_set
from ..model import AttackGraph, Step, StepType
from ..provider import AttackProvider
from .candidates import Candidates
from .plan import Plan
from .principal_states import PrincipalStates
from .relations import RUNS_AS, Relations, RelationTable
from .requirement import Existing


class RunsAs:
    """The identities behind resources."""

    def __init__(
        self,
        provider: AttackProvider,
        candidates: Candidates,
        relations: Relations,
        plans: Iterable[Plan],
    ) -> None:
        self._graph = provider.view.graph
        self._vocabulary = provider.vocabulary
        self._table = provider.authorizer.table
        self._lends = provider.lends
        self._candidates = candidates
        self._relations = relations
        self._services: dict[str, set[str]] = defaultdict(set)
        """Which services the identities of a label's resources trust."""
        self._known: dict[tuple[str, tuple[str, ...]], RelationTable] = {}
        self._own: dict[tuple[str, tuple[str, ...]], int] = {}
        self._through: dict[tuple[str, tuple[str, ...]], dict[int, int]] = defaultdict(dict)
        """The nodes in a state of their own, by label and fields, then row."""
        for plan in plans:
            for each in plan.existing.values():
                self._services[each.existing].update(each.service_principals)

    def labels(self) -> set[str]:
        """The labels of resources that run as identities; what only lends one is none of them."""
        nodes = self._graph.nodes
        edges = [
            (nodes[source], nodes[target])
            for source, target, rel in self._graph.edges(data="rel")
            if rel == RUNS_AS
        ]
        lending = {target["label"] for _, target in edges}
        running = {source["label"] for source, _ in edges if source.get("missing") is None}
        return running & self._of_provider() - lending - {*self._vocabulary.principals}

    def _of_provider(self) -> set[str]:
        labels = {label for _, label in self._graph.nodes(data="label")}
        return {each for each in labels if self._vocabulary.has(each) and len(self._table(each))}

    def held(
        self, graph: AttackGraph, states: PrincipalStates, resource: Existing, rows: MaySet
    ) -> MaySet:
        """The nodes of resources that a technique gives control of."""
        label = resource.existing
        own = self._differing(label, resource.runs_as)
        found = states.plain_set(label, rows.within(~own))
        for row in members(rows.possible & own):
            node = exactly(1 << self._node(graph, states, resource, row))
            found |= node.only_if(bool(rows.certain >> row & 1))
        return found

    def _differing(self, label: str, fields: tuple[str, ...]) -> int:
        """The rows of resources that run as others by these fields than by all their edges."""
        key = label, fields
        if key not in self._own:
            plain, through = self._relation(label, ()), self._relation(label, fields)
            rows = {*plain.forward, *through.forward, *members(plain.unread | through.unread)}
            self._own[key] = number_set(
                row for row in rows if through.related(row) != plain.related(row)
            )
        return self._own[key]

    def identities(self, resource: Existing, row: int) -> MaySet:
        """The rows of the identities that a resource runs as once a technique gives control of
        it."""
        relation = self._relation(resource.existing, resource.runs_as)
        return self._limited(relation, resource.existing, row)

    def steps(self, states: PrincipalStates, labels: Iterable[str]) -> Iterator[Step]:
        """As which identities all resources of these labels run, and those in a state."""
        for label in sorted(labels):
            relation = self._relation(label, ())
            rows = {*relation.forward, *members(relation.unread)}
            nodes = {row: states.plain(label, 1 << row) for row in sorted(rows)}
            yield from self._shared(states, label, relation, nodes)
        for (label, fields), numbers in sorted(self._through.items()):
            nodes = {row: 1 << number for row, number in sorted(numbers.items())}
            yield from self._shared(states, label, self._relation(label, fields), nodes)

    def _shared(
        self,
        states: PrincipalStates,
        label: str,
        relation: RelationTable,
        nodes: dict[int, int],
    ) -> Iterator[Step]:
        sources: dict[MaySet, int] = {}
        for row, bit in nodes.items():
            found = self._limited(relation, label, row)
            sources[found] = sources.get(found, 0) | bit
        for found, running in sources.items():
            if found.possible:
                reached = states.plain_set(self._vocabulary.identity, found)
                yield Step(StepType.RUNS_AS, "", running, reached, 0)

    def _limited(self, relation: RelationTable, label: str, row: int) -> MaySet:
        """The identities of a row; where they are unread only those of its own account."""
        found = relation.related(row)
        if relation.unread >> row & 1:
            account = self._table(label).rows[row].account
            own = self._candidates.account(self._vocabulary.identity, account)
            found = MaySet(found.certain, found.certain | found.possible & own)
        return found

    def _relation(self, label: str, fields: tuple[str, ...]) -> RelationTable:
        """As which identities the resources run; where that is unread, as any that trusts a
        service they run for."""
        key = label, fields
        if key not in self._known:
            identity = self._vocabulary.identity
            services = sorted(self._services[label])
            relation = self._relations.runs_as(label, identity, fields)
            ids = self._table(label).ids
            self._known[key] = replace(
                relation,
                forward={
                    row: found for row, found in relation.forward.items() if self._lends(ids[row])
                },
                others=self._candidates.trusting(services, identity).possible,
            )
        return self._known[key]

    def _node(
        self, graph: AttackGraph, states: PrincipalStates, resource: Existing, row: int
    ) -> int:
        nodes = self._through[resource.existing, resource.runs_as]
        if row not in nodes:
            own = states.plain_node(resource.existing, row)
            state = f"through {' or '.join(resource.runs_as)}"
            nodes[row] = graph.add(own._replace(state=state))
        return nodes[row]
