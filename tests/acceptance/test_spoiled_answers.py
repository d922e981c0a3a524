"""An answer that is not as its cloud gives it is an error, never an empty listing: the answers of
each operation that a scan of the demo estate calls are cut short, emptied or filled with other
types, in all accounts and regions at once.

What is read then is held against what is read if the operation is denied: all that it says is said
then too, or undenied, and ``test_denied_operations.py`` looks at what that comes to. Where more is
lost than by a denial, as one answer of Resource Graph tells of several types, all of it is of
labels that are said to be incomplete, and what it comes to is judged. One change of each operation
is tried, in turn; if CLEW_TEST_EVERY_SPOILED_ANSWER is set all of them are, and what is read in
another way than if it is denied is judged.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest
from clew.collectors.registry import collectors, providers
from clew.collectors.scan import Collected
from support.comparing import violations
from support.denial import DeniableEstate, Operation, Spoiled, deniable_estate
from support.outcomes import Outcome, outcome_of
from support.spoiling import empty, half, no_object, without_members, wrongly_typed

SERVICES = sorted(
    {(each.provider, each.service) for one in providers() for each in collectors(one)}
)
CHANGES: Mapping[str, Callable[[bytes], bytes]] = {
    "half": half,
    "empty": empty,
    "without members": without_members,
    "no object": no_object,
    **{f"wrongly typed {seed}": wrongly_typed(seed) for seed in range(3)},
}
MAY_ANSWER_NOTHING = {
    "GetBucketLogging",
    "GetBucketNotificationConfiguration",
    "GetBucketVersioning",
    "ListQueueTags",
    "ListQueues",
    "networks.getEffectiveFirewalls",
    "regionNetworkFirewallPolicies.getEffectiveFirewalls",
}
"""An answer with nothing in it is what they answer where there is nothing."""
LISTS_NOTHING = re.compile(r"(?!assets\.)\w+(\.\w+)*\.(list|getIamPolicy)")
"""The methods of Google's APIs, other than compute, that leave out a list without items."""
EVERY = "CLEW_TEST_EVERY_SPOILED_ANSWER" in os.environ
WITHOUT_BODY = {"HeadBucket"}
OF_NO_FORM = {"GetBucketPolicy"}
"""What is answered is a document of its own: with other types it is another policy."""


class Undenied(NamedTuple):
    """The estate, and what is read and said of it if nothing is wrong."""

    estate: DeniableEstate
    collected: Collected
    outcome: Callable[[], Outcome]


@pytest.fixture(scope="module")
def unspoiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undenied]:
    kept: list[Outcome] = []

    def outcome() -> Outcome:
        if not kept:
            with estate.read() as reading:
                kept.append(outcome_of(reading, estate.scope))
        return kept[0]

    folder = tmp_path_factory.mktemp("spoiled")
    with deniable_estate(folder) as estate:
        with estate.read() as reading:
            collected = reading.collected
        yield Undenied(estate, collected, outcome)


@pytest.mark.parametrize(("provider", "service"), SERVICES)
def test_a_spoiled_answer_is_an_error_and_makes_nothing_safe(
    provider: str, service: str, unspoiled: Undenied
) -> None:
    estate, before, outcome = unspoiled
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    judged: list[tuple[tuple[object, ...], list[str]]] = []
    for number, operation in enumerate(estate.operations):
        if operation[:2] != (provider, service) or operation.name in WITHOUT_BODY:
            continue
        with estate.read(operation) as denied:
            pass
        for name in _changes(operation, number):
            with estate.read(spoiled=Spoiled(operation, CHANGES[name])) as spoiled:
                read = spoiled.collected
                found = [*_misread(operation, before, denied.collected, read)]
                loses_more = bool(_lost(before, read) - _lost(before, denied.collected))
                differs = _resources(read) != _resources(denied.collected)
                if found or loses_more or (EVERY and differs):
                    now = (_resources(read), _incomplete(read), _failed(read))
                    said = next((said for same, said in judged if same == now), None)
                    if said is None:
                        after = outcome_of(spoiled, estate.scope, outcome())
                        said = [f"{one.kind}: {one.about}" for one in violations(outcome(), after)]
                        judged.append((now, said))
                    found += said
            tried[name] += 1
            wrong += [f"{operation}, {name}: {each}" for each in found]
    print(f"answers of {provider} {service} spoiled: {dict(tried)}")
    assert not wrong, "\n".join(wrong)


def _changes(operation: Operation, number: int) -> list[str]:
    """The names of the changes that are tried of an operation."""
    fitting = [
        name
        for name, change in CHANGES.items()
        if not (change is without_members and _may_answer_nothing(operation))
        and not (name.startswith("wrongly") and operation.name in OF_NO_FORM)
    ]
    return fitting if EVERY else [fitting[number % len(fitting)]]


def _may_answer_nothing(operation: Operation) -> bool:
    of_google = operation.provider == "gcp" and operation.service != "compute"
    return operation.name in MAY_ANSWER_NOTHING or (
        of_google and LISTS_NOTHING.fullmatch(operation.name) is not None
    )


def _resources(collected: Collected) -> dict[tuple[str, str], dict[str, object]]:
    return {(each.label, each.id): vars(each) for each in collected.resources}


def _misread(
    operation: Operation, before: Collected, denied: Collected, spoiled: Collected
) -> Iterator[str]:
    """What a scan read that is neither what it reads nor what it would read if the operation were
    denied; and what it lost without an error."""
    old, less, new = map(_resources, (before, denied, spoiled))
    was, now = map(_incomplete, (before, spoiled))
    if new != old and not _failed(spoiled) - _failed(before):
        yield f"{operation} failed nowhere"
    yield from _lost_silently(before, denied, spoiled)
    for key, fields in new.items():
        known = [one[key] for one in (old, less) if key in one]
        if not known:
            yield f"{key} is new"
        for name, value in fields.items():
            if known and not any(value == each[name] for each in known):
                yield f"{key}.{name} is {value!r}"
    for place in was - now:
        yield f"{place} calls itself whole"


def _lost_silently(before: Collected, denied: Collected, spoiled: Collected) -> Iterator[str]:
    """The resources that are gone and whose label does not say that it is not whole, where a
    denial would make it say so, or would not lose them."""
    old = _resources(before)
    if_denied, now = map(_incomplete, (denied, spoiled))
    gone = _lost(before, spoiled)
    for key in gone - _lost(before, denied):
        if not any(place[:2] == (key[0], old[key]["account"]) for place in now):
            yield f"{key} is gone"
    for label, account in {(label, old[label, id_]["account"]) for label, id_ in gone}:
        here = {place for place in if_denied if place[:2] == (label, account)}
        if here and here.isdisjoint(now):
            yield f"{label} of {account} lost resources and calls itself whole"


def _lost(before: Collected, after: Collected) -> set[tuple[str, str]]:
    """The resources, by label and id, that are read no more."""
    return _resources(before).keys() - _resources(after).keys()


def _incomplete(collected: Collected) -> set[tuple[str, str, str]]:
    return {
        (read.label, read.account, read.region) for read in collected.reads if read.status != "ok"
    }


def _failed(collected: Collected) -> set[tuple[str, ...]]:
    """The calls that did not end well."""
    return {tuple(each[:5]) for each in collected.coverage if each.status != "ok"}
