"""What is decided of one request, and on what that rests."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...logic import Truth
from ..model import PolicyStatement


class Decision(StrEnum):
    """The answers to a request."""

    ALLOWED = "ALLOWED"
    IMPLICITLY_DENIED = "IMPLICITLY_DENIED"
    """Nothing allows it."""
    EXPLICITLY_DENIED = "EXPLICITLY_DENIED"
    """A deny assignment or a lock forbids it."""
    CONDITIONAL = "CONDITIONAL"
    """It is allowed if a condition holds, or if nothing that was not read forbids it."""
    UNKNOWN = "UNKNOWN"
    """Nothing that was read allows it, but what was not read may."""
    ELIGIBLE = "ELIGIBLE"
    """It is allowed once a role is activated that is not active now."""

    @classmethod
    def denials(cls) -> frozenset["Decision"]:
        """The answers that say no, whatever may be activated."""
        return frozenset((cls.IMPLICITLY_DENIED, cls.EXPLICITLY_DENIED))


class DecidedBy(StrEnum):
    """What granted a request, stopped it, or leaves it open."""

    ROLE = "role"
    ACCESS_POLICY = "access policy"
    DENY = "deny assignment"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and on what that rests."""

    decision: Decision
    decided_by: DecidedBy = DecidedBy.ROLE
    statements: tuple[PolicyStatement, ...] = ()
    """The assignments, policies and denials that decided."""
    conditions: tuple[str, ...] = ()
    """The conditions whose attributes would settle it, as they are written."""
    unread: tuple[str, ...] = ()
    """What else would settle it, in words."""

    @property
    def is_allowed(self) -> Truth:
        """Whether the request may be done; None if that hangs on something. What a role would
        allow that is not active is not allowed."""
        if self.decision in (Decision.CONDITIONAL, Decision.UNKNOWN):
            return None
        return self.decision is Decision.ALLOWED


def explain(answer: Answer) -> str:
    """An answer in words."""
    named = _and([each.sid or each.policy for each in answer.statements])
    open_ = "; ".join((*answer.conditions, *answer.unread))
    match answer.decision:
        case Decision.ALLOWED:
            return f"allowed by {answer.decided_by} {named}"
        case Decision.EXPLICITLY_DENIED:
            return f"denied by {answer.decided_by} {named}"
        case Decision.CONDITIONAL:
            return f"allowed by {answer.decided_by} {named}, if: {open_}"
        case Decision.UNKNOWN:
            return f"not known: {open_}"
        case Decision.ELIGIBLE:
            return f"allowed once role {named} is activated"
        case Decision.IMPLICITLY_DENIED:
            return "no role or access policy allows it"


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
