"""Which properties of nodes a query can look at: those that it names, unless it asks for all that
there are."""

from collections.abc import Sequence
from itertools import pairwise

from .functions import FUNCTIONS
from .ordering import name_of
from .reading import Token

_BLIND = frozenset(
    """
    abs all any avg ceil coalesce collect contains count date datetime duration ends_with exists
    floor head label labels last left length list_contains list_has lower ltrim nodes none
    regexp_matches relationships rels replace right round rtrim single size split starts_with
    string_split substring sum tail timestamp tofloat tointeger tolower toupper trim type upper
    """.split()  # noqa: SIM905
)
"""Functions that give a node on as it is, or take none: its columns make no difference."""


def properties(found: Sequence[Token]) -> set[str] | None:
    """What may be properties: what follows a dot, and the keys of maps; None if it may be any."""
    if any(_sees_all(*each) for each in pairwise(found)):
        return None
    return {
        name_of(token)
        for before, token, after in zip(found, found[1:], [*found[2:], *found[:1]], strict=False)
        if before.value == "." or after.value == ":"
    } - {""}


def _sees_all(token: Token, after: Token) -> bool:
    """Whether columns are asked for that are not named, as functions and ``.*`` may do."""
    called = token.value.lower() if after.value == "(" else ""
    return (called in FUNCTIONS and called not in _BLIND) or (
        token.value == "." and after.value == "*"
    )
