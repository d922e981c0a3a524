"""What Google Cloud is asked: which users, service accounts and identities of pools are allowed
what by roles."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .asking import Answered, Asking, Grounds, ids_by_name, on_how_many

if TYPE_CHECKING:
    from ..graph.authorization.gcp.environment import PrincipalState
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

_EVERYTHING = ("*", "/")
"""How all that was scanned is called."""
_CLOUD = ("GCP", "GKE")
"""What the labels of Google Cloud begin with."""


class GCPAsking(Asking):
    """The permissions of a scan's Google Cloud projects."""

    provider = "gcp"
    example = "storage.objects.get"

    def __init__(self, snapshot: "Snapshot", context: Sequence[str]) -> None:
        from ..graph.authorization.gcp.authorizer import GCPAuthorizer
        from ..graph.authorization.gcp.environment import GCPEnvironment
        from ..graph.traversal import load_snapshot
        from ..graph.view import GraphView

        super().__init__(snapshot, context)
        own = (each for each in snapshot.labels if each.startswith(_CLOUD))
        graph = load_snapshot(snapshot, sorted(own))
        self.environment = GCPEnvironment(GraphView(graph, snapshot.reads), snapshot.reads)
        self.permissions = GCPAuthorizer(self.environment)

    @classmethod
    def action(cls, text: str) -> str | None:
        """``SERVICE.RESOURCE.VERB``, or ``SERVICE.googleapis.com/RESOURCE.VERB``."""
        from ..graph.authorization.gcp.permissions import is_permission, permission

        return permission(text) if is_permission(text) else None

    def principal(self, text: str) -> "PrincipalState":
        """A principal: its full identity, as bindings name it, its address or its unique name.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.gcp.environment import PrincipalState
        from ..graph.authorization.gcp.members import member

        view, asked = self.environment.view, member(text)
        found = [
            id_
            for id_ in self.environment.principals
            if asked in (id_, member(id_)) or text in (view.name(id_), view.get(id_, "email"))
        ]
        only = self.one_of(found, text)
        if only is None:
            raise self.no_principal(
                text, view, self.environment.principals, "user or service account"
            )
        return PrincipalState(only)

    def resource(self, text: str) -> str:
        """A resource: its full name, its unique name, or `*` for everything.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.gcp.scopes import TREE

        if text in _EVERYTHING:
            return self._everything
        if text.startswith("//"):
            return text
        if text.startswith(("projects/", "folders/", "organizations/")) and text.count("/") == 1:
            return TREE + text
        found = self._by_name.get(text, [])
        only = self.one_of(found, text)
        if only is None:
            raise self.no_resource(
                text, self._by_name, "a full resource name nor the name of a resource"
            )
        return only

    def ask(self, principal: "PrincipalState", action: str, resource: str) -> Answered:
        """One answer."""
        answer = self.permissions.decide(principal, action, resource, self.context)
        return Answered(principal.id, resource, answer)

    def anywhere(self, principal: "PrincipalState", action: str) -> Iterator[Answered]:
        """The answer for everything, and if that is not allowed, for a scope where it is."""
        everything = self.ask(principal, action, self._everything)
        yield everything
        if everything.answer.is_allowed is not True:
            best = self.permissions.example(principal, [(action, self.context)], "{name}")
            if best.startswith("//"):
                some = self.ask(principal, action, best)
                if some.answer.is_allowed not in (False, everything.answer.is_allowed):
                    yield some

    def able(self, action: str, resource: str | None) -> Iterator[Answered]:
        """The answers for all who are allowed it, perhaps on conditions."""
        from ..graph.authorization.gcp.environment import PrincipalState

        for id_ in self.environment.principals:
            answered = self.ask(PrincipalState(id_), action, resource or self._everything)
            if answered.answer.is_allowed is not False:
                yield answered

    def grounds(self, answer: Any) -> Grounds:
        """On what an answer rests."""
        from ..graph.authorization.gcp.decision import explain

        return Grounds(
            explain(answer), answer.decided_by.value, answer.statements, answer.conditions
        )

    def summary(self, principal: "PrincipalState", action: str) -> str:
        """On how many of the collected resources it is allowed."""
        truths = [
            rows.holds(row)
            for label in sorted(self.environment.view.by_label)
            for table in [self.permissions.table(label)]
            for rows in [self.permissions.allowed(principal, action, table, self.context)]
            for row in range(len(table))
        ]
        return on_how_many(truths)

    @property
    def gaps(self) -> "Sequence[Gap]":
        """What of policies could not be read."""
        return self.environment.gaps

    @cached_property
    def _everything(self) -> str:
        """The organization, or the first project where there is none."""
        tops = (self.permissions.table(each).ids for each in ("GCPOrganization", "GCPProject"))
        return next((id_ for ids in tops for id_ in ids), "//")

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        view = self.environment.view
        return ids_by_name(view, view.by_label)


ASKING = GCPAsking
