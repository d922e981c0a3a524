"""Whether a principal may do all that a role lets another do.

Actions are compared as patterns, so that it is known whatever actions there are: one covers another
if it names all that the other names. It does not if some name that the other names is not named: to
find one, each ``*`` is filled with what no list of types holds.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ...logic import Truth, all_of, any_of
from .actions import Action
from .authorizer import AzureAuthorizer
from .environment import Grant, PrincipalState
from .roles import RoleEntry, entries

_NO_TYPE = "none-such"
_VERBS = ("read", "write", "delete", "action")


class _Own(NamedTuple):
    """An entry of a role of the principal's own; None stands for one that was not read."""

    entry: RoleEntry | None
    holds: Truth
    """Whether the role is held where the other is, and under no condition."""


def covers(authorizer: AzureAuthorizer, who: PrincipalState, grant: Grant) -> Truth:
    """Whether a principal's own roles let it do all that a role lets another do, where that one
    holds it. What only several entries together may cover is not known."""
    if grant.permissions is None:
        return None
    held = [*_held(authorizer, who, grant)]
    return all_of(
        _covered(held, entry, pattern, is_data)
        for entry in entries(grant.permissions)
        for is_data, patterns in ((False, entry.actions), (True, entry.data_actions))
        for pattern in patterns
    )


def _held(authorizer: AzureAuthorizer, who: PrincipalState, other: Grant) -> Iterator[_Own]:
    tree = authorizer.environment.tree
    chain = frozenset(tree.chain(other.scope))
    for held in authorizer.held_by(who):
        own = held.grant
        if own.scope in chain or tree.may_lie_in(other.scope, own.scope):
            free = True if own.condition == "" else None
            holds = all_of((held.is_holder, own.scope in chain or None, free))
            if own.permissions is None:
                yield _Own(None, None)
            yield from (
                _Own(each, all_of((holds, not each.condition or None)))
                for each in entries(own.permissions or "")
            )


def _covered(held: list[_Own], other: RoleEntry, pattern: str, is_data: bool) -> Truth:
    """Whether all that a pattern of another role's entry names is covered by own entries."""
    for name in _names(held, other, pattern, is_data):
        action = Action(name, is_data)
        named = any_of(
            None if own.entry is None else own.entry.names(action) and own.holds for own in held
        )
        if named is False:
            return False
    return True if any(_is_sure(own, other, pattern, is_data) for own in held) else None


def _names(held: list[_Own], other: RoleEntry, pattern: str, is_data: bool) -> Iterator[str]:
    """Some actions that the pattern names and its own entry does not spare: such as no list of
    types holds, and such as own entries spare."""
    spared = (each for own in held if own.entry for each in _lists(own.entry, is_data)[1])
    for each in (pattern, *(one for one in spared if within(one, pattern))):
        filled = each.lower().replace("*", _NO_TYPE)
        ends = _VERBS if each.endswith("*") else ("",)
        for name in (f"{filled}/{end}" if end else filled for end in ends):
            if other.names(Action(name, is_data)):
                yield name


def _is_sure(own: _Own, other: RoleEntry, pattern: str, is_data: bool) -> bool:
    """Whether one own entry names all of it, for certain."""
    if own.entry is None or not own.holds:
        return False
    named, spared = _lists(own.entry, is_data)
    spared_too = _lists(other, is_data)[1]
    return _any_within(pattern, named) and all(
        _any_within(each, spared_too) for each in spared if overlap(each, pattern)
    )


def _lists(entry: RoleEntry, is_data: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an entry names of one kind of action, and what it spares of that."""
    if is_data:
        return entry.data_actions, entry.not_data_actions
    return entry.actions, entry.not_actions


def _any_within(pattern: str, others: Iterable[str]) -> bool:
    return any(within(pattern, each) for each in others)


@lru_cache(65536)
def within(pattern: str, other: str) -> bool:
    """Whether all that a pattern names another names too."""
    return _match(pattern.lower(), other.lower(), is_common=False)


@lru_cache(65536)
def overlap(pattern: str, other: str) -> bool:
    """Whether something is named by both of two patterns."""
    return _match(pattern.lower(), other.lower(), is_common=True)


def _match(first: str, second: str, *, is_common: bool) -> bool:
    """Goes over both patterns at once. In the first a ``*`` stands for itself, which only a ``*``
    of the second takes; or, to find something common, for any characters too."""

    @lru_cache(None)
    def fits(at: int, other: int) -> bool:
        if other == len(second):
            rest = first[at:]
            return not rest or (is_common and not rest.strip("*"))
        if second[other] == "*":
            return fits(at, other + 1) or (at < len(first) and fits(at + 1, other))
        if at == len(first):
            return False
        if first[at] == "*":
            return is_common and (fits(at + 1, other) or fits(at, other + 1))
        return first[at] == second[other] and fits(at + 1, other + 1)

    return fits(0, 0)
