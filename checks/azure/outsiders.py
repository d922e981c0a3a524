"""Who may change what a workload runs from elsewhere, and has no right on the workload itself."""

from collections.abc import Iterable, Iterator
from functools import cache

from ...graph.attack.azure.vocabulary import techniques
from ...graph.sets import MaySet
from ..access import Access

OPEN = "depends on what could not be read or on a condition"
"""The end of a phrase about what is not known."""
SHARED_IDENTITY = "AzureUserAssignedIdentity"
"""The label of what several resources may run as."""


@cache
def controlling(label: str) -> tuple[frozenset[str], ...]:
    """The sets of actions of which each lets somebody change a resource of a label or run code on
    it."""
    return techniques().controlling(label)


def without(those: MaySet, others: MaySet) -> MaySet:
    """Those who are not among others."""
    return MaySet(those.certain & ~others.possible, those.possible & ~others.certain)


def outsiders(
    access: Access,
    choices: Iterable[Iterable[str]],
    on: str,
    workload: str,
    spared: Iterable[str] = (),
) -> MaySet:
    """Who may do all that one of some choices takes on a resource, and nothing that changes the
    workload; the workload's own identities, which are ``spared``, do not count."""
    label = access.view.get(workload, "label")
    found = without(
        access.who_may_any(choices, on), access.who_may_any(controlling(label), workload)
    )
    own = frozenset(spared)
    keep = sum(1 << number for number, id_ in enumerate(access.principals) if id_ not in own)
    return found.within(keep)


def open_words(access: Access, found: MaySet) -> Iterator[str]:
    """Who may be such a one, in a phrase, if it is not known whether anybody is."""
    if found.possible and not found.certain:
        yield f"whether {access.named(found.possible)} may do so {OPEN}"
