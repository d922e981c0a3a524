"""Service agents in the attack graph: who has one act for a project."""

from collections.abc import Iterable, Iterator, Mapping

from ...authorization.gcp.environment import PROJECT, PrincipalState
from ...logic import Truth
from ...sets import NONE, exactly
from ..engine.build import ProviderEngine
from ..model import AttackGraph, Explain, Hop, Step
from .agent_kinds import ServiceAgent, kind_of
from .following import Following
from .vocabulary import techniques


class Agents:
    """The service agents that hold roles, and who makes them act."""

    def __init__(self, authorizer: Following, agents: Mapping[str, str]) -> None:
        """``agents`` are the projects that they act for, by their ids."""
        self._authorizer = authorizer
        self._agents = agents

    def steps(self, engine: ProviderEngine) -> Iterator[Step]:
        """That who may use a service in a project has its agent act."""
        graph, projects = engine.graph, self._authorizer.table(PROJECT)
        for id_, project in sorted(self._agents.items()):
            found, row = kind_of(id_), projects.index.get(project)
            if found is None or row is None or (id_, "") not in graph.number:
                continue
            kind, sources = found[0], NONE
            for number, actor in engine.states.actors.items():
                truth = self._allowed(actor.state, kind.actions, row)
                if truth is not False:
                    sources |= exactly(1 << number).only_if(truth is True)
            target = exactly(1 << graph.number[id_, ""])
            technique = techniques().external[kind.technique]
            doubtful = sources.possible & ~sources.certain
            for who, reached in (
                (sources.certain, target.only_if(not kind.doubt)),
                (doubtful, target.uncertain()),
            ):
                if who:
                    graph.explainers[kind.technique] = self._explaining(engine, kind)
                    yield Step(technique.edge, kind.technique, who, reached, technique.difficulty)

    def _explaining(self, engine: ProviderEngine, kind: ServiceAgent) -> Explain:
        graph: AttackGraph = engine.graph

        def explain(step: Step, source: int, target: int) -> Hop:
            project = self._agents[graph.nodes[target].id]
            state = engine.states.actors[source].state
            asked = [
                (action, self._authorizer.explain(state, action, project))
                for action in kind.actions
            ]
            action, best = max(asked, key=lambda one: _ORDER[one[1].truth])
            conditions = (*best.conditions, *([kind.doubt] if kind.doubt else []))
            ends = graph.nodes[source].id, graph.nodes[target].id
            return Hop(
                *ends, step.type, step.technique, (action,), conditions, best.statements, (project,)
            )

        return explain

    def _allowed(self, who: PrincipalState, actions: Iterable[str], row: int) -> Truth:
        table, found = self._authorizer.table(PROJECT), NONE
        for action in actions:
            found |= self._authorizer.allowed(who, action, table)
        return found.holds(row)


_ORDER = {False: 0, None: 1, True: 2}
