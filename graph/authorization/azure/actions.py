"""Actions of Azure, and the patterns by which roles name them.

https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Self

DATA = "data:"
"""How an action on data is distinguished from one on the resource, whose name may look alike."""

_SPELLED_ALSO = {
    "microsoft.managedidentity/userassignedidentities/assign/action": (
        "microsoft.managedidentity/userassignedidentities/*/assign/action"
    )
}
"""What some roles call an action, other than its own name: with the identity's name in it."""
_OWN_NAME = {also: name for name, also in _SPELLED_ALSO.items()}
_FORM = re.compile(r"(data:)?[a-z0-9.-]+(/[a-z0-9.$*_-]+)+", re.IGNORECASE)


class Action(NamedTuple):
    """What is to be done: an operation on a resource, or on the data in it."""

    name: str
    """In lower case."""
    is_data: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """The action that a text names; one on data is marked as such: ``data:NAME``."""
        lowered = text.lower()
        name = lowered.removeprefix(DATA)
        return cls(_OWN_NAME.get(name, name), name != lowered)

    @property
    def verb(self) -> str:
        """Its last part: read, write, delete or action."""
        return self.name.rpartition("/")[2]


ACTIVATE = Action.of("Microsoft.Authorization/roleAssignmentScheduleRequests/write")
"""Asked of an eligible role it means to activate it, which its holder may."""


def is_action(text: str) -> bool:
    """Whether a text has the form of an action, whose last part has no dot."""
    provider, _, rest = text.partition("/")
    return bool(_FORM.fullmatch(text)) and "." in provider and "." not in rest.rpartition("/")[2]


@lru_cache(16384)
def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of a role names an action: ``*`` stands for any characters, slashes too,
    and case does not count."""
    regex = _regex(pattern.lower())
    also = _SPELLED_ALSO.get(name)
    return bool(regex.fullmatch(name)) or (also is not None and bool(regex.fullmatch(also)))


def any_matches(patterns: Iterable[str], name: str) -> bool:
    """Whether one of some patterns names an action."""
    return any(matches(pattern, name) for pattern in patterns)


@lru_cache(16384)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
