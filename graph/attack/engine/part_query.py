"""Questions about a part of a resource, or about what it names: its objects, its script.

What a permission is asked on is a template over the resource's fields. ``{name}`` in it is picked
at will; of a URI counts what follows its scheme.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...authorization.model import State
from ...authorization.resource_table import ResourceRow, ResourceTable
from ...sets import MaySet, members
from .permission_cache import PermissionCache, PermissionQuery
from .technique import Context

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

    query: PermissionQuery
    rows: Sequence[int]
    """The resources that each row of the question's table is a part of, or serves."""
    unread: int
    """The resources of which it could not be read what it is asked on."""
    answers: dict[int, MaySet] = field(default_factory=dict)
    """The different answers, by number."""

    def of(self, state: State) -> int:
        """The number of a principal's answer."""
        number = self.query.of(state)
        if number not in self.answers:
            answer = self.query.answers[number]
            certain = possible = 0
            for row in members(answer.possible):
                possible |= self.rows[row]
                if answer.certain >> row & 1:
                    certain |= self.rows[row]
            self.answers[number] = MaySet(certain, possible | self.unread)
        return number

    def allowed(self, state: State) -> MaySet:
        """The resources that a principal has the permission for."""
        return self.answers[self.of(state)]

    def example(self, state: State, resource: int) -> str:
        """On what a principal has the permission, of a resource; empty if that was not read."""
        answer = self.query.rows(state)
        for rows in (answer.certain, answer.possible):
            for row in members(rows):
                if self.rows[row] >> resource & 1:
                    return self.query.table.ids[row]
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
        self._known: dict[tuple[str, str, str, Context], PartQuery] = {}

    def query(self, action: str, label: str, template: str, context: Context = ()) -> PartQuery:
        """The question on which resources of a label an action is allowed on a part."""
        key = action, label, template, context
        if key not in self._known:
            self._known[key] = self._divide(*key)
        return self._known[key]

    def _divide(self, action: str, label: str, template: str, context: Context) -> PartQuery:
        table = self._cache.table(label)
        if template == "{id}":
            each = [1 << row for row in range(len(table))]
            return PartQuery(self._cache.about(action, table, context), each, 0)
        served: dict[str, int] = {}
        unread = 0
        for row, id_ in enumerate(table.ids):
            part = self._filled(template, id_)
            if part is None:
                unread |= 1 << row
            elif part:
                served[part] = served.get(part, 0) | 1 << row
        parts: dict[str, ResourceRow] = {}
        owned: dict[str, int] = {}
        for part, rows in served.items():
            for each_part in self._name(part, action, label):
                parts[each_part.id] = each_part
                owned[each_part.id] = owned.get(each_part.id, 0) | rows
        asked = ResourceTable(parts.values())
        query = self._cache.about(action, asked, context)
        return PartQuery(query, [owned[id_] for id_ in asked.ids], unread)

    def _filled(self, template: str, id_: str) -> str | None:
        """What a permission is asked on for one resource; empty if that names nothing, None if a
        field that says so is unread."""
        fields = {**self._fields[id_], "id": id_, "partition": self._partition(id_)}
        values = {name: fields.get(name) for name in (*fields_of(template), "partition")}
        if None in values.values():
            return None
        if "" in values.values():
            return ""
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", _SCHEME.sub("", str(value)))
        return template
