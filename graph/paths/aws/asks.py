"""What the engine asks of permissions, each question once for everybody who asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ...permissions.aws.decision import Answer
from ...permissions.aws.estate import Estate, Holder
from ...permissions.aws.sets import Permissions
from ...permissions.aws.tables import Table
from .rows import Rows

Context = tuple[tuple[str, str], ...]
"""Condition keys that a step fixes."""


ANYTHING = "{name}"
"""The template of whatever a policy may name."""


_REMEMBERED = 4096
"""How many answers are kept."""


class Actor(NamedTuple):
    """A principal in a state, as it takes steps."""

    number: int
    """Of its node."""
    holder: Holder
    label: str
    row: int
    """In the table of its label; behind the last one if it was only just made."""
    account: str
    partition: str


@dataclass
class Question:
    """On which resources of a table an action is allowed."""

    permissions: Permissions
    action: str
    table: Table
    context: Mapping[str, str]
    answers: list[Rows] = field(default_factory=list)
    """The different answers."""
    _numbers: dict[Rows, int] = field(default_factory=dict)
    _known: dict[Holder, int] = field(default_factory=dict)

    def of(self, holder: Holder) -> int:
        """The number of a holder's answer."""
        number = self._known.get(holder)
        if number is None:
            rows = Rows(*self.permissions.reach(holder, self.action, self.table, self.context))
            number = self._numbers.get(rows)
            if number is None:
                number = self._numbers[rows] = len(self.answers)
                self.answers.append(rows)
            self._known[holder] = number
        return number

    def rows(self, holder: Holder) -> Rows:
        """The rows that a holder may do it on."""
        return self.answers[self.of(holder)]


class Asks:
    """All questions about an estate."""

    def __init__(self, estate: Estate, permissions: Permissions) -> None:
        self.permissions = permissions
        self._estate = estate
        self._questions: dict[tuple[str, str, Context], Question] = {}
        # One principal's steps are told one after the other, and many rest on the same answers.
        self._decided = lru_cache(_REMEMBERED)(self._decide)
        self._exemplified = lru_cache(_REMEMBERED)(self._exemplify)

    @property
    def regions(self) -> Sequence[str]:
        """The regions in which something new may be made."""
        return self.permissions.regions

    def table(self, label: str) -> Table:
        """The collected resources of a label."""
        return self._estate.table(label)

    def question(self, action: str, label: str, context: Context = ()) -> Question:
        """The question on which resources of a label an action is allowed."""
        key = action, label, context
        if key not in self._questions:
            table = self._estate.table(label)
            self._questions[key] = Question(self.permissions, action, table, dict(context))
        return self._questions[key]

    def about(self, action: str, table: Table) -> Question:
        """The question on which rows of any table an action is allowed."""
        return Question(self.permissions, action, table, {})

    def decide(self, holder: Holder, action: str, arn: str, context: Context = ()) -> Answer:
        """Why a holder may do an action on one resource."""
        return self._decided(holder, action, arn, context)

    def _decide(self, holder: Holder, action: str, arn: str, context: Context) -> Answer:
        return self.permissions.decide(holder, action, arn, dict(context))

    def anew(
        self, holder: Holder, template: str, asked: Sequence[tuple[str, Context]]
    ) -> bool | None:
        """Whether all these actions are allowed on one and the same resource of a template."""
        return self.permissions.somewhere(holder, asked, template)

    def anywhere(self, holder: Holder, asked: Sequence[tuple[str, Context]]) -> bool | None:
        """Whether all these actions are allowed on one and the same resource of whatever kind."""
        return self.anew(holder, ANYTHING, asked)

    def example(self, holder: Holder, template: str, asked: Sequence[tuple[str, Context]]) -> str:
        """A resource of a template on which these actions are allowed."""
        return self._exemplified(holder, template, tuple(asked))

    def _exemplify(
        self, holder: Holder, template: str, asked: tuple[tuple[str, Context], ...]
    ) -> str:
        return self.permissions.example(holder, asked, template)
