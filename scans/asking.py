"""Questions about a scan's permissions: who may do what, and why.

Each cloud whose permissions are evaluated has a module ``asking_CLOUD`` with its ``ASKING``: what
its actions, principals and resources are called, and who answers. The action says which cloud is
asked.
"""

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from ..errors import UsageError
from ..graph.suggestions import nearest
from .places import is_scan

if TYPE_CHECKING:
    from ..graph.authorization.model import PolicyStatement
    from ..graph.logic import Truth
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot
    from ..graph.view import GraphView
    from .documents import PermissionAnswer


class Answer(Protocol):
    """What a cloud answers."""

    @property
    def is_allowed(self) -> "Truth":
        """Whether the request may be done; None if that hangs on something."""


class Grounds(NamedTuple):
    """On what an answer rests."""

    explanation: str
    decided_by: str
    statements: "Sequence[PolicyStatement]"
    open_keys: Sequence[str] = ()


class Answered(NamedTuple):
    """An answer and what it is about."""

    principal: str
    resource: str
    answer: Any
    """See :class:`Answer`."""


class Asking(ABC):
    """The permissions of one cloud in a scan."""

    provider: ClassVar[str]
    example: ClassVar[str]
    """An action."""

    def __init__(self, snapshot: "Snapshot", context: Sequence[str]) -> None:
        self.snapshot = snapshot
        self.context = context_of(context)
        self.notes: list[str] = []
        """What is to be said of what was asked, a sentence each."""

    @classmethod
    @abstractmethod
    def action(cls, text: str) -> str | None:
        """The action of this cloud that a text names, as the cloud spells it; None if it names
        none.

        :raises UsageError: if the text has the form of one, and there is none.
        """

    @classmethod
    def unchecked(cls, action: str) -> str:  # noqa: ARG003
        """That it was not checked whether there is an action, and why; empty if it was."""
        return ""

    @abstractmethod
    def principal(self, text: str) -> Any:
        """The principal that is meant, as a state.

        :raises UsageError: if there is none, or more than one.
        """

    @abstractmethod
    def resource(self, text: str) -> str:
        """The resource that is meant.

        :raises UsageError: if there is none.
        """

    @abstractmethod
    def ask(self, principal: Any, action: str, resource: str) -> Answered:
        """One answer."""

    @abstractmethod
    def anywhere(self, principal: Any, action: str) -> Iterator[Answered]:
        """Answers where no resource is named."""

    @abstractmethod
    def able(self, action: str, resource: str | None) -> Iterator[Answered]:
        """The answers for all principals that are allowed it, perhaps on conditions."""

    @abstractmethod
    def grounds(self, answer: Any) -> Grounds:
        """On what an answer rests."""

    def row(self, answered: Answered, action: str) -> dict[str, Any]:
        """An answer as JSON has it."""
        grounds = self.grounds(answered.answer)
        return {
            "principal": answered.principal,
            "action": action,
            "resource": answered.resource,
            "decision": answered.answer.decision.value,
            "decided_by": grounds.decided_by,
            "explanation": grounds.explanation,
            "statements": [asdict(one) for one in grounds.statements],
            "open_keys": list(grounds.open_keys),
            "unread": list(answered.answer.unread),
        }

    @abstractmethod
    def summary(self, principal: Any, action: str) -> str:
        """On how many of the collected resources a principal is allowed an action; empty if that
        cannot be said."""

    def lines(self, principal: Any, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """What else is said of an answer: a field and a value each."""
        yield from ()

    @property
    @abstractmethod
    def gaps(self) -> "Sequence[Gap]":
        """What the answers leave out."""

    @property
    def sentences(self) -> Sequence[str]:
        """The same in words, each thing once."""
        return [gap.message for gap in self.gaps]

    @property
    def others(self) -> list[str]:
        """The clouds in the scan whose permissions are not covered."""
        accounts = self.snapshot.scope.accounts
        return sorted(cloud for cloud, ids in accounts.items() if ids and cloud not in askings())

    def one_of(self, found: Sequence[str], text: str) -> str | None:
        """The only one that a text may mean; None if there is none.

        :raises UsageError: if there are more.
        """
        if len(found) > 1:
            raise UsageError(f"'{text}' is the name of several, say which: {', '.join(found)}.")
        return found[0] if found else None

    def no_principal(
        self, text: str, view: "GraphView", principals: Iterable[str], noun: str
    ) -> UsageError:
        """That a text means no principal: what it means instead, or the nearest name.

        :raises UsageError: if it means something in another cloud.
        """
        for label in view.by_label:
            if any(text in (id_, view.name(id_)) for id_ in view.labelled(label)):
                article = "an" if label[0] in "AEIOU" else "a"
                return UsageError(f"'{text}' is {article} {label}, not a {noun}.")
        self.refuse_other_clouds(text)
        hint = nearest(text, sorted({view.name(id_) for id_ in principals}))
        return UsageError(f"No {noun} is called '{text}'. {hint}".strip())

    def no_resource(self, text: str, names: Iterable[str], nouns: str) -> UsageError:
        """That a text means no resource, with the nearest name.

        :raises UsageError: if it means something in another cloud.
        """
        self.refuse_other_clouds(text)
        hint = nearest(text, sorted(names))
        return UsageError(f"'{text}' is neither {nouns}. {hint}".strip())

    def refuse_other_clouds(self, text: str) -> None:
        """Refuses what another cloud's resource is called.

        :raises UsageError: if one is.
        """
        accounts = self.snapshot.scope.accounts
        others = {cloud for cloud, ids in accounts.items() if ids and cloud != self.provider}
        for label in self.snapshot.labels:
            rows = self.snapshot.nodes(label, ["id", "name", "provider"]).to_pylist()
            for row in rows:
                if text in (row["id"], row["name"]) and row["provider"] in others:
                    whose = (
                        f"it belongs to {row['provider']}, and the action to {self.provider}."
                        if row["provider"] in askings()
                        else f"permissions of {row['provider']} are not covered, only those of "
                        f"{all_of(sorted(askings()))}."
                    )
                    raise UsageError(f"'{text}' is an {label}: {whose}")


@cache
def askings() -> Mapping[str, type[Asking]]:
    """What asks each cloud, by its name: that of each module next to this one that has it."""
    package = import_module(__package__)
    found: list[type[Asking]] = [
        import_module(module.name).ASKING
        for module in pkgutil.iter_modules(package.__path__, f"{__package__}.")
        if module.name.startswith(f"{__name__}_")
    ]
    return {each.provider: each for each in found}


def ids_by_name(view: "GraphView", labels: Iterable[str]) -> dict[str, list[str]]:
    """The ids of the resources of some labels by name."""
    found: dict[str, list[str]] = {}
    for label in labels:
        for id_ in view.labelled(label):
            found.setdefault(view.name(id_), []).append(id_)
    return found


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 resource``, ``1,200 resources``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def on_how_many(truths: Sequence["Truth"]) -> str:
    """On how many of the collected resources something is allowed."""
    conditional = truths.count(None)
    return (
        f"Allowed on {truths.count(True):,} of {counted(len(truths), 'resource')} in the scan"
        + (f", conditionally on {conditional:,} more." if conditional else ".")
    )


class Asked(NamedTuple):
    """Arguments, with the one that is an action in the middle."""

    before: Sequence[str]
    action: str
    """As its cloud spells it."""
    after: Sequence[str]
    asking: type[Asking]
    """Of the cloud that has the action."""

    @classmethod
    def of(cls, arguments: Sequence[str], form: str, before: range) -> "Asked":
        """Finds the action among the arguments: there are so many before it, and at most one
        after it.

        :raises UsageError: if there is none, or its cloud has no such action.
        """
        # Names of people and buckets can look like actions: a scan before them tells.
        is_after_a_scan = len(before) > 1 and is_scan(arguments[0])
        for place in reversed(before) if is_after_a_scan else before:
            if not place < len(arguments) <= place + 2:
                continue
            for asking in askings().values():
                action = asking.action(arguments[place])
                if action is not None:
                    return cls(arguments[:place], action, arguments[place + 1 :], asking)
        examples = " or ".join(sorted(each.example for each in askings().values()))
        raise UsageError(f"Give {form}, the action such as {examples}.")

    def on(self, snapshot: "Snapshot", context: Sequence[str]) -> Asking:
        """The permissions of a scan that the question is about.

        :raises UsageError: if it has no account of the action's cloud.
        """
        accounts = snapshot.scope.accounts
        if not accounts.get(self.asking.provider):
            held = sorted(cloud for cloud, ids in accounts.items() if ids)
            uncovered = [cloud for cloud in held if cloud not in askings()]
            more = f", and permissions of {all_of(uncovered)} are not covered" if uncovered else ""
            raise UsageError(f"This scan holds no {self.asking.provider} account{more}.")
        asking = self.asking(snapshot, context)
        asking.notes += filter(None, [asking.unchecked(self.action)])
        return asking


def permission_answer(asking: Asking, rows: Sequence[Mapping[str, Any]]) -> "PermissionAnswer":
    """Answers with what they cover."""
    from .documents import PERMISSIONS_FORMAT, GapRow, PermissionAnswer

    return PermissionAnswer(
        format=PERMISSIONS_FORMAT,
        covers=[asking.provider],
        gaps=[GapRow.of(gap) for gap in asking.gaps],
        answers=rows,
    )


def allowed_rows(asking: Asking, asked: Asked, principal: Any) -> list[dict[str, Any]]:
    """Whether a principal is allowed it, on the resource or, if none is named, on any.

    :raises UsageError: if there is no such resource.
    """
    if not asked.after:
        answers = asking.anywhere(principal, asked.action)
        return [asking.row(one, asked.action) for one in answers]
    answer = asking.ask(principal, asked.action, asking.resource(asked.after[0]))
    return [asking.row(answer, asked.action)]


def asked_at_once(asked: Asked) -> str:
    """What an answer about all resources leaves out; empty if it is about one."""
    if asked.after not in ([], ["*"]):
        return ""
    return (
        "All resources were asked about at once: who is allowed on some only is not listed. "
        "Name a resource to see them."
    )


def able_rows(asking: Asking, asked: Asked) -> list[dict[str, Any]]:
    """The answers for all principals that are allowed it, perhaps on conditions: these last.

    :raises UsageError: if there is no such resource.
    """
    resource = asking.resource(asked.after[0]) if asked.after else None
    answers = list(asking.able(asked.action, resource))
    answers.sort(key=lambda one: (one.answer.is_allowed is not True, one.principal))
    return [asking.row(one, asked.action) for one in answers]


def all_of(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def context_words(context: Mapping[str, str | Sequence[str]]) -> list[str]:
    """Condition keys as the command line takes them."""
    return [
        f"{key}={value}"
        for key, values in context.items()
        for value in ([values] if isinstance(values, str) else values)
    ]


def context_of(given: Sequence[str]) -> dict[str, list[str]]:
    """What is known of the request, by key.

    :raises UsageError: if one is not KEY=VALUE.
    """
    values: dict[str, list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--context {text} is not KEY=VALUE.")
        values.setdefault(key, []).append(value)
    return values
