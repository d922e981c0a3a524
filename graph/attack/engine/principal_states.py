"""The nodes of an attack graph for one provider: what an attacker can hold, and in which state.

A state is what an attacker has made of a principal: given any policy, freed of its boundary, put
into a group, only just created. Further steps are asked of the principal in that very state, under
all that still limits it. Nodes of states are made when a step leads to them.
"""

from collections.abc import Collection, Iterable
from typing import Any

from ...authorization.model import Administration, State
from ...sets import MaySet, exactly, number_set
from ..model import AttackGraph, Node
from ..provider import AttackProvider
from .permission_cache import Actor

Actions = Collection[str]
CREATED = "new"
"""The state of a principal that was only just created."""


class PrincipalStates:
    """Numbers the nodes and knows who acts behind them."""

    def __init__(self, provider: AttackProvider, graph: AttackGraph, labels: Iterable[str]) -> None:
        """``labels`` are those of resources that can be held."""
        self.actors: dict[int, Actor] = {}
        """Who acts, by the number of the node."""
        self.fresh: list[Actor] = []
        """Those whose node is new since this list was last emptied."""
        self.administrators = exactly(0)
        """The nodes of this provider's administrators."""
        self._provider = provider
        self._graph = graph
        self._table = provider.authorizer.table
        self._nodes = provider.view.graph.nodes
        self._account_label = provider.vocabulary.account
        self._own = 0
        self._settled = 0
        self._first: dict[str, int] = {}
        self._accounts: dict[str, int] = {}
        for label in provider.vocabulary.principals:
            self._number_all(label)
            for row, id_ in enumerate(self._table(label).ids):
                self._act(self._first[label] + row, provider.state(id_), label, row)
        graph.principals |= number_set(
            number for number, actor in self.actors.items() if provider.may_start(actor.state)
        )
        vocabulary = provider.vocabulary
        known = {*vocabulary.principals, *vocabulary.groups, vocabulary.account}
        for label in sorted({*labels} - known):
            self._number_all(label)

    def owns(self, number: int) -> bool:
        """Whether a node is a resource or an account of this provider's, and no principal, who may
        be one of several."""
        return bool(self._own >> number & 1)

    def plain(self, label: str, rows: int) -> int:
        """The nodes of rows of a label's table, just as they are."""
        return rows << self._first[label]

    def plain_node(self, label: str, row: int) -> Node:
        """The node of one row, just as it is."""
        return self._graph.nodes[self._first[label] + row]

    def plain_set(self, label: str, rows: MaySet) -> MaySet:
        """The same of rows that are certain or only possible."""
        return MaySet(self.plain(label, rows.certain), self.plain(label, rows.possible))

    def administration(self, number: int) -> Administration:
        """Whether the principal behind a node administers its account, and why."""
        return self._provider.administration(self.actors[number].state)

    def place(self, number: int) -> tuple[str, int]:
        """The label and row of a node."""
        node = self._graph.nodes[number]
        return node.label, self._table(node.label).index[node.id]

    def of_row(self, label: str, row: int) -> Actor:
        """A principal just as it is."""
        return self.actors[self._first[label] + row]

    def itself(self, actor: Actor) -> int:
        """The node of an actor's principal just as it is."""
        return self._first[actor.label] + actor.row

    def account(self, id_: str) -> int:
        """The node of an account, for those who administer it."""
        if id_ not in self._accounts:
            known = self._nodes.get(id_, {})
            label = known.get("label") or self._account_label
            node = Node(id_, label, known.get("name") or id_, id_)
            self._accounts[id_] = self._graph.add(node)
            self._own |= 1 << self._accounts[id_]
        return self._accounts[id_]

    def owner(self, account: str, limited_to: Actions = ()) -> int | None:
        """The node of an account's owner; see :meth:`limited`."""
        vocabulary = self._provider.vocabulary
        node = self._graph.nodes[self.account(account)]._replace(state=vocabulary.owner)
        state = self._provider.owner(account)
        behind = len(self._table(vocabulary.account))
        return self._hold(node, state, vocabulary.account, behind, limited_to)

    def limited(self, label: str, row: int, limited_to: Actions) -> int | None:
        """The node of a principal as whom only some actions can be done; None if it can do none of
        them."""
        actor = self.of_row(label, row)
        return self._hold(self.plain_node(label, row), actor.state, label, row, limited_to)

    def changed(
        self, actor: Actor, state: State, shown: str = "", limited_to: Actions = ()
    ) -> int | None:
        """The node of an actor's principal in another state; None if it differs in nothing.

        ``shown`` is the group by which it came into the state, empty if by none: it is then shown
        as that group. See :meth:`limited`, too.
        """
        if not self._provider.differs(actor.state, state):
            return None
        own = self._graph.nodes[self.itself(actor)]
        words = self._provider.describe(state, shown)
        if shown:
            words = ", ".join(filter(None, (f"by {own.name}", words)))
            own = self._shown(shown, own.account)
        elif not limited_to and self._settled >> self.itself(actor) & 1:
            return self.itself(actor)
        return self._hold(own._replace(state=words), state, actor.label, actor.row, limited_to)

    def created(self, account: str, label: str, state: State, shown: str = "") -> int:
        """The node of a principal that was only just created; ``shown`` is its group, if it has
        but that."""
        words = self._provider.describe(state, shown)
        if shown:
            words = ", ".join(filter(None, ("by a new user", words)))
            node = self._shown(shown, account)._replace(state=words)
        else:
            words = ", ".join(filter(None, (CREATED, words)))
            node = Node(state.id, label, state.id.rpartition("/")[2], account, words)
        return self._add(node, state, label, len(self._table(label)))

    def _shown(self, group: str, account: str) -> Node:
        known: dict[str, Any] = self._nodes[group]
        return Node(group, known["label"], known.get("name") or group, account)

    def _hold(
        self, node: Node, state: State, label: str, row: int, limited_to: Actions
    ) -> int | None:
        """The node of a principal in a state, as whom only some actions can be done if there are
        any."""
        if not limited_to:
            return self._add(node, state, label, row)
        limited = self._provider.limited(state, limited_to)
        if limited is None:
            return None
        words = f"limited to {', '.join(sorted(limited_to))}"
        node = node._replace(state=", ".join(filter(None, (node.state, words))))
        number = self._add(node, limited, label, row)
        self._graph.limited |= 1 << number
        return number

    def _add(self, node: Node, state: State, label: str, row: int) -> int:
        known = self._graph.number.get((node.id, node.state))
        if known is not None:
            return known
        number = self._graph.add(node)
        self._act(number, state, label, row)
        return number

    def _act(self, number: int, state: State, label: str, row: int) -> None:
        node = self._graph.nodes[number]
        partition = self._provider.partition(state.id)
        actor = Actor(number, state, label, row, node.account, partition, not node.state)
        self.actors[number] = actor
        administration = self._provider.administration(state)
        is_settled = administration.truth is True and not administration.may_gain_more
        if not is_settled:
            self.fresh.append(actor)
            self._graph.unsettled |= 1 << number
        if administration.truth is False:
            return
        self._graph.reasons[number] = administration.reason
        found = exactly(1 << number).only_if(administration.truth is True)
        self.administrators |= found
        self._graph.administrators |= found
        if is_settled:
            self._settled |= 1 << number

    def _number_all(self, label: str) -> None:
        """Numbers the nodes of a label, one after the other, unless another provider did."""
        table = self._table(label)
        ids, is_acting = table.ids, label in self._provider.vocabulary.principals
        first = self._graph.number.get((ids[0], ""), len(self._graph.nodes)) if ids else 0
        self._first[label] = first
        if not is_acting:
            self._own |= ((1 << len(ids)) - 1) << first
        for id_, row in zip(ids, table.rows, strict=True):
            known: dict[str, Any] = self._nodes[id_]
            account = (is_acting and row.account) or known.get("account") or ""
            self._graph.add(Node(id_, label, known.get("name") or id_, account))
