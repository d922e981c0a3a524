"""What ``clew can`` and ``clew who-can`` share: questions about a scan's permissions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from . import scans
from .arns_in_scan import ArnsInScan
from .errors import UsageError, nearest
from .options import Format
from .output import messages, opened, printable, write_json, write_rows
from .progress import working

if TYPE_CHECKING:
    from ..graph.authorization.aws.decision import Answer
    from ..graph.authorization.aws.environment import PrincipalState
    from ..graph.authorization.aws.principals import PrincipalElement
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

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

COVERED = "aws"
"""The cloud whose permissions are evaluated."""

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)
_OTHER_CLOUDS_ACTIONS = {
    "azure": re.compile(r"[A-Za-z0-9.]+(/[A-Za-z0-9*.]+)+/(read|write|delete|action|\*)"),
    "entra": re.compile(r"microsoft\.directory/.+|[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)+"),
    "gcp": re.compile(r"[a-z][A-Za-z]*(\.[A-Za-z]+){2,}(?<!\.com)"),
}
"""What actions of other clouds look like."""

_COLLECTED = ("user", "role", "session", "federated")
"""The kinds of principals that a scan reads, or reads whose they are."""
ANYONE, ANY_ACCOUNT = "*", "arn:aws:iam::*:root"
"""How an external principal is called: without credentials, and with an account of AWS."""
_ANY_ACCOUNT_ROOT = "arn:aws:iam::000000000000:root"


class Asked(NamedTuple):
    """Arguments, with the one that is an action in the middle."""

    before: Sequence[str]
    action: str
    """As AWS spells it."""
    after: Sequence[str]

    @classmethod
    def of(cls, arguments: Sequence[str], form: str, before: range) -> "Asked":
        """Finds the action among the arguments: there are so many before it, and at most one
        after it.

        :raises UsageError: if there is none, or AWS has no such action.
        """
        for place, text in enumerate(arguments):
            if _ACTION.fullmatch(text) and place in before:
                if "*" in text or "?" in text:
                    raise UsageError(
                        f"'{text}' stands for many actions: ask for one, such as s3:GetObject."
                    )
                asked = cls(arguments[:place], _official(text), arguments[place + 1 :])
                if len(asked.after) > 1:
                    break
                return asked
        for place in before:
            for cloud, pattern in _OTHER_CLOUDS_ACTIONS.items():
                if place < len(arguments) and pattern.fullmatch(arguments[place]):
                    raise UsageError(
                        f"'{arguments[place]}' looks like a permission of {cloud}, which is not "
                        f"covered: only permissions of {COVERED} are evaluated."
                    )
        raise UsageError(f"Give {form}, the action as SERVICE:ACTION, such as s3:GetObject.")


def _official(action: str) -> str:
    from ..graph.authorization.aws.actions import ActionError, ActionsNotInstalledError, official

    try:
        return official(action)
    except ActionError as error:
        raise UsageError(str(error)) from None
    except ActionsNotInstalledError:
        messages().print(
            f"Whether AWS has an action {action} was not checked; for that run: "
            "pip install 'clew[aws]'"
        )
        return action


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
        from ..graph.traversal import load_snapshot

        self.snapshot: Snapshot = scans.open_scan(scan)
        if not self.snapshot.scope.accounts.get(COVERED):
            raise UsageError(
                f"This scan holds no {COVERED} account, and permissions of "
                f"{_and(self.others)} are not covered."
            )
        with working("Reading the scan"):
            labels = [label for label in self.snapshot.labels if label.startswith("AWS")]
            graph = load_snapshot(self.snapshot, labels)
        self.environment = AWSEnvironment.of(graph, self.snapshot.reads)
        self.permissions: AWSAuthorizer = AWSAuthorizer(self.environment)
        self.context = _context(context)

    @property
    def others(self) -> list[str]:
        """The clouds in the scan whose permissions are not covered."""
        accounts = self.snapshot.scope.accounts
        return sorted(cloud for cloud, ids in accounts.items() if ids and cloud != COVERED)

    def ask(self, principal: "PrincipalState", action: str, resource: str) -> Answered:
        """One answer. A resource with a ``*`` stands for all that fit, of which the answer is about
        one that is most allowed."""
        if "*" in resource and resource != "*":
            return self.ask_best(principal, action, resource.replace("*", "{name}"))
        answer = self.permissions.decide(principal, action, resource, self.context)
        return Answered(principal.id, resource, answer)

    def ask_best(self, principal: "PrincipalState", action: str, template: str) -> Answered:
        """The answer for an ARN of a template that is most allowed."""
        best = self.permissions.example(principal, [(action, self.context)], template)
        answer = self.permissions.decide(principal, action, best, self.context)
        return Answered(principal.id, best, answer)

    def able(self, action: str, resource: str) -> Iterator[Answered]:
        """The answers for all principals that are allowed it, perhaps on conditions: those of the
        scan and the external principals that the resource's own policy names."""
        from ..graph.authorization.aws.environment import PrincipalState

        for id_ in (*self.environment.principals, *self._external(action, resource)):
            asked = _ANY_ACCOUNT_ROOT if id_ == ANY_ACCOUNT else id_
            answered = self.ask(PrincipalState(asked), action, resource)
            if answered.answer.is_allowed is not False:
                yield answered._replace(principal=id_)

    def _external(self, action: str, resource: str) -> list[str]:
        row = self.environment.row(resource)
        policy, _ = self.environment.resource_policy(row, action.partition(":")[0].lower())
        found = {
            id_
            for one in (policy.about(action) if policy else ())
            if one.effect == "Allow" and one.principals and not one.is_not_principal
            for id_ in _ids(one.principals, row.id)
        }
        return sorted(found.difference(self.environment.principals))

    def say_gaps(self) -> None:
        """Says once what the answers leave out."""
        for sentence in (*self.environment.unread, *(gap.message for gap in self._unreached)):
            messages().print(printable(sentence))
        if self.others:
            messages().print(
                f"Covers {COVERED} only; permissions of {_and(self.others)} are not covered."
            )

    @property
    def gaps(self) -> "Sequence[Gap]":
        """The same, one by one."""
        return (*self.environment.gaps, *self._unreached)

    @cached_property
    def _unreached(self) -> "Sequence[Gap]":
        """The accounts of which nothing could be listed."""
        from ..graph.model import Gap

        return [
            Gap(f"Nothing of account {account} could be listed.", account=account)
            for account in self.snapshot.scope.accounts[COVERED]
            if account not in self.environment.scanned
        ]

    def principal(self, text: str) -> "PrincipalState":
        """The principal that is meant: an ARN, a service, ``*``, or a name that only one has.

        :raises UsageError: if there is none, or more than one.
        """
        from ..graph.authorization.aws.arns import parse_arn
        from ..graph.authorization.aws.environment import PrincipalState

        environment = self.environment
        if text == "*" or text.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return PrincipalState(text)
        if parse_arn(text):
            try:
                principal = environment.held(PrincipalState(text)).principal
            except ValueError as error:
                raise UsageError(f"{error}.") from None
            arn = principal.role_arn or text
            if principal.kind in _COLLECTED and (absence := self._arns.absence(arn)):
                hint = nearest(text, absence.known)
                raise UsageError(f"There is no '{text}' in this scan. {hint}".strip())
            return PrincipalState(text)
        names = {id_: environment.view.name(id_) for id_ in environment.principals}
        found = [id_ for id_, name in names.items() if name == text]
        if len(found) > 1:
            raise UsageError(f"'{text}' is the name of several, say which: {', '.join(found)}.")
        if found:
            return PrincipalState(found[0])
        self._refuse_other_clouds(text)
        hint = nearest(text, sorted(set(names.values())))
        if others := self._by_name.get(text):
            label = environment.view.get(others[0], "label")
            raise UsageError(f"'{text}' is an {label}, not a user or role. {hint}".strip())
        unlisted = [gap.message for gap in self.gaps if gap.operation or not gap.label]
        raise UsageError(
            " ".join([f"No user or role is called '{text}'.", *unlisted, hint]).strip()
        )

    def resource(self, text: str) -> str:
        """The resource that is meant: an ARN, perhaps with wildcards, or ``*``.

        :raises UsageError: if there is none.
        """
        from ..graph.authorization.aws.arns import parse_arn

        if text == "*":
            return text
        if parse_arn(text) is None:
            self._refuse_other_clouds(text)
            if text.startswith("/"):
                raise UsageError(
                    f"'{text}' is not a resource of {COVERED}; permissions of other clouds are "
                    "not covered."
                )
            ids = [id_ for id_ in self._by_name.get(text, ()) if parse_arn(id_)]
            hint = f"Did you mean {' or '.join(ids[:3])}?" if ids else ""
            raise UsageError(f"'{text}' is neither the ARN of a resource nor `*`. {hint}".strip())
        absence = self._arns.absence(text)
        if absence is None:
            return text
        hint = nearest(text, absence.known)
        if absence.is_certain:
            raise UsageError(f"There is no '{text}' in this scan. {hint}".strip())
        messages().print(
            printable(
                f"None of the scanned accounts owns {text}, so its own policy is unknown. {hint}"
            ).strip()
        )
        return text

    @cached_property
    def _arns(self) -> ArnsInScan:
        return ArnsInScan(self.environment, self.snapshot)

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        """The ids of resources by name."""
        view = self.environment.view
        found: dict[str, list[str]] = {}
        for label in view.by_label:
            for id_ in view.labelled(label):
                found.setdefault(view.name(id_), []).append(id_)
        return found

    def _refuse_other_clouds(self, text: str) -> None:
        """Refuses what another cloud's resource is called.

        :raises UsageError: if one is.
        """
        for label in self.snapshot.labels:
            if label.startswith("AWS"):
                continue
            rows = self.snapshot.nodes(label, ["id", "name", "provider"]).to_pylist()
            for row in rows:
                if text in (row["id"], row["name"]) and row["provider"] in self.others:
                    raise UsageError(
                        f"'{text}' is an {label}: permissions of {row['provider']} are not "
                        f"covered, only those of {COVERED}."
                    )


def write_answers(
    asking: Asking,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    form: str,
    path: Path | None,
) -> None:
    """Writes answers as a table or CSV; as JSON in an object that says what they cover."""
    if form != Format.json:
        write_rows(rows, columns, form, path)
        return
    from ..scans.documents import PERMISSIONS_FORMAT, GapRow, PermissionAnswer

    answer = PermissionAnswer(
        format=PERMISSIONS_FORMAT,
        covers=[COVERED],
        gaps=[GapRow.of(gap) for gap in asking.gaps],
        answers=rows,
    )
    with opened(path) as stream:
        write_json(answer.as_json(), stream)


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
    """The principals that a policy names; an account is its root."""
    yield from (ANYONE, ANY_ACCOUNT) if named.everyone else ()
    partition = arn.split(":")[1]
    yield from (f"arn:{partition}:iam::{account}:root" for account in named.accounts)
    yield from named.arns
    yield from named.services
    yield from named.providers


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _context(given: Sequence[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--context {text} is not KEY=VALUE.")
        values.setdefault(key, []).append(value)
    return values
