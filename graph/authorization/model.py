"""Who may do what, in the same words for every cloud.

An authorizer answers for many resources at a time: see :class:`~clew.graph.sets.MaySet`.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ..logic import Truth
from ..model import ListingStatus
from ..sets import MaySet
from ..view import GraphView
from .resource_table import ResourceTable


class State(Hashable, Protocol):
    """A principal as it is, or as it would be once something was changed."""

    @property
    def id(self) -> str:
        """Full identity of the principal."""


Given = Sequence[tuple[str, Any]] | Mapping[str, Any]
"""What is known of a request besides who asks for what: condition keys with their values."""

Asked = Sequence[tuple[str, Given]]
"""Actions, each with what is given of its request."""


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """A statement of a policy that an answer rests on."""

    policy: str
    """Id of the policy; of the resource, if it is the resource's own policy."""
    index: int
    """Place in the policy, from 0."""
    sid: str
    effect: str

    @property
    def called(self) -> str:
        """What it is called within its policy: its Sid, or else its place from 1."""
        return self.sid or str(self.index + 1)

    @property
    def reference(self) -> str:
        """``POLICY#SID``, or ``POLICY#1`` of the first that has no Sid."""
        return f"{self.policy}#{self.called}"


class Explanation(NamedTuple):
    """Whether something is allowed, and on what that rests."""

    truth: Truth
    conditions: tuple[str, ...] = ()
    """What would settle it, if it is not known."""
    statements: tuple[PolicyStatement, ...] = ()


class Administration(NamedTuple):
    """Whether a principal administers its account, and why."""

    truth: Truth
    reason: str = ""
    """In words."""
    explanation: Explanation = Explanation(None)
    may_gain_more: bool = False
    """What it administers is not all that it may come to, so that further steps count."""


class Authorizer(Protocol):
    """Decides for one cloud who may do what.

    Templates of identities hold ``{name}`` for what the caller picks and ``{id}`` for what the
    cloud picks; ``{name}`` alone stands for any resource whatever.
    """

    @property
    def principals(self) -> Sequence[str]:
        """The ids of the collected principals."""

    @property
    def places(self) -> Sequence[str]:
        """The regions in which something new may be made."""

    @property
    def unread(self) -> Sequence[str]:
        """What could not be read and is said once, in sentences, instead of with every answer."""

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label."""

    def allowed(self, who: Any, action: str, on: ResourceTable, given: Given = ()) -> MaySet:
        """On which rows of a table a principal may do an action."""

    def allowed_on_new(self, who: Any, asked: Asked, template: str) -> Truth:
        """Whether all of some actions are allowed on one and the same resource of a template."""

    def example(self, who: Any, asked: Asked, template: str) -> str:
        """A resource of a template that shows what :meth:`allowed_on_new` answers."""

    def explain(self, who: Any, action: str, resource: str, given: Given = ()) -> Explanation:
        """Whether a principal may do an action on one resource, and on what that rests."""

    def principals_with(self, action: str) -> int:
        """The principals some policy of whom may allow an action somewhere: bit *i* stands for
        ``principals[i]``. What resources' own policies allow is not looked at."""

    def has_own_policy(self, label: str, action: str) -> bool:
        """Whether resources of a label may have a policy of their own that allows an action."""


@dataclass(frozen=True, kw_only=True)
class AuthorizerType:
    """How a cloud's authorizer is made, and of what."""

    make: Callable[[GraphView, Sequence[ListingStatus]], Authorizer]
    """An authorizer of what a view holds, and of what was listed of that."""
    state: Callable[[str], State]
    """A principal just as it is, by its id."""
    may_act: Callable[[GraphView, str], bool]
    """Whether a principal can sign in at all."""
    reads: frozenset[str]
    """The labels that decide."""
    notices: frozenset[str]
    """Those of ``reads`` that only ever forbid: where they were not listed the answers themselves
    say that they are not certain."""
