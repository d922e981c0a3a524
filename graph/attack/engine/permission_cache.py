"""What the engine asks of an authorizer, each question once for everybody who asks it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from ...authorization.model import Authorizer, Explanation, State
from ...authorization.resource_table import ResourceRow, ResourceTable
from ...logic import Truth
from ...model import Internet
from ...sets import MaySet
from .requirement import Context

ANYTHING = "{name}"
"""The template of whatever a policy may name."""

_REMEMBERED = 4096
"""How many answers are kept."""


class Actor(NamedTuple):
    """A principal in a state, as it takes steps."""

    number: int
    """Of its node."""
    state: Any
    """See :class:`~clew.graph.authorization.model.State`."""
    label: str
    row: int
    """In the table of its label; behind the last one if it was only just created."""
    account: str
    partition: str
    is_plain: bool = False
    """It is just as it is."""


@dataclass
class PermissionQuery:
    """On which resources of a table an action is allowed."""

    authorizer: Authorizer
    action: str
    table: ResourceTable
    context: Context
    answers: list[MaySet] = field(default_factory=list)
    """The different answers."""
    _numbers: dict[MaySet, int] = field(default_factory=dict)
    _known: dict[State, int] = field(default_factory=dict)

    def of(self, state: State) -> int:
        """The number of a principal's answer."""
        number = self._known.get(state)
        if number is None:
            rows = self.authorizer.allowed(state, self.action, self.table, self.context)
            number = self._numbers.get(rows)
            if number is None:
                number = self._numbers[rows] = len(self.answers)
                self.answers.append(rows)
            self._known[state] = number
        return number

    def rows(self, state: State) -> MaySet:
        """The rows that a principal may do it on."""
        return self.answers[self.of(state)]


class PermissionCache:
    """All questions about an environment."""

    def __init__(self, authorizer: Authorizer, internet: Sequence[str] = ()) -> None:
        """``internet``: the id of the Internet, if the graph has it."""
        self.authorizer = authorizer
        self._internet = ResourceTable(map(ResourceRow, internet))
        self._queries: dict[tuple[str, str, Context], PermissionQuery] = {}
        # One principal's steps are explained one after the other; many rest on the same answers.
        self._explained = lru_cache(_REMEMBERED)(authorizer.explain)
        self._exemplified = lru_cache(_REMEMBERED)(authorizer.example)
        # What a step was found by is asked again when it is explained.
        self._allowed_on_new = lru_cache(16 * _REMEMBERED)(authorizer.allowed_on_new)

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label, or the Internet."""
        return self._internet if label == Internet.label else self.authorizer.table(label)

    @property
    def places(self) -> Sequence[str]:
        """The regions in which something new may be made."""
        return self.authorizer.places

    def query(self, action: str, label: str, context: Context = ()) -> PermissionQuery:
        """The question on which resources of a label an action is allowed."""
        key = action, label, context
        if key not in self._queries:
            self._queries[key] = self.about(action, self.table(label), context)
        return self._queries[key]

    def about(self, action: str, table: ResourceTable, context: Context = ()) -> PermissionQuery:
        """The question on which rows of any table an action is allowed."""
        return PermissionQuery(self.authorizer, action, table, context)

    def explain(self, state: State, action: str, id_: str, context: Context = ()) -> Explanation:
        """Why a principal may do an action on one resource."""
        return self._explained(state, action, id_, context)

    def allowed_on_new(
        self, state: State, template: str, asked: Sequence[tuple[str, Context]]
    ) -> Truth:
        """Whether all these actions are allowed on one and the same resource of a template."""
        return self._allowed_on_new(state, tuple(asked), template)

    def allowed_anywhere(self, state: State, asked: Sequence[tuple[str, Context]]) -> Truth:
        """Whether all these actions are allowed on one and the same resource of whatever kind."""
        return self.allowed_on_new(state, ANYTHING, asked)

    def example(self, state: State, template: str, asked: Sequence[tuple[str, Context]]) -> str:
        """A resource of a template on which these actions are allowed."""
        return self._exemplified(state, tuple(asked), template)
