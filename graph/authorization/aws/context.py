"""What is known about the context of a request: its condition keys and their values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum


@dataclass(frozen=True, slots=True)
class Spellings:
    """One value of a condition key that may be written in several forms.

    Forms are those of :mod:`~clew.graph.authorization.claim_patterns`.
    """

    text: str
    """How it is written."""
    also: tuple[str, ...] = ()
    """Forms of how else it is written."""
    perhaps: tuple[str, ...] = ()
    """Forms of how it may be written instead."""


Values = tuple[str | Spellings, ...]
"""The values of a condition key; none means that the key is absent from the request."""


class Open(Enum):
    """A condition key whose values are not known."""

    UNKNOWN = "unknown"
    """Not even whether the key is there."""
    PRESENT = "present"
    """The key is there, with a value that nobody can know."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A condition key whose value is a time that is not known, but is none before this one."""

    seconds: Decimal
    """Since 1970."""

    @classmethod
    def of(cls, moment: datetime) -> "NotBefore":
        """Not before a moment."""
        return cls(Decimal(int(moment.timestamp())))


Known = Values | Open | NotBefore
"""What is known of a condition key."""


def is_open(values: Known) -> bool:
    """Whether it is not known, or not wholly, what the values of a key are."""
    return not isinstance(values, tuple) or any(isinstance(one, Spellings) for one in values)


class Context:
    """The condition keys of a request. Names of keys are case-insensitive.

    A key has values, is absent (an empty tuple), is a time from some moment on, or is open.
    """

    __slots__ = ("_complete", "_rest", "_values")

    def __init__(
        self,
        values: Mapping[str, Known] | None = None,
        *,
        rest: Values | Open = Open.UNKNOWN,
        complete: Iterable[str] = (),
    ) -> None:
        """``rest`` is what holds of all keys that are not given; ``complete`` names prefixes
        (``aws:PrincipalTag/``) whose keys are absent if they are not given."""
        self._values = {key.lower(): value for key, value in (values or {}).items()}
        self._rest = rest
        self._complete = tuple(prefix.lower() for prefix in complete)

    def get(self, key: str) -> Known:
        """What is known of a key, given in lower case."""
        known = self._values.get(key)
        if known is not None:
            return known
        if self._complete and key.startswith(self._complete):
            return ()
        return self._rest

    def over(self, facts: "Context") -> "Context":
        """This context, with the keys of another where this one does not give them. Where what is
        not given is absent, the other's open keys are too."""
        joined = Context(rest=self._rest, complete={*self._complete, *facts._complete})
        joined._values = {
            key: value
            for key, value in facts._values.items()
            if self._rest is Open.UNKNOWN or isinstance(value, tuple)
        }
        joined._values |= self._values
        return joined


UNKNOWN_CONTEXT = Context()
"""Nothing is known of any key."""
