"""What AWS is asked: who of its users and roles is allowed what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..graph.suggestions import nearest
from .arns_in_scan import ArnsInScan
from .asking import Answered, Asking, Grounds, counted, ids_by_name

if TYPE_CHECKING:
    from ..graph.authorization.aws.environment import PrincipalState
    from ..graph.authorization.aws.principals import PrincipalElement
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE)

_COLLECTED = ("user", "role", "session", "federated")
"""The kinds of principals that a scan reads, or reads whose they are."""
ANYONE, ANY_ACCOUNT = "*", "arn:aws:iam::*:root"
"""How an external principal is called: without credentials, and with an account of AWS."""
_ANY_ACCOUNT_ROOT = "arn:aws:iam::000000000000:root"


def _official(action: str) -> str:
    from ..graph.authorization.aws.actions import ActionError, ActionsNotInstalledError, official

    try:
        return official(action)
    except ActionError as error:
        raise UsageError(str(error)) from None
    except ActionsNotInstalledError:
        return action


class AWSAsking(Asking):
    """The permissions of a scan's AWS accounts."""

    provider = "aws"
    example = "s3:GetObject"

    def __init__(self, snapshot: "Snapshot", context: Sequence[str]) -> None:
        from ..graph.authorization.aws.authorizer import AWSAuthorizer
        from ..graph.authorization.aws.environment import AWSEnvironment
        from ..graph.traversal import load_snapshot

        super().__init__(snapshot, context)
        labels = [label for label in snapshot.labels if label.startswith("AWS")]
        graph = load_snapshot(snapshot, labels)
        self.environment = AWSEnvironment.of(graph, snapshot.reads)
        self.permissions: AWSAuthorizer = AWSAuthorizer(self.environment)

    @classmethod
    def unchecked(cls, action: str) -> str:
        """That the names of actions are not installed."""
        from ..graph.authorization.aws.actions import (
            ActionError,
            ActionsNotInstalledError,
            official,
        )

        try:
            official(action)
        except ActionsNotInstalledError:
            return (
                f"Whether AWS has an action {action} was not checked; for that run: "
                "pip install 'clew[aws]'"
            )
        except ActionError:
            pass
        return ""

    @classmethod
    def action(cls, text: str) -> str | None:
        """``SERVICE:ACTION``, as AWS spells it."""
        if not _ACTION.fullmatch(text):
            return None
        if "*" in text or "?" in text:
            raise UsageError(
                f"'{text}' stands for many actions: ask for one, such as {cls.example}."
            )
        return _official(text)

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

    def able(self, action: str, resource: str | None) -> Iterator[Answered]:
        """The answers for all principals that are allowed it, perhaps on conditions: those of the
        scan and the external principals that the resource's own policy names."""
        from ..graph.authorization.aws.environment import PrincipalState

        resource = resource or "*"
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

    @property
    def gaps(self) -> "Sequence[Gap]":
        """What of policies and principals could not be read."""
        return (*self.environment.gaps, *self._unreached)

    @property
    def sentences(self) -> Sequence[str]:
        """The same, each thing once."""
        return (*self.environment.unread, *(gap.message for gap in self._unreached))

    @cached_property
    def _unreached(self) -> "Sequence[Gap]":
        """The accounts of which nothing could be listed."""
        from ..graph.model import Gap

        return [
            Gap(f"Nothing of account {account} could be listed.", account=account)
            for account in self.snapshot.scope.accounts[self.provider]
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
        self.refuse_other_clouds(text)
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
            self.refuse_other_clouds(text)
            if text.startswith("/"):
                raise UsageError(
                    f"'{text}' is not a resource of {self.provider}, and the action is one of "
                    f"{self.provider}."
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
        note = f"None of the scanned accounts owns {text}, so its own policy is unknown. {hint}"
        self.notes.append(note.strip())
        return text

    @cached_property
    def _arns(self) -> ArnsInScan:
        return ArnsInScan(self.environment, self.snapshot)

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        """The ids of resources by name."""
        view = self.environment.view
        return ids_by_name(view, view.by_label)

    def grounds(self, answer: Any) -> Grounds:
        """On what an answer rests."""
        from ..graph.authorization.aws.decision import explain
        from ..graph.authorization.model import PolicyStatement

        statements = [
            PolicyStatement(one.policy_id, one.index, one.sid, one.effect)
            for one in answer.statements
        ]
        return Grounds(explain(answer), answer.decided_by.value, statements, answer.open_keys)

    def anywhere(self, principal: "PrincipalState", action: str) -> Iterator[Answered]:
        """The answer for all resources, and if it is not allowed on all, for one that is best."""
        everything = self.ask(principal, action, "*")
        yield everything
        if everything.answer.is_allowed is not True:
            some = self.ask_best(principal, action, "{name}")
            if some.answer.is_allowed not in (False, everything.answer.is_allowed):
                yield some

    def lines(
        self, principal: "PrincipalState", row: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """The permissions boundary, where it stops the request, and what there would be without."""
        from ..graph.authorization.aws.decision import PolicyType, explain

        if row["decided_by"] == PolicyType.BOUNDARY:
            for policy in self.environment.held(principal).boundaries:
                yield "boundary", policy.id
            free = principal._replace(unbounded=True)
            yield "without it", explain(self.ask(free, row["action"], row["resource"]).answer)

    def summary(self, principal: "PrincipalState", action: str) -> str:
        """On how many of the collected resources of the action's service it is allowed."""
        service = action.partition(":")[0].lower()
        truths = [
            self.permissions.allowed_on_any_part(principal, [(action, self.context)], id_)
            for id_ in self.environment.of_service(service)
        ]
        if not truths:
            return ""
        conditional = truths.count(None)
        return (
            f"Allowed on {truths.count(True):,} of {counted(len(truths), f'{service} resource')} "
            "(or sub-resources) in the scan"
            + (f", conditionally on {conditional:,} more." if conditional else ".")
        )


def _ids(named: "PrincipalElement", arn: str) -> Iterator[str]:
    """The principals that a policy names; an account is its root."""
    yield from (ANYONE, ANY_ACCOUNT) if named.everyone else ()
    partition = arn.split(":")[1]
    yield from (f"arn:{partition}:iam::{account}:root" for account in named.accounts)
    yield from named.arns
    yield from named.services
    yield from named.providers


ASKING = AWSAsking
