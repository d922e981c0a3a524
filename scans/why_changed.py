"""Why an answer changed between two scans: the changes among what it rests on."""

import json
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Protocol

from ..graph.difference import Change, Difference, EdgeChange, ResourceChange
from ..graph.document_changes import parsed, texts_in

_LONGEST = 300


class Reasons:
    """The changes between two scans, asked by what they are about."""

    def __init__(self, difference: Difference) -> None:
        self._difference = difference

    def about(self, ids: Iterable[str]) -> list[str]:
        """What changed of some resources, and between two of them; a sentence each."""
        wanted = dict.fromkeys(ids)
        found: dict[str, None] = {}
        for id_ in wanted:
            if change := self._difference.by_id.get(id_):
                found |= dict.fromkeys(resource_words(change))
        for id_ in wanted:
            for edge in self._difference.edges_by_end.get(id_, ()):
                if edge.source in wanted and edge.target in wanted:
                    found[edge_words(edge)] = None
        return list(found)

    def unread(self, ids: Iterable[str], change: Change) -> list[str]:
        """What one of the scans did not read of some resources; ``change`` says which scan."""
        found = []
        for id_ in dict.fromkeys(ids):
            resource = self._difference.by_id.get(id_)
            if resource and resource.change == change and resource.reason:
                found.append(f"{resource.name}: {resource.reason}.")
            elif resource:
                found += [
                    f"{field.name} of {resource.name} could not be read."
                    for field in resource.fields
                    if field.change == change
                ]
        return found

    def naming(self, permissions: Sequence[str], accounts: Iterable[str]) -> list[str]:
        """The changed parts of documents that name one of some permissions: those in some accounts,
        or where there are none, anywhere."""
        here = {*accounts}
        changes = [each for each in self._difference.resources if each.fields or each.row]
        for wanted in (
            [each for each in changes if each.account in here],
            [each for each in changes if each.account not in here],
        ):
            found = [words for each in wanted for words in _naming(each, permissions)]
            if found:
                return list(dict.fromkeys(found))
        return []

    def statement(self, policy: str, index: int, called: str) -> list[str]:
        """What became of a statement of a policy."""
        change = self._difference.by_id.get(policy)
        if change is None:
            return []
        if change.change in (Change.REMOVED, Change.ADDED):
            return resource_words(change)
        found = []
        for field in change.fields:
            parts = [part for part in field.parts if _place(part.path) == index]
            for part in parts:
                before, after = _words(part.old), _words(part.new)
                what = f"Statement {called} of {change.name}"
                if part.path.endswith("]") and part.new is None:
                    found.append(f"{what} was removed: {before}.")
                elif part.path.endswith("]") and part.old is None:
                    found.append(f"{what} was added: {after}.")
                else:
                    found.append(f"{what}: {_from_to(part.path, part.old, part.new)}.")
        return found


def _place(path: str) -> int | None:
    """The first place in a list that a path names."""
    _, bracket, rest = path.partition("[")
    number = rest.partition("]")[0]
    return int(number) if bracket and number.isdigit() else None


def resource_words(change: ResourceChange) -> list[str]:
    """What became of a resource."""
    called = f"{change.name} ({change.label})"
    match change.change:
        case Change.REMOVED:
            return [f"{called} is gone."]
        case Change.ADDED:
            return [f"{called} is new."]
        case _ if change.reason:
            return [f"{called}: {change.reason}."]
    return [f"{called}: {words}." for field in change.fields for words in field_words(field)]


def edge_words(change: EdgeChange) -> str:
    """What became of an edge."""
    arrow = f"{change.source} -{change.type}-> {change.target}"
    match change.change:
        case Change.REMOVED:
            return f"The edge {arrow} is gone."
        case Change.ADDED:
            return f"The edge {arrow} is new."
        case _ if change.reason:
            return f"The edge {arrow}: {change.reason}."
    words = (each for field in change.fields for each in field_words(field))
    return f"The edge {arrow}: {'; '.join(words)}."


class _Part(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def old(self) -> Any: ...
    @property
    def new(self) -> Any: ...


class _Field(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def change(self) -> Change: ...
    @property
    def old(self) -> Any: ...
    @property
    def new(self) -> Any: ...
    @property
    def parts(self) -> Sequence[_Part]: ...


def field_words(field: _Field) -> Iterator[str]:
    """What became of a field."""
    match field.change:
        case Change.UNREAD:
            yield f"{field.name} could not be read any more"
        case Change.NEWLY_READ:
            yield f"{field.name} was not read before"
        case _ if field.parts:
            for part in field.parts:
                yield _from_to(f"{field.name} {part.path}".strip(), part.old, part.new)
        case _:
            yield _from_to(field.name, field.old, field.new)


def _from_to(what: str, old: Any, new: Any) -> str:
    if new is None:
        return f"{what} was removed: {_words(old)}"
    if old is None:
        return f"{what} was added: {_words(new)}"
    return f"{what} was {_words(old)}, is {_words(new)}"


def _words(value: Any) -> str:
    found = parsed(value)
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text or '""'


def _naming(change: ResourceChange, permissions: Sequence[str]) -> Iterator[str]:
    """The changes of a resource that name a permission."""
    if change.row is not None:
        documents = [value for value in change.row.values() if parsed(value) is not value]
        if any(_names(document, permissions) for document in documents):
            yield from resource_words(change)
        return
    for field in change.fields:
        for part in field.parts:
            if _names(part.new, permissions) or _names(part.old, permissions):
                what = f"{field.name} {part.path}".strip()
                yield f"{change.name} ({change.label}): {_from_to(what, part.old, part.new)}."


def _names(value: Any, permissions: Sequence[str]) -> bool:
    texts = {text.lower() for text in texts_in(value)}
    return any(fnmatchcase(each.lower(), text) for each in permissions for text in texts)
