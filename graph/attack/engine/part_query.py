"""Questions about a part of a resource, or about what it names: its objects, its script.

What a permission is asked on is a template over the resource's fields. ``{name}`` in it is picked
at will; of a URI counts what follows its scheme. Of a field that is a list each one counts.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from ...authorization.model import State
from ...authorization.resource_table import ResourceRow, ResourceTable
from ...sets import MaySet, members, number_set
from .permission_cache import PermissionCache, PermissionQuery
from .requirement import Context

_FIELD = re.compile(r"\{([a-z_]+)\}")
_NO_FIELDS = ("name", "partition")
_SCHEME = re.compile(r"^[a-z0-9]+://")


def fields_of(template: str) -> list[str]:
    """The fields of a resource that a template needs."""
    return [name for name in _FIELD.findall(template) if name not in _NO_FIELDS]


NameParts = Callable[[str, str, str], Iterable[ResourceRow]]
"""What stands for all that policies tell apart of a template with ``{name}``, for an action and the
label of the resources."""


@dataclass
class PartQuery:
    """On which resources of a table an action is allowed on a part of each, or what each names."""

    cache: PermissionCache
    query: PermissionQuery
    needs: Sequence[tuple[int, int]]
    """Resources, each time with the rows of the question's table any of which is enough for them:
    one for each of what a resource names, if it takes all of that."""
    unread: int
    """The resources of which it could not be read what it is asked on."""
    answers: dict[int, MaySet] = field(default_factory=dict)
    """The different answers, by number."""

    @cached_property
    def _by_row(self) -> Mapping[int, int]:
        """The resources that name what each row of the question's table is enough for."""
        found: dict[int, int] = {}
        for resources, rows in self.needs:
            for row in members(rows):
                found[row] = found.get(row, 0) | resources
        return found

    @cached_property
    def _several(self) -> Mapping[int, Sequence[int]]:
        """By resource that names more than one thing: the rows that are enough for each."""
        found: dict[int, list[int]] = {}
        for resources, rows in self.needs:
            for resource in members(resources):
                found.setdefault(resource, []).append(rows)
        return {resource: rows for resource, rows in found.items() if len(rows) > 1}

    @cached_property
    def _naming_several(self) -> int:
        return number_set(self._several)

    def of(self, state: State) -> int:
        """The number of a principal's answer."""
        known = self.query.of(state)
        may_be = bool(self.unread) and self._may_somewhere(state)
        number = 2 * known + may_be
        if number not in self.answers:
            certain, possible = map(self._met, self.query.answers[known])
            self.answers[number] = MaySet(certain, possible | (self.unread if may_be else 0))
        return number

    def _may_somewhere(self, state: State) -> bool:
        """Whether a principal may have the permission on anything at all: whom resources' own
        policies let in is not known of one that was not read."""
        if self.query.authorizer.has_own_policy("", self.query.action):
            return True
        asked = ((self.query.action, self.query.context),)
        return self.cache.allowed_anywhere(state, asked) is not False

    def _met(self, allowed: int) -> int:
        """The resources whose needs are all met if these rows are allowed."""
        met = 0
        for row in members(allowed):
            met |= self._by_row[row]
        for resource in members(met & self._naming_several):
            if not all(rows & allowed for rows in self._several[resource]):
                met &= ~(1 << resource)
        return met

    def allowed(self, state: State) -> MaySet:
        """The resources that a principal has the permission for."""
        return self.answers[self.of(state)]

    def example(self, state: State, resource: int) -> str:
        """On what a principal has the permission, of a resource; empty if that was not read."""
        answer = self.query.rows(state)
        for allowed in (answer.certain, answer.possible):
            for resources, rows in self.needs:
                if resources >> resource & 1 and rows & allowed:
                    return self.query.table.ids[next(members(rows & allowed))]
        return ""


class PartQueries:
    """The questions of an environment about parts, each once."""

    def __init__(
        self,
        cache: PermissionCache,
        fields: Mapping[str, Mapping[str, Any]],
        name: NameParts,
        partition: Callable[[str], str],
    ) -> None:
        """``fields`` are those of each resource; ``partition`` is that of its identity."""
        self._cache = cache
        self._fields = fields
        self._name = name
        self._partition = partition
        self._known: dict[tuple[str, str, str, Context, bool], PartQuery] = {}

    def query(
        self,
        action: str,
        label: str,
        template: str,
        context: Context = (),
        *,
        is_one_enough: bool = False,
    ) -> PartQuery:
        """The question on which resources of a label an action is allowed on a part: on each that
        a list names, or on one if that is enough."""
        key = action, label, template, context, is_one_enough
        if key not in self._known:
            self._known[key] = self._divide(*key)
        return self._known[key]

    def _divide(
        self, action: str, label: str, template: str, context: Context, is_one_enough: bool
    ) -> PartQuery:
        table = self._cache.table(label)
        if template == "{id}":
            needs = [(1 << row, 1 << row) for row in range(len(table))]
            return PartQuery(self._cache, self._cache.about(action, table, context), needs, 0)
        served: dict[str, int] = {}
        unread = 0
        for row, id_ in enumerate(table.ids):
            parts = self._filled(template, id_)
            if parts is None:
                unread |= 1 << row
            for part in parts or ():
                served[part] = served.get(part, 0) | 1 << row
        named = {part: list(self._name(part, action, label)) for part in served}
        asked = ResourceTable(chain.from_iterable(named.values()))
        needs = [
            (rows, number_set({asked.index[each.id] for each in named[part]}))
            for part, rows in served.items()
        ]
        if is_one_enough:
            needs = _joined(needs)
        return PartQuery(self._cache, self._cache.about(action, asked, context), needs, unread)

    def _filled(self, template: str, id_: str) -> Sequence[str] | None:
        """What a permission is asked on for one resource; nothing if it names nothing, None if a
        field that says so is unread."""
        fields = {**self._fields[id_], "id": id_, "partition": self._partition(id_)}
        filled = [template]
        for name in (*fields_of(template), "partition"):
            value = fields.get(name)
            if value is None:
                return None
            values = [str(each) for each in (value if isinstance(value, list) else [value])]
            filled = [
                text.replace(f"{{{name}}}", _SCHEME.sub("", each))
                for text in filled
                for each in values
                if each
            ]
        return filled


def _joined(needs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each resource all rows together, any of which is enough."""
    enough: dict[int, int] = {}
    for resources, rows in needs:
        for resource in members(resources):
            enough[resource] = enough.get(resource, 0) | rows
    return [(1 << resource, rows) for resource, rows in enough.items()]
