"""What is decided of one request, and on what that rests."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...logic import Truth
from ..model import Explanation, PolicyStatement
from .authorizer import EntraAuthorizer
from .environment import EntraState


class Decision(StrEnum):
    """The answers to a request."""

    ALLOWED = "ALLOWED"
    IMPLICITLY_DENIED = "IMPLICITLY_DENIED"
    """Nothing allows it, or the principal cannot sign in."""
    CONDITIONAL = "CONDITIONAL"
    """Something allows it if what could not be read is so, or somebody helps."""
    UNKNOWN = "UNKNOWN"
    """Nothing that was read allows it, but what was not read may."""
    ELIGIBLE = "ELIGIBLE"
    """It is allowed once a role, or a group, is activated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and on what that rests."""

    decision: Decision
    statements: tuple[PolicyStatement, ...] = ()
    """The grants that decided, and the groups by which they are held."""
    unread: tuple[str, ...] = ()
    """What would settle it, in words."""

    @property
    def is_allowed(self) -> Truth:
        """Whether the request may be done; None if that hangs on something. What a role would
        allow that is not active is not allowed."""
        if self.decision in (Decision.CONDITIONAL, Decision.UNKNOWN):
            return None
        return self.decision is Decision.ALLOWED


def decide(authorizer: EntraAuthorizer, who: EntraState, action: str, resource: str) -> Answer:
    """Whether a principal may do an action on one object, or could once it activates what it is
    eligible for."""
    found = authorizer.explain(who, action, resource)
    if found.truth:
        return Answer(Decision.ALLOWED, found.statements)
    if found.truth is None:
        decision = Decision.CONDITIONAL if found.statements else Decision.UNKNOWN
        return Answer(decision, found.statements, found.conditions)
    activated = _activating(authorizer, who, action, resource)
    if activated is None:
        return Answer(Decision.IMPLICITLY_DENIED)
    return Answer(Decision.ELIGIBLE, activated.statements, activated.conditions)


def _activating(
    authorizer: EntraAuthorizer, who: EntraState, action: str, resource: str
) -> Explanation | None:
    """What is allowed once all is activated that a principal is eligible for; None if nothing
    more is."""
    environment = authorizer.environment
    holders = (who.id, *environment.groups_of(who.id, who.groups))
    eligible = frozenset(
        each for holder in holders for each in environment.eligible.get(holder, ())
    )
    if not eligible:
        return None
    found = authorizer.explain(who._replace(activated=eligible), action, resource)
    return None if found.truth is False else found


def explain(answer: Answer) -> str:
    """An answer in words."""
    named = _joined(sorted({each.sid for each in answer.statements if each.sid}))
    open_ = "; ".join(answer.unread)
    match answer.decision:
        case Decision.ALLOWED:
            return f"allowed by {named}" if named else "allowed"
        case Decision.CONDITIONAL:
            return f"allowed by {named}, if: {open_}"
        case Decision.UNKNOWN:
            return f"not known: {open_}"
        case Decision.ELIGIBLE:
            return f"allowed once {named} is activated" + (f", if: {open_}" if open_ else "")
        case Decision.IMPLICITLY_DENIED:
            return "no role, app role or ownership allows it"


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
