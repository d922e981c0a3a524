"""The nodes of an AWS path graph: what an attacker can hold, and in which state.

A state is what an attacker has made of a principal: ``any policy`` (it can give itself any identity
policy), ``unbounded`` (its permissions boundary is gone), ``in GROUP`` (it has joined that group),
``POLICY VERSION`` (another version of that policy is in force), ``new`` (it was only just made).
Further steps are asked of the principal in that very state, under all that still limits it. Nodes
of states are made when a step leads to them. A user that has joined a group is shown as that
group, in the state ``by USER``.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ...authorization.aws.admin import Administration
from ...authorization.aws.arns import parse_arn
from ...authorization.aws.environment import (
    ACCOUNT,
    GROUP,
    ROLE,
    USER,
    AWSEnvironment,
    PrincipalState,
)
from ...sets import MaySet, exactly
from ..model import AttackGraph, Node
from .candidates import PRINCIPALS
from .permission_cache import Actor

NEW = "new"
"""The state of a principal that was only just made."""


class PrincipalStates:
    """Numbers the nodes and knows who acts behind them."""

    def __init__(
        self,
        estate: AWSEnvironment,
        graph: AttackGraph,
        administers: Callable[[PrincipalState], Administration],
        labels: Iterable[str],
    ) -> None:
        """``labels`` are those of resources that can be held."""
        self.actors: dict[int, Actor] = {}
        """Who acts, by the number of the node."""
        self.fresh: list[Actor] = []
        """Those whose node is new since this list was last emptied."""
        self.reasons: dict[int, str] = {}
        self._estate = estate
        self._graph = graph
        self._administers = administers
        self._first: dict[str, int] = {}
        self._accounts: dict[str, int] = {}
        graph.reasons = self.reasons
        for label in PRINCIPALS:
            self._number_all(label)
            for row, id_ in enumerate(estate.table(label).ids):
                self._act(self._first[label] + row, PrincipalState(id_), label, row)
        # Nobody but its service ever holds a service-linked role.
        graph.principals = sum(
            1 << number
            for number, actor in self.actors.items()
            if not estate.held(actor.holder).principal.is_service_linked
        )
        for label in sorted({*labels} - {*PRINCIPALS, GROUP, ACCOUNT}):
            self._number_all(label)

    def plain(self, label: str, rows: int) -> int:
        """The nodes of rows of a label's table, just as they are."""
        return rows << self._first[label]

    def plain_set(self, label: str, rows: MaySet) -> MaySet:
        """The same of rows that are certain or only possible."""
        return MaySet(self.plain(label, rows.certain), self.plain(label, rows.possible))

    def administration(self, number: int) -> Administration:
        """Whether whoever is behind a node administers its account, and why."""
        return self._administers(self.actors[number].holder)

    def place(self, number: int) -> tuple[str, int]:
        """The label and row of a node."""
        node = self._graph.nodes[number]
        return node.label, self._estate.table(node.label).index[node.id]

    def of_row(self, label: str, row: int) -> Actor:
        """A user or role just as it is."""
        return self.actors[self._first[label] + row]

    def itself(self, actor: Actor) -> int:
        """The node of an actor's principal just as it is."""
        return self._first[actor.label] + actor.row

    def account(self, id_: str) -> int:
        """The node of whoever administers an account."""
        if id_ not in self._accounts:
            known = self._estate.view.graph.nodes.get(id_, {})
            node = Node(id_, ACCOUNT, known.get("name") or id_, id_)
            self._accounts[id_] = self._graph.add(node)
        return self._accounts[id_]

    def changed(self, actor: Actor, holder: PrincipalState, shown: str = "") -> int | None:
        """The node of an actor's principal in another state; None if it differs in nothing.

        ``shown`` is the group by which it came into the state, empty if by none.
        """
        before, after = self._estate.held(actor.holder), self._estate.held(holder)
        if (before.identity, before.boundaries) == (after.identity, after.boundaries):
            return None
        own = self._graph.nodes[self.itself(actor)]
        parts = ["any policy"] * holder.any_policy + ["unbounded"] * holder.unbounded
        parts += [f"in {self._name(group)}" for group in sorted(holder.groups - {shown})]
        parts += [f"{self._name(policy)} {number}" for policy, number in holder.versions]
        if shown:
            parts.insert(0, f"by {own.name}")
            own = Node(shown, GROUP, self._name(shown), own.account)
        elif self._graph.administrators.certain >> self.itself(actor) & 1:
            return self.itself(actor)
        return self._add(own._replace(state=", ".join(parts)), holder, actor.label, actor.row)

    def newcomer(self, account: str, holder: PrincipalState, shown: str = "") -> int:
        """The node of a principal that was only just made; ``shown`` is its group, if it has but
        that."""
        label = ROLE if ":role/" in holder.id else USER
        node = Node(holder.id, label, holder.id.rpartition("/")[2], account, NEW)
        if shown:
            node = Node(shown, GROUP, self._name(shown), account, "by a new user")
        return self._add(node, holder, label, len(self._estate.table(label)))

    def _add(self, node: Node, holder: PrincipalState, label: str, row: int) -> int:
        known = self._graph.number.get((node.id, node.state))
        if known is not None:
            return known
        number = self._graph.add(node)
        self._act(number, holder, label, row)
        return number

    def _act(self, number: int, holder: PrincipalState, label: str, row: int) -> None:
        node = self._graph.nodes[number]
        arn = parse_arn(holder.id)
        actor = Actor(number, holder, label, row, node.account, arn.partition if arn else "aws")
        self.actors[number] = actor
        administration = self._administers(holder)
        if administration.truth is False:
            self.fresh.append(actor)
            return
        self.reasons[number] = administration.reason
        self._graph.administrators |= exactly(1 << number).only_if(bool(administration.truth))
        if administration.truth is None:
            self.fresh.append(actor)

    def _number_all(self, label: str) -> None:
        self._first[label] = len(self._graph.nodes)
        for id_ in self._estate.table(label).ids:
            known = self._node(id_)
            account = known.get("account") or ""
            self._graph.add(Node(id_, label, known.get("name") or id_, account))

    def _node(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = self._estate.view.graph.nodes[id_]
        return found

    def _name(self, id_: str) -> str:
        return self._node(id_).get("name") or id_
