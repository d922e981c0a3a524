"""What Entra ID is asked: which users and service principals are allowed what by directory roles,
app roles and ownership, and who holds which app role."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .asking import Answered, Asking, Grounds, on_how_many

if TYPE_CHECKING:
    from ..graph.authorization.entra.environment import EntraState
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

_ACTION = re.compile(r"microsoft\.directory(/[A-Za-z0-9.]+){2,}", re.IGNORECASE)
_APP_ROLE = re.compile(r"[A-Z][A-Za-z0-9-]+(\.[A-Z][A-Za-z0-9-]+)+")
_TENANTS = "//graph.microsoft.com/tenants/"


class EntraAsking(Asking):
    """The permissions of a scan's tenants."""

    provider = "entra"
    example = "microsoft.directory/users/password/update"

    def __init__(self, snapshot: "Snapshot", context: Sequence[str]) -> None:
        from ..graph.authorization.entra.authorizer import EntraAuthorizer
        from ..graph.authorization.entra.environment import EntraEnvironment
        from ..graph.traversal import load_snapshot
        from ..graph.view import GraphView

        super().__init__(snapshot, context)
        own = [each for each in snapshot.labels if each.startswith("Entra")]
        graph = load_snapshot(snapshot, sorted(own))
        self.environment = EntraEnvironment(GraphView(graph, snapshot.reads), snapshot.reads)
        self.permissions = EntraAuthorizer(self.environment)

    @classmethod
    def action(cls, text: str) -> str | None:
        """``microsoft.directory/KIND/PROPERTY/TASK`` as role definitions name it, or an app role
        such as ``User.Read.All``."""
        return text if _ACTION.fullmatch(text) or _APP_ROLE.fullmatch(text) else None

    def principal(self, text: str) -> "EntraState":
        """A user or service principal: its full identity, object id, sign-in name or unique name.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.entra.environment import EntraState

        view = self.environment.view
        found = [
            id_
            for id_ in self.environment.principals
            if text.lower() in (id_.lower(), id_.rpartition("/")[2])
            or text in (view.name(id_), view.get(id_, "user_principal_name"))
        ]
        only = self.one_of(found, text)
        if only is None:
            raise self.no_principal(
                text, view, self.environment.principals, "user or service principal"
            )
        return EntraState(only)

    def resource(self, text: str) -> str:
        """An object of a tenant: its full identity, object id or unique name; `*` or `/` for the
        tenant.

        :raises UsageError: if there is none, or more than one.
        """
        view = self.environment.view
        if text in ("*", "/"):
            return self._tenant
        if text in view.graph:
            return text
        found = self._by_name.get(text, [])
        only = self.one_of(found, text)
        if only is None:
            raise self.no_resource(text, self._by_name, "an id nor the name of an object")
        return only

    def ask(self, principal: "EntraState", action: str, resource: str) -> Answered:
        """One answer."""
        from ..graph.authorization.entra.answer import decide

        return Answered(
            principal.id, resource, decide(self.permissions, principal, action, resource)
        )

    def anywhere(self, principal: "EntraState", action: str) -> Iterator[Answered]:
        """The answer for the tenant, and if that is not allowed, for an object where it is."""
        everything = self.ask(principal, action, self._tenant)
        best = everything
        if everything.answer.is_allowed is not True:
            for wanted in (True, None):
                found = next(self._where(principal, action, wanted), None)
                if found is not None and best.answer.is_allowed is False:
                    best = self.ask(principal, action, found)
        yield best

    def able(self, action: str, resource: str | None) -> Iterator[Answered]:
        """The answers for all who are allowed it, perhaps on conditions or once they activate a
        role."""
        from ..graph.authorization.entra.answer import Decision
        from ..graph.authorization.entra.environment import EntraState

        for id_ in self.environment.principals:
            answered = self.ask(EntraState(id_), action, resource or self._tenant)
            if answered.answer.decision is not Decision.IMPLICITLY_DENIED:
                yield answered

    def grounds(self, answer: Any) -> Grounds:
        """On what an answer rests."""
        from ..graph.authorization.entra.answer import explain

        return Grounds(explain(answer), "grant", answer.statements)

    def summary(self, principal: "EntraState", action: str) -> str:
        """On how many of the collected objects it is allowed."""
        truths = [truth for _, truth in self._truths(principal, action)]
        return on_how_many(truths)

    @property
    def gaps(self) -> "Sequence[Gap]":
        """What of roles, groups and owners could not be read."""
        return self.environment.gaps

    def _truths(self, principal: "EntraState", action: str) -> Iterator[tuple[str, bool | None]]:
        for label in sorted(self.environment.view.by_label):
            table = self.permissions.table(label)
            rows = self.permissions.allowed(principal, action, table)
            for row, id_ in enumerate(table.ids):
                yield id_, rows.holds(row)

    def _where(self, principal: "EntraState", action: str, wanted: bool | None) -> Iterator[str]:
        return (id_ for id_, truth in self._truths(principal, action) if truth is wanted)

    @cached_property
    def _tenant(self) -> str:
        """The tenant; the first one if there are several."""
        return next(iter(self.permissions.table("EntraTenant").ids), _TENANTS)

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        """The ids of objects by name and by object id."""
        view = self.environment.view
        found: dict[str, list[str]] = {}
        for label in view.by_label:
            for id_ in view.labelled(label):
                for name in dict.fromkeys((view.name(id_), view.get(id_, "object_id"))):
                    if name:
                        found.setdefault(name, []).append(id_)
        return found


ASKING = EntraAsking
