"""What a path is made of: nodes, the steps between many of them at a time, and single hops.

Sets of nodes are whole numbers: bit *n* stands for the node numbered *n*. A step says of all its
sources at once that each can take it to each of its targets, so that a right that thousands hold
over thousands is one object.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..authorization.model import PolicyStatement
from ..model import Gap
from ..sets import NONE, MaySet, exactly, number_set


class Node(NamedTuple):
    """Something that an attacker can hold: a principal, a resource, an account, the internet."""

    id: str
    """Its full identity."""
    label: str
    name: str
    account: str
    """The account it belongs to; empty for the internet and the like."""
    state: str = ""
    """How the attacker holds it, if not just as it is: see the states of the provider's engine."""


Statement = PolicyStatement


class StepType:
    """The types of a step, which are the relationship types of the graph."""

    ADMINISTERS = "ADMINISTERS"
    CAN_ACCESS = "CAN_ACCESS"
    CAN_ASSUME = "CAN_ASSUME"
    CAN_ESCALATE_TO = "CAN_ESCALATE_TO"
    CAN_REACH = "CAN_REACH"
    RUNS_AS = "RUNS_AS"


@dataclass(frozen=True, slots=True)
class Step:
    """Every source can take this step to every target."""

    type: str
    technique: str
    """Id of the technique; empty where the type says all."""
    sources: int
    reached: MaySet
    """The nodes it leads to: for certain, or only if an open condition holds or something unread
    allows it."""
    difficulty: int
    """What it costs an attacker, from 0: the harder, the more."""
    permissions: frozenset[str] = frozenset()
    """The actions it takes, by which a step is recognised that asks for more than another; nothing
    where that does not matter."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path, with all that it rests on."""

    source: str
    target: str
    type: str
    technique: str = ""
    permissions: tuple[str, ...] = ()
    """The actions it takes."""
    conditions: tuple[str, ...] = ()
    """What else must hold, or could not be read; nothing if the step is certain."""
    statements: tuple[PolicyStatement, ...] = ()
    evidence: tuple[str, ...] = ()
    """Ids of the further resources it rests on."""


@dataclass(frozen=True, slots=True)
class ExplainedPath:
    """A path from a source to a target, with all that it rests on."""

    source: str
    target: str
    target_reason: str
    """Why the target is worth reaching; empty if it was only asked for."""
    difficulty: int
    """The sum of its steps'."""
    conditional: bool
    """Whether a step, or what the target is worth, hangs on a condition or on something unread."""
    hops: tuple[Hop, ...]
    """None if the source is such a target already."""


Explain = Callable[[Step, int, int], Hop]
"""Explains how a source gets to a target by a step, or by a part of one: a what-if leaves sources
or targets out."""


class Changed(NamedTuple):
    """A principal that somebody has changed and does not act as yet."""

    actor: int
    """The node of somebody who can change it."""
    explain: Callable[[Step, int, int, int], Hop]
    """Explains a step from it: the step, the node of who takes it, the source and the target."""


@dataclass
class AttackGraph:
    """All steps of a scan."""

    nodes: list[Node] = field(default_factory=list)
    number: dict[tuple[str, str], int] = field(default_factory=dict)
    """The number of a node by its id and state."""
    steps: list[Step] = field(default_factory=list)
    administrators: MaySet = NONE
    """The nodes whose holder administers an account, for certain or if a condition holds."""
    unsettled: int = 0
    """The nodes whose own steps are followed: those of an administrator are not if it gains nothing
    by them."""
    data: int = 0
    """The nodes that hold data."""
    principals: int = 0
    """The nodes that may be an attacker's first hold inside: users and roles, just as they are."""
    external: int = 0
    """The nodes of which anybody, or somebody not scanned, has hold: the internet, everyone,
    accounts and identity providers outside the scan."""
    reasons: dict[int, str] = field(default_factory=dict)
    """Why a node is admin, by number."""
    explainers: dict[str, Explain] = field(default_factory=dict)
    """By technique, or else by the type of a step: what explains one hop of it."""
    limited: int = 0
    """The nodes of principals as whom an attacker can do some actions only: a path to such a
    principal does not end there."""
    changed: dict[int, Changed] = field(default_factory=dict)
    """The nodes of principals that are changed, not held: no path ends there."""
    notes: list[str] = field(default_factory=list)
    """What could not be read or was left out, and is said once, in sentences."""
    gaps: list[Gap] = field(default_factory=list)
    """What of permissions could not be read."""

    def add(self, node: Node) -> int:
        """The number of a node, which is new if there is none yet with its id and state."""
        key = (node.id, node.state)
        if key not in self.number:
            self.number[key] = len(self.nodes)
            self.nodes.append(node)
        return self.number[key]

    @property
    def settled(self) -> int:
        """The nodes of administrators past whom paths lead to what they administer alone."""
        return self.administrators.certain & ~self.unsettled

    def administrators_of(self, account: int) -> MaySet:
        """Those who administer the account that a node is, or one that it lies in."""
        found, seen, ahead = NONE, 0, exactly(1 << account)
        while ahead.possible & ~seen:
            seen |= ahead.possible
            before = NONE
            for step in self.steps:
                if step.type == StepType.ADMINISTERS:
                    certain = bool(step.reached.certain & ahead.certain)
                    if certain or step.reached.possible & ahead.possible:
                        before |= exactly(step.sources).only_if(certain)
            found |= before
            ahead = before.within(~self.administrators.possible)
        return found & self.administrators

    def by_account(self) -> dict[str, int]:
        """The nodes of each account."""
        found: dict[str, list[int]] = {}
        for number, node in enumerate(self.nodes):
            found.setdefault(node.account, []).append(number)
        return {account: number_set(numbers) for account, numbers in found.items()}

    def explain(self, step: Step, source: int, target: int, before: Sequence[int] = ()) -> Hop:
        """One hop of a step, with all that it rests on; ``before`` are the nodes that a path has
        come over to the source."""
        if source in self.changed:
            changed = self.changed[source]
            acting = (node for node in reversed(before) if node not in self.changed)
            return changed.explain(step, next(acting, changed.actor), source, target)
        explain = self.explainers.get(step.technique) or self.explainers[step.type]
        return explain(step, source, target)
