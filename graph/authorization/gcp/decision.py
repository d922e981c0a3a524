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
    """No role allows it."""
    EXPLICITLY_DENIED = "EXPLICITLY_DENIED"
    """A deny policy or a principal access boundary stops it."""
    CONDITIONAL = "CONDITIONAL"
    """It is allowed if a condition holds, if it comes from where a perimeter lets it in, or if
    nothing that was not read stops it."""
    UNKNOWN = "UNKNOWN"
    """Nothing that was read allows it, but what was not read may."""


class DecidedBy(StrEnum):
    """What granted a request, stopped it, or leaves it open."""

    ROLE = "role"
    DENY = "deny policy"
    BOUNDARY = "principal access boundary"
    PERIMETER = "service perimeter"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, and on what that rests."""

    decision: Decision
    decided_by: DecidedBy = DecidedBy.ROLE
    statements: tuple[PolicyStatement, ...] = ()
    """The bindings, deny policies and boundaries that decided."""
    conditions: tuple[str, ...] = ()
    """The conditions that would settle it, as they are written."""
    unread: tuple[str, ...] = ()
    """What else would settle it, in words."""

    @property
    def is_allowed(self) -> Truth:
        """Whether the request may be done; None if that hangs on something."""
        if self.decision in (Decision.CONDITIONAL, Decision.UNKNOWN):
            return None
        return self.decision is Decision.ALLOWED


def explain(answer: Answer) -> str:
    """An answer in words."""
    named = _and([each.sid or each.policy for each in answer.statements])
    conditions, unread = "; ".join(answer.conditions), "; ".join(answer.unread)
    match answer.decision:
        case Decision.ALLOWED:
            return f"allowed by {answer.decided_by} {named}"
        case Decision.EXPLICITLY_DENIED:
            return f"denied by {answer.decided_by} {named}"
        case Decision.CONDITIONAL:
            allowed = f"allowed by {answer.decided_by} {named}"
            met = f"if: {conditions}" if conditions else ""
            return f"{', '.join(filter(None, (allowed, met)))}{unread and f'; {unread}'}"
        case Decision.UNKNOWN:
            return f"not known: {'; '.join(filter(None, (conditions, unread)))}"
        case Decision.IMPLICITLY_DENIED:
            return "no role allows it"


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
