"""By which names the policies of an environment tell the parts of resources apart."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from ...authorization.aws.context import UNKNOWN_CONTEXT, Context
from ...authorization.aws.environment import AWSEnvironment, PrincipalState
from ...authorization.aws.patterns import Piece, Wild
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.request import facts
from ...authorization.aws.sample_names import NAME, sample_names


class PartNames:
    """What stands for all parts of a resource that policies tell apart."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._known: dict[tuple[str, str], _Patterns] = {}

    def sample_names(self, template: str, action: str, label: str) -> list[str]:
        """ARNs of a template that stand for all that the policies of an environment tell apart."""
        if NAME not in template:
            return [template]
        before = template.partition(NAME)[0]
        fitting = {
            pieces: limits
            for pieces, limits in self._named(action, label).that_may_take(before)
            if limits or not _takes_all(pieces, before)
        }
        return sample_names(
            template, fitting, [pieces for pieces, limits in fitting.items() if limits]
        )

    def _named(self, action: str, label: str) -> "_Patterns":
        """The patterns of all policies that say something about an action, and whether they take
        away."""
        key = action, label
        if key not in self._known:
            found: dict[tuple[Piece, ...], bool] = {}
            for policy, limits, contexts in self._policies(label):
                for one in policy.about(action):
                    for pattern in one.resource_patterns or ():
                        for context in contexts if pattern.keys else contexts[:1]:
                            pieces = tuple(pattern.filled(context))
                            takes = limits or one.effect == "Deny" or one.is_not_resource
                            found[pieces] = takes or found.get(pieces, False)
            self._known[key] = _Patterns(found)
        return self._known[key]

    def _policies(self, label: str) -> Iterator[tuple[Policy, bool, Sequence[Context]]]:
        """All policies, whether they only limit, and whom their variables may stand for."""
        yield from self._of_principals
        for account in sorted(self._environment.scanned):
            over = self._environment.account(account)
            for level in (*over.scps, *over.rcps):
                for policy in level:
                    yield policy, True, (UNKNOWN_CONTEXT,)
        own = self._environment.view.own_policies.get(label)
        if own:
            for id_ in self._environment.view.labelled(label):
                document = self._environment.view.get(id_, own.name)
                if document:
                    yield compile_policy(document, id_), False, (UNKNOWN_CONTEXT,)

    @cached_property
    def _of_principals(self) -> list[tuple[Policy, bool, Sequence[Context]]]:
        holding: dict[tuple[Policy, bool], list[Context]] = {}
        for id_ in self._environment.principals:
            held = self._environment.held(PrincipalState(id_))
            context = facts(held.principal, since=self._environment.since)
            for policies, limits in ((held.identity, False), (held.boundaries, True)):
                for policy in policies:
                    holding.setdefault((policy, limits), []).append(context)
        return [(policy, limits, contexts) for (policy, limits), contexts in holding.items()]


class _Patterns:
    """Patterns, found by how they begin, and whether each takes away."""

    def __init__(self, named: Mapping[tuple[Piece, ...], bool]) -> None:
        self._named = list(named.items())
        self._places: dict[str, list[int]] = {}
        for place, pieces in enumerate(named):
            self._places.setdefault(_start(pieces), []).append(place)
        self._starts = sorted(self._places)

    def that_may_take(self, before: str) -> list[tuple[tuple[Piece, ...], bool]]:
        """Those that may take something that begins so, in their order."""
        shorter = (before[:length] for length in range(len(before)))
        first = bisect_left(self._starts, before)
        longer = self._starts[first : bisect_left(self._starts, before + _LAST, first)]
        starts = (*filter(self._places.__contains__, shorter), *longer)
        places = chain.from_iterable(map(self._places.__getitem__, starts))
        return [self._named[place] for place in sorted(places)]


_LAST = chr(0x10FFFF)
"""Sorts behind every character that an ARN has."""


def _start(pieces: tuple[Piece, ...]) -> str:
    """What all that a pattern takes begins with."""
    return pieces[0] if pieces and isinstance(pieces[0], str) else ""


def _takes_all(pieces: tuple[Piece, ...], before: str) -> bool:
    """Whether a pattern takes whatever begins so."""
    first, *rest = pieces or ("",)
    if isinstance(first, str):
        return before.startswith(first) and rest == [Wild.ANY]
    return first is Wild.ANY and not rest
