"""Attack graphs made by hand, and small random ones."""

from collections.abc import Iterable
from typing import NamedTuple

from clew.graph.attack.model import AttackGraph, Hop, Node, Statement, Step
from clew.graph.sets import MaySet, exactly, number_set
from hypothesis import strategies as st

HOME, AWAY = "111111111111", "222222222222"


class StepByName(NamedTuple):
    """A step by names."""

    sources: str
    """Names, parted by spaces."""
    targets: str
    possible: str = ""
    type: str = "CAN_ESCALATE_TO"
    technique: str = ""
    difficulty: int = 1
    permissions: tuple[str, ...] = ()


def path_graph(
    steps: Iterable[StepByName],
    admins: str = "",
    possible_admins: str = "",
    data: str = "",
    external: str = "",
    names: str = "",
) -> AttackGraph:
    """An attack graph of nodes that are named ``name``, ``name@account`` or ``name!state``.

    A name of digits is an account. The principals are all nodes of no state that are not data, nor
    external, nor an account.
    """
    graph = AttackGraph()

    def numbered(named: str) -> int:
        return number_set(graph.add(_node(name)) for name in named.split())

    numbered(names)
    for step in steps:
        graph.steps.append(
            Step(
                step.type,
                step.technique,
                numbered(step.sources),
                exactly(numbered(step.targets)) | MaySet(0, numbered(step.possible)),
                step.difficulty,
                frozenset(step.permissions),
            )
        )
    graph.administrators = exactly(numbered(admins)) | MaySet(0, numbered(possible_admins))
    graph.data = numbered(data)
    graph.external = numbered(external)
    graph.principals = number_set(
        number
        for number, node in enumerate(graph.nodes)
        if not node.state and node.label == "AWSRole"
    ) & ~(graph.data | graph.external)
    graph.reasons = {
        number: f"{node.name} has every right"
        for number, node in enumerate(graph.nodes)
        if graph.administrators.possible >> number & 1
    }

    def explained(step: Step, source: int, target: int) -> Hop:
        start, end = graph.nodes[source], graph.nodes[target]
        certain = step.reached.certain >> target & 1
        return Hop(
            start.id,
            end.id,
            step.type,
            step.technique,
            tuple(sorted(step.permissions)),
            () if certain else ("aws:MultiFactorAuthPresent is true",),
            (Statement(f"{start.id}/policy", 0, "", "Allow"),),
        )

    for step in graph.steps:
        graph.explainers[step.type] = explained
    return graph


def number(graph: AttackGraph, named: str) -> int:
    """The number of a node by its name."""
    node = _node(named)
    return graph.number[node.id, node.state]


def _node(named: str) -> Node:
    name, _, state = named.partition("!")
    name, _, account = name.partition("@")
    if name.isdigit():
        return Node(name, "AWSAccount", name, name)
    account = account or HOME
    label = "Internet" if name == "internet" else "AWSRole"
    return Node(f"arn:aws:iam::{account}:role/{name}", label, name, account, state)


@st.composite
def path_graphs(draw: st.DrawFn) -> AttackGraph:
    """Up to eight principals of two accounts, with steps of all kinds among them."""
    size = draw(st.integers(1, 8))
    names = [f"n{place}@{draw(st.sampled_from((HOME, AWAY)))}" for place in range(size)]
    some = st.lists(st.sampled_from(names), max_size=4, unique=True)
    admins = draw(some)
    possible_admins = [name for name in draw(some) if name not in admins]
    steps = []
    for _ in range(draw(st.integers(0, 7))):
        targets = draw(some)
        possible = [name for name in draw(some) if name not in targets]
        steps.append(
            StepByName(
                " ".join(draw(some)),
                " ".join(targets),
                " ".join(possible),
                draw(st.sampled_from(("CAN_ASSUME", "CAN_ESCALATE_TO"))),
                draw(st.sampled_from(("", "a", "b"))),
                draw(st.integers(0, 3)),
                draw(st.sampled_from(((), ("x",), ("y",), ("x", "y")))),
            )
        )
    administers = "ADMINISTERS"
    for account, home in ((HOME, HOME), (AWAY, AWAY)):
        mine = [name for name in names if name.endswith(home)]
        surely = " ".join(name for name in admins if name in mine)
        perhaps = " ".join(name for name in possible_admins if name in mine)
        foreign = " ".join(name for name in draw(some) if name not in mine)
        steps += [
            StepByName(surely, account, type=administers, difficulty=0),
            StepByName(perhaps, "", account, type=administers, difficulty=0),
            StepByName(account, " ".join(mine), foreign, type=administers, difficulty=0),
        ]
    return path_graph(steps, " ".join(admins), " ".join(possible_admins), names=" ".join(names))
