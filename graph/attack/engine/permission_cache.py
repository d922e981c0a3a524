"""What the engine asks of permissions, each question once for everybody who asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ...authorization.aws.authorizer import AWSAuthorizer
from ...authorization.aws.decision import Answer
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.resource_table import ResourceTable
from ...sets import MaySet

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
    holder: PrincipalState
    label: str
    row: int
    """In the table of its label; behind the last one if it was only just made."""
    account: str
    partition: str


@dataclass
class CachedQuery:
    """On which resources of a table an action is allowed."""

    permissions: AWSAuthorizer
    action: str
    table: ResourceTable
    context: Mapping[str, str]
    answers: list[MaySet] = field(default_factory=list)
    """The different answers."""
    _numbers: dict[MaySet, int] = field(default_factory=dict)
    _known: dict[PrincipalState, int] = field(default_factory=dict)

    def of(self, holder: PrincipalState) -> int:
        """The number of a holder's answer."""
        number = self._known.get(holder)
        if number is None:
            rows = MaySet(*self.permissions.allowed(holder, self.action, self.table, self.context))
            number = self._numbers.get(rows)
            if number is None:
                number = self._numbers[rows] = len(self.answers)
                self.answers.append(rows)
            self._known[holder] = number
        return number

    def rows(self, holder: PrincipalState) -> MaySet:
        """The rows that a holder may do it on."""
        return self.answers[self.of(holder)]


class PermissionCache:
    """All questions about an estate."""

    def __init__(self, estate: AWSEnvironment, permissions: AWSAuthorizer) -> None:
        self.permissions = permissions
        self._estate = estate
        self._questions: dict[tuple[str, str, Context], CachedQuery] = {}
        # One principal's steps are told one after the other, and many rest on the same answers.
        self._decided = lru_cache(_REMEMBERED)(self._decide)
        self._exemplified = lru_cache(_REMEMBERED)(self._exemplify)

    @property
    def regions(self) -> Sequence[str]:
        """The regions in which something new may be made."""
        return self.permissions.regions

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label."""
        return self._estate.table(label)

    def question(self, action: str, label: str, context: Context = ()) -> CachedQuery:
        """The question on which resources of a label an action is allowed."""
        key = action, label, context
        if key not in self._questions:
            table = self._estate.table(label)
            self._questions[key] = CachedQuery(self.permissions, action, table, dict(context))
        return self._questions[key]

    def about(self, action: str, table: ResourceTable) -> CachedQuery:
        """The question on which rows of any table an action is allowed."""
        return CachedQuery(self.permissions, action, table, {})

    def decide(
        self, holder: PrincipalState, action: str, arn: str, context: Context = ()
    ) -> Answer:
        """Why a holder may do an action on one resource."""
        return self._decided(holder, action, arn, context)

    def _decide(self, holder: PrincipalState, action: str, arn: str, context: Context) -> Answer:
        return self.permissions.decide(holder, action, arn, dict(context))

    def anew(
        self, holder: PrincipalState, template: str, asked: Sequence[tuple[str, Context]]
    ) -> bool | None:
        """Whether all these actions are allowed on one and the same resource of a template."""
        return self.permissions.allowed_on_new(holder, asked, template)

    def anywhere(self, holder: PrincipalState, asked: Sequence[tuple[str, Context]]) -> bool | None:
        """Whether all these actions are allowed on one and the same resource of whatever kind."""
        return self.anew(holder, ANYTHING, asked)

    def example(
        self, holder: PrincipalState, template: str, asked: Sequence[tuple[str, Context]]
    ) -> str:
        """A resource of a template on which these actions are allowed."""
        return self._exemplified(holder, template, tuple(asked))

    def _exemplify(
        self, holder: PrincipalState, template: str, asked: tuple[tuple[str, Context], ...]
    ) -> str:
        return self.permissions.example(holder, asked, template)
