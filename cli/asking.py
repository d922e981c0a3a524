"""What ``clew can`` and ``clew who-can`` share: what is asked of a scan's permissions."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from . import scans
from .errors import UsageError, nearest
from .output import messages, printable
from .progress import working

if TYPE_CHECKING:
    from ..graph.authorization.aws.decision import Answer
    from ..graph.authorization.aws.environment import PrincipalState
    from ..graph.authorization.aws.principals import PrincipalElement

ContextOption = Annotated[
    list[str] | None,
    typer.Option(
        "--context",
        metavar="KEY=VALUE",
        help="A condition key of the request, such as aws:MultiFactorAuthPresent=true. Repeatable, "
        "also for a key of several values.",
        show_default=False,
    ),
]

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)

_COLLECTED = ("user", "role", "session")
"""The kinds of principals that a scan reads, or reads whose they are."""
ANYONE, ANY_ACCOUNT = "*", "arn:aws:iam::*:root"
"""How whoever asks is called: without credentials, and with an account of AWS."""
_ANY_ACCOUNT_ROOT = "arn:aws:iam::000000000000:root"


class Asked(NamedTuple):
    """Arguments, with the one that is an action in the middle."""

    before: Sequence[str]
    action: str
    after: Sequence[str]

    @classmethod
    def of(cls, arguments: Sequence[str], form: str, before: range) -> "Asked":
        """Finds the action among the arguments: there are so many before it, and at most one
        after it."""
        for place, text in enumerate(arguments):
            if _ACTION.fullmatch(text) and place in before:
                if "*" in text or "?" in text:
                    raise UsageError(
                        f"'{text}' stands for many actions: ask for one, such as s3:GetObject."
                    )
                asked = cls(arguments[:place], text, arguments[place + 1 :])
                if len(asked.after) > 1:
                    break
                return asked
        raise UsageError(f"Give {form}, the action as SERVICE:ACTION, such as s3:GetObject.")


class Answered(NamedTuple):
    """An answer and what it is about."""

    principal: str
    resource: str
    answer: "Answer"


class Asking:
    """The permissions of a scan."""

    def __init__(self, scan: str | None, context: Sequence[str]) -> None:
        from ..graph.authorization.aws.authorizer import AWSAuthorizer
        from ..graph.authorization.aws.environment import AWSEnvironment
        from ..graph.traversal import SnapshotReader, load

        snapshot = scans.open_scan(scan)
        with working("Reading the scan"):
            labels = [label for label in snapshot.labels if label.startswith("AWS")]
            graph = load(SnapshotReader(snapshot), labels)
        self.estate = AWSEnvironment.of(graph, snapshot.reads)
        self.permissions: AWSAuthorizer = AWSAuthorizer(self.estate)
        self.context = _context(context)

    def ask(self, holder: "PrincipalState", action: str, resource: str) -> Answered:
        """One answer. A resource with a ``*`` stands for all that fit, of which the answer is about
        one that is most allowed."""
        if "*" in resource and resource != "*":
            return self.ask_best(holder, action, resource.replace("*", "{name}"))
        answer = self.permissions.decide(holder, action, resource, self.context)
        return Answered(holder.id, resource, answer)

    def ask_best(self, holder: "PrincipalState", action: str, template: str) -> Answered:
        """The answer for an ARN of a template that is most allowed."""
        best = self.permissions.example(holder, [(action, self.context)], template)
        return Answered(
            holder.id, best, self.permissions.decide(holder, action, best, self.context)
        )

    def able(self, action: str, resource: str) -> Iterator[Answered]:
        """The answers for all principals that may do it, perhaps on conditions: those of the scan
        and those from outside that the resource's own policy names."""
        from ..graph.authorization.aws.environment import PrincipalState

        for id_ in (*self.estate.principals, *self._named_outside(action, resource)):
            asked = _ANY_ACCOUNT_ROOT if id_ == ANY_ACCOUNT else id_
            answered = self.ask(PrincipalState(asked), action, resource)
            if answered.answer.is_allowed is not False:
                yield answered._replace(principal=id_)

    def _named_outside(self, action: str, resource: str) -> list[str]:
        row = self.estate.row(resource)
        policy, _ = self.estate.resource_policy(row, action.partition(":")[0].lower())
        found = {
            id_
            for one in (policy.about(action) if policy else ())
            if one.effect == "Allow" and one.principals and not one.is_not_principal
            for id_ in _ids(one.principals, row.id)
        }
        return sorted(found.difference(self.estate.principals))

    def say_unread(self) -> None:
        """Says once what the answers leave out."""
        for sentence in self.estate.unread:
            messages().print(printable(sentence))

    def principal(self, text: str) -> "PrincipalState":
        """The principal that is meant: an ARN, a service, ``*``, or a name that only one has."""
        from ..graph.authorization.aws.arns import parse_arn
        from ..graph.authorization.aws.environment import PrincipalState

        estate = self.estate
        if text == "*" or text.endswith(".amazonaws.com"):
            return PrincipalState(text)
        if arn := parse_arn(text):
            try:
                held = estate.held(PrincipalState(text))
            except ValueError as error:
                raise UsageError(f"{error}.") from None
            known = held.principal.role_arn or text
            is_read = arn.account in estate.scanned and held.principal.kind in _COLLECTED
            if is_read and known not in estate.principals:
                hint = nearest(text, list(estate.principals))
                raise UsageError(f"There is no '{text}' in this scan. {hint}".strip())
            return PrincipalState(text)
        names = {id_: estate.view.name(id_) for id_ in estate.principals}
        found = [id_ for id_, name in names.items() if name == text]
        if not found:
            hint = nearest(text, sorted(set(names.values())))
            raise UsageError(f"No user or role is called '{text}'. {hint}".strip())
        if len(found) > 1:
            raise UsageError(f"'{text}' is the name of several, say which: {', '.join(found)}.")
        return PrincipalState(found[0])


def row_of(answered: Answered, action: str) -> dict[str, Any]:
    """An answer as JSON has it."""
    from ..graph.authorization.aws.decision import explain

    answer = answered.answer
    return {
        "principal": answered.principal,
        "action": action,
        "resource": answered.resource,
        "decision": answer.decision.value,
        "decided_by": answer.decided_by.value,
        "explanation": explain(answer),
        "statements": [
            {"policy": one.policy_id, "index": one.index, "sid": one.sid, "effect": one.effect}
            for one in answer.statements
        ],
        "open_keys": list(answer.open_keys),
        "unread": list(answer.unread),
    }


def _ids(named: "PrincipalElement", arn: str) -> Iterator[str]:
    """By what principals are called that a policy names; an account is its root."""
    yield from (ANYONE, ANY_ACCOUNT) if named.everyone else ()
    partition = arn.split(":")[1]
    yield from (f"arn:{partition}:iam::{account}:root" for account in named.accounts)
    yield from named.arns
    yield from named.services
    yield from named.providers


def _context(given: Sequence[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--context {text} is not KEY=VALUE.")
        values.setdefault(key, []).append(value)
    return values
