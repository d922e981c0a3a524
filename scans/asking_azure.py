"""What Azure is asked: which users and service principals are allowed what by roles and access
policies."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .asking import Answered, Asking, Grounds, ids_by_name, on_how_many

if TYPE_CHECKING:
    from ..graph.authorization.azure.environment import PrincipalState
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

_EVERYTHING = ("*", "/")
"""How all of the scanned tenants is called."""
_OF_DIRECTORIES = "microsoft.directory"
"""The namespace of permissions of another kind, which have the same form."""


class AzureAsking(Asking):
    """The permissions of a scan's Azure subscriptions."""

    provider = "azure"
    example = "Microsoft.Compute/virtualMachines/start/action"

    def __init__(self, snapshot: "Snapshot", context: Sequence[str]) -> None:
        from ..graph.authorization.azure.authorizer import AzureAuthorizer
        from ..graph.authorization.azure.environment import LABELS, AzureEnvironment
        from ..graph.traversal import load_snapshot
        from ..graph.view import GraphView

        super().__init__(snapshot, context)
        own = (each for each in snapshot.labels if each.startswith("Azure") or each in LABELS)
        graph = load_snapshot(snapshot, sorted(own))
        view = GraphView(graph, snapshot.reads)
        self.environment = AzureEnvironment(view, snapshot.reads)
        self.permissions = AzureAuthorizer(self.environment)

    @classmethod
    def action(cls, text: str) -> str | None:
        """``PROVIDER/TYPE/VERB``, or ``data:PROVIDER/TYPE/VERB`` for one on data."""
        from ..graph.authorization.azure.actions import is_action

        is_of_directory = text.lower().startswith(_OF_DIRECTORIES)
        if is_of_directory or not is_action(text):
            return None
        if "*" in text and "/*/assign/action" not in text.lower():
            raise UsageError(
                f"'{text}' stands for many actions: ask for one, such as {cls.example}."
            )
        return text

    def principal(self, text: str) -> "PrincipalState":
        """A user or service principal: its full identity, object id, sign-in name or unique name.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.azure.environment import PrincipalState, object_id

        view = self.environment.view
        found = [
            id_
            for id_ in self.environment.principals
            if text.lower() in (id_.lower(), object_id(id_))
            or text in (view.name(id_), view.get(id_, "user_principal_name"))
        ]
        only = self.one_of(found, text)
        if only is None:
            raise self.no_principal(
                text, view, self.environment.principals, "user or service principal"
            )
        return PrincipalState(only)

    def resource(self, text: str) -> str:
        """A resource: its ARM id, its unique name, or `*` for everything.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.azure.scopes import top_of

        if text in _EVERYTHING:
            return self._everything
        if top_of(text.lower()):
            return text
        found = self._by_name.get(text, [])
        only = self.one_of(found, text)
        if only is None:
            raise self.no_resource(text, self._by_name, "an ARM id nor the name of a resource")
        return only

    def ask(self, principal: "PrincipalState", action: str, resource: str) -> Answered:
        """One answer."""
        answer = self.permissions.decide(principal, self._on(action), resource, self.context)
        return Answered(principal.id, resource, answer)

    def anywhere(self, principal: "PrincipalState", action: str) -> Iterator[Answered]:
        """The answer for everything, and if that is not allowed, for a scope where it is."""
        everything = self.ask(principal, action, self._everything)
        yield everything
        if everything.answer.is_allowed is not True:
            asked = [(self._on(action), self.context)]
            best = self.permissions.example(principal, asked, "{name}")
            some = self.ask(principal, action, best)
            if some.answer.is_allowed not in (False, everything.answer.is_allowed):
                yield some

    def able(self, action: str, resource: str | None) -> Iterator[Answered]:
        """The answers for all who are allowed it, perhaps on conditions or once they activate a
        role."""
        from ..graph.authorization.azure.decision import Decision
        from ..graph.authorization.azure.environment import PrincipalState

        for id_ in self.environment.principals:
            answered = self.ask(PrincipalState(id_), action, resource or self._everything)
            if answered.answer.decision not in Decision.denials():
                yield answered

    def grounds(self, answer: Any) -> Grounds:
        """On what an answer rests."""
        from ..graph.authorization.azure.decision import explain

        return Grounds(
            explain(answer), answer.decided_by.value, answer.statements, answer.conditions
        )

    def row(self, answered: Answered, action: str) -> dict[str, Any]:
        """An answer as JSON has it."""
        return super().row(answered, self._on(action))

    def summary(self, principal: "PrincipalState", action: str) -> str:
        """On how many of the collected resources it is allowed."""
        truths = [
            rows.holds(row)
            for label in sorted(self.environment.view.by_label)
            if label.startswith("Azure")
            for table in [self.permissions.table(label)]
            for rows in [self.permissions.allowed(principal, self._on(action), table, self.context)]
            for row in range(len(table))
        ]
        return on_how_many(truths)

    @property
    def gaps(self) -> "Sequence[Gap]":
        """What of roles could not be read."""
        return self.environment.gaps

    def _on(self, action: str) -> str:
        """An action, marked as one on data where a role names it so."""
        from ..graph.authorization.azure.actions import DATA, Action
        from ..graph.authorization.azure.roles import names_data

        asked = Action.of(action)
        if asked.is_data or not names_data(self._roles, asked.name):
            return action
        return DATA + action

    @cached_property
    def _roles(self) -> Sequence[str]:
        view = self.environment.view
        found = (view.get(id_, "permissions") for id_ in view.labelled("AzureRoleDefinition"))
        return [each for each in found if each]

    @cached_property
    def _everything(self) -> str:
        """The tenant; that of the first subscription if there are several."""
        return next(iter(self.permissions.table("AzureTenant").ids), "/tenants/")

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        view = self.environment.view
        return ids_by_name(view, (each for each in view.by_label if each.startswith("Azure")))


ASKING = AzureAsking
