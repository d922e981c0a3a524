"""What differs between two values of a field: between two documents part by part."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple


class PartChange(NamedTuple):
    """A part of a document that is there no more, is new, or says something else."""

    path: str
    """Where it is: ``Statement[1].Action``. A place in a list is that of the old document, or of
    the new one if the part is new; empty stands for all of it."""
    old: Any
    """What was there; None if nothing was."""
    new: Any
    """What is there; None if nothing is."""


def part_changes(old: Any, new: Any) -> list[PartChange]:
    """The smallest parts in which two values differ. Texts that are JSON documents are compared as
    what they say, lists whatever their order."""
    return list(_changes("", parsed(old), parsed(new)))


def parsed(value: Any) -> Any:
    """A text that is a JSON object or array as what it says; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, keys of objects not among them."""
    ahead = [parsed(value)]
    while ahead:
        found = ahead.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            ahead += found.values()
        elif isinstance(found, list):
            ahead += found


def _changes(path: str, old: Any, new: Any) -> Iterator[PartChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            deeper = f"{path}.{name}" if path else name
            if name in old and name in new:
                yield from _changes(deeper, old[name], new[name])
            else:
                yield PartChange(deeper, old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(path, old, new)
    elif _said(old) != _said(new):
        yield PartChange(path, old, new)


def _list_changes(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[PartChange]:
    """What two lists do not share. An object that stands where another stood, or has its name, is
    that one with changes."""
    gone = _without(old, new)
    come = _without(new, old)
    for place, item in gone.items():
        if not isinstance(item, Mapping):
            yield PartChange(f"{path}[{place}]", item, None)
            continue
        other = _same(place, item, come)
        if other is None:
            yield PartChange(f"{path}[{place}]", item, None)
        else:
            yield from _changes(f"{path}[{place}]", item, come.pop(other))
    for place, item in come.items():
        yield PartChange(f"{path}[{place}]", None, item)


_NAMES = ("Sid", "sid", "id", "Id", "name", "Name")
"""What tells an object from the others of its list."""


def _same(place: int, item: Mapping[str, Any], others: Mapping[int, Any]) -> int | None:
    """The place of the object that is the same one as another list's."""
    named = [name for name in _NAMES if item.get(name)]
    for name in named:
        for other, candidate in others.items():
            if isinstance(candidate, Mapping) and candidate.get(name) == item[name]:
                return other
    counterpart = others.get(place)
    is_other = named or not isinstance(counterpart, Mapping) or any(map(counterpart.get, _NAMES))
    return None if is_other else place


def _without(items: Sequence[Any], others: Sequence[Any]) -> dict[int, Any]:
    """The items, by place, that another list does not have, each as often as it has it less."""
    left: dict[str, int] = {}
    for item in others:
        left[_said(item)] = left.get(_said(item), 0) + 1
    found = {}
    for place, item in enumerate(items):
        said = _said(item)
        if left.get(said):
            left[said] -= 1
        else:
            found[place] = item
    return found


def _said(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
