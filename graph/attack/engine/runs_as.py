"""As which roles live resources run, depending on how they are held.

Most resources run as the roles that their RUNS_AS edges lead to, whoever has hold of them. What a
technique changes may have more (a stack's role is only used by the service, until the stack is
changed) or less (a task's own role, not the one that starts it): the technique names the fields
then, and where that makes a difference the resource is a node in a state of its own,
``through FIELD``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...authorization.aws.environment import ROLE, AWSEnvironment
from ...sets import MaySet, members
from ..model import AttackGraph, Step, StepType
from .candidates import PRINCIPALS, Candidates
from .plan import Plan
from .principal_states import PrincipalStates
from .relations import Relations, RelationTable
from .technique import Existing

_CONDUIT = "AWSInstanceProfile"
"""Has a role but runs nothing."""


class Runs:
    """The roles behind live resources."""

    def __init__(
        self, estate: AWSEnvironment, things: Candidates, joins: Relations, plans: Iterable[Plan]
    ) -> None:
        self._estate = estate
        self._things = things
        self._joins = joins
        self._services: dict[str, set[str]] = defaultdict(set)
        """Which services the roles of a label's resources trust."""
        self._known: dict[tuple[str, tuple[str, ...]], RelationTable] = {}
        self._through: dict[tuple[str, tuple[str, ...]], dict[int, int]] = defaultdict(dict)
        """The nodes in a state of their own, by label and fields, then row."""
        for plan in plans:
            for thing in plan.collected.values():
                if isinstance(thing, Existing):
                    self._services[thing.live].update(thing.runs_for)

    def labels(self) -> set[str]:
        """The labels of resources that run as roles."""
        graph = self._estate.view.graph
        nodes = graph.nodes
        running = {
            nodes[source]["label"]
            for source, _, rel in graph.edges(data="rel")
            if rel == "RUNS_AS" and nodes[source].get("missing") is None
        }
        return running - {_CONDUIT, *PRINCIPALS}

    def held(
        self, graph: AttackGraph, holders: PrincipalStates, thing: Existing, rows: MaySet
    ) -> MaySet:
        """The nodes of resources that a technique gives control of."""
        plain = self._join(thing.live, ())
        through = self._join(thing.live, thing.runs_as)
        certain = possible = 0
        for row in members(rows.possible):
            if through.related(row) == plain.related(row):
                bit = holders.plain(thing.live, 1 << row)
            else:
                bit = 1 << self._node(graph, holders, thing, row)
            possible |= bit
            if rows.certain >> row & 1:
                certain |= bit
        return MaySet(certain, possible)

    def grants(self, holders: PrincipalStates, labels: Iterable[str]) -> Iterator[Step]:
        """As which roles all resources of these labels run, and those in a state."""
        for label in sorted(labels):
            join = self._join(label, ())
            rows = [*join.forward, *members(join.unread & ~sum(1 << row for row in join.forward))]
            yield from self._shared(
                holders, label, join, {row: holders.plain(label, 1 << row) for row in sorted(rows)}
            )
        for (label, fields), nodes in sorted(self._through.items()):
            join = self._join(label, fields)
            yield from self._shared(
                holders, label, join, {row: 1 << number for row, number in sorted(nodes.items())}
            )

    def _shared(
        self, holders: PrincipalStates, label: str, join: RelationTable, nodes: dict[int, int]
    ) -> Iterator[Step]:
        sources: dict[MaySet, int] = {}
        table = self._estate.table(label)
        for row, bit in nodes.items():
            roles = join.related(row)
            if join.unread >> row & 1:
                own = self._things.account(ROLE, table.rows[row].account)
                roles = MaySet(roles.certain, roles.certain | roles.possible & own)
            sources[roles] = sources.get(roles, 0) | bit
        for roles, running in sources.items():
            if roles.possible:
                yield Step(
                    StepType.RUNS_AS,
                    "",
                    running,
                    holders.plain_set(ROLE, roles),
                    0,
                )

    def _join(self, label: str, fields: tuple[str, ...]) -> RelationTable:
        """As which roles the resources run; where that is unread, as any that trusts a service
        they run for."""
        key = label, fields
        if key not in self._known:
            services = sorted(self._services[label])
            self._known[key] = replace(
                self._joins.carries(label, fields),
                others=self._things.trusting(services).possible,
            )
        return self._known[key]

    def _node(self, graph: AttackGraph, holders: PrincipalStates, thing: Existing, row: int) -> int:
        nodes = self._through[thing.live, thing.runs_as]
        if row not in nodes:
            own = graph.nodes[holders.plain(thing.live, 1 << row).bit_length() - 1]
            state = f"through {' or '.join(thing.runs_as)}"
            nodes[row] = graph.add(own._replace(state=state))
        return nodes[row]
