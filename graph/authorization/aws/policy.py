"""Policies as they are written: documents read into statements, once for all requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from ...logic import Truth
from .conditions import Condition, compile_condition
from .context import UNKNOWN_CONTEXT, Context
from .patterns import WILDCARDS, Matcher, glob
from .principals import ANYBODY, NOBODY, Match, Principal, PrincipalElement, read_principals
from .variables import Form, Template, template

Effect = Literal["Allow", "Deny"]

EVERYTHING = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
"""What a policy says that allows everything."""
WITH_VARIABLES = "2012-10-17"
"""The version of the language that has policy variables."""


class Problem(NamedTuple):
    """A place where a document is not what AWS documents."""

    where: str
    """JSON path, such as ``$.Statement[0].Condition``."""
    why: str


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """One statement of a policy.

    Where a part of it could not be read, whether it applies is not known (None) unless another
    part already says that it does not. A statement whose effect could not be read stands twice in
    its policy, once for each effect.
    """

    policy_id: str
    index: int
    """Place in the policy, from 0."""
    sid: str
    effect: Effect
    actions: tuple[Matcher, ...]
    """Of actions in lower case."""
    is_not_action: bool
    services: frozenset[str] | None
    """The only services that it can be about; None if it may be any."""
    resource_patterns: tuple[Template, ...] | None
    """None if the statement names no resources."""
    is_not_resource: bool
    principals: PrincipalElement | None
    """None if the statement names no principals."""
    is_not_principal: bool
    conditions: tuple[Condition, ...]
    unread: frozenset[str] = frozenset()
    """The elements that could not be read whole; ``Statement`` stands for any other than the
    elements that come in pairs (``Action``, ``Resource``, ``Principal``)."""
    keys: frozenset[str] = field(init=False)
    """The condition keys it rests on, in lower case, those of variables included."""

    def __post_init__(self) -> None:
        listed = [condition.keys for condition in self.conditions]
        listed += [pattern.keys for pattern in self.resource_patterns or ()]
        object.__setattr__(self, "keys", frozenset[str]().union(*listed))

    @property
    def description(self) -> str:
        """Where it stands, in words."""
        sid = f" ({self.sid})" if self.sid else ""
        return f"statement {self.index + 1}{sid} of {self.policy_id}"

    @property
    def stands_for_unread_policy(self) -> bool:
        """Whether nothing of it could be read."""
        return self.unread == _ALL_OF_IT

    def action_match(self, action: str) -> Truth:
        """Whether it is about an action, written in any case."""
        lower = action.lower()
        found = any(matches(lower) for matches in self.actions)
        if not found and "Action" in self.unread:
            return None
        return not found if self.is_not_action else found

    def matches_action(self, action: str) -> bool:
        """Whether it is, or may be, about an action, written in any case."""
        return self.action_match(action) is not False

    def resource_match(self, resource: str, context: Context = UNKNOWN_CONTEXT) -> Truth:
        """Whether it is about a resource. One that names no resources is about all that its policy
        applies to."""
        if self.resource_patterns is None:
            return None if "Resource" in self.unread else True
        found: Truth = False
        for pattern in self.resource_patterns:
            matched = pattern.matches(resource, context)
            if matched:
                return not self.is_not_resource
            if matched is None:
                found = None
        if found is None or "Resource" in self.unread:
            return None
        return self.is_not_resource

    @property
    def names_principals(self) -> bool:
        """Whether it has a ``Principal`` or ``NotPrincipal``, or something in their place."""
        return self.principals is not None or "Principal" in self.unread

    @property
    def names_everyone(self) -> bool:
        """Whether its ``Principal`` names everyone, so that it names one caller as any other."""
        named = self.principals
        return named is not None and named.everyone and named.is_whole and not self.is_not_principal

    def principal_match(self, principal: Principal) -> Match:
        """How it names a principal, as a statement of a resource's policy."""
        if self.principals is None:
            return ANYBODY if "Principal" in self.unread else NOBODY
        if self.is_not_principal and self.effect == "Deny":
            return self.principals.match_denied(principal)
        if self.is_not_principal:
            return self.principals.match_others(principal)
        return self.principals.match(principal)

    def condition_truth(self, context: Context) -> Truth:
        """Whether all its conditions hold."""
        held: Truth = True
        for condition in self.conditions:
            truth = condition.truth(context)
            if truth is False:
                return False
            if truth is None:
                held = None
        return None if "Statement" in self.unread else held

    def open_keys(self, resource: str, context: Context = UNKNOWN_CONTEXT) -> frozenset[str]:
        """The condition keys whose values are not known, as far as it depends on them whether the
        statement applies to a resource."""
        found: set[str] = set()
        for condition in self.conditions:
            if condition.truth(context) is None:
                found |= condition.open_keys(context)
        if self.resource_match(resource, context) is None:
            for pattern in self.resource_patterns or ():
                if pattern.matches(resource, context) is None:
                    found |= pattern.open_keys(context)
        return frozenset(found)


class Policy:
    """A policy, read."""

    __slots__ = ("_by_action", "_by_service", "id", "problems", "statements", "text")

    def __init__(
        self,
        policy_id: str,
        statements: Sequence[Statement],
        problems: Sequence[Problem],
        text: str,
    ) -> None:
        self.id = policy_id
        """ARN of the policy; of the resource, if it is the resource's own."""
        self.statements = tuple(statements)
        self.problems = tuple(problems)
        """Where the document is not what AWS documents."""
        self.text = text
        """The document."""
        self._by_action: dict[str, tuple[Statement, ...]] = {}
        self._by_service: dict[str, tuple[Statement, ...]] = {}

    def __repr__(self) -> str:
        return f"Policy({self.id!r}, {len(self.statements)} statements)"

    @property
    def services(self) -> frozenset[str] | None:
        """The only services that its statements can be about; None if they may be about any."""
        found: set[str] = set()
        for one in self.statements:
            if one.services is None:
                return None
            found |= one.services
        return frozenset(found)

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that are, or may be, about an action, written in any case."""
        found = self._by_action.get(action)
        if found is None:
            service = service_of(action)
            found = tuple(one for one in self.of_service(service) if one.matches_action(action))
            if len(self._by_action) < _REMEMBERED_ACTIONS:
                self._by_action[action] = found
        return found

    def of_service(self, service: str) -> tuple[Statement, ...]:
        """The statements that may be about any action of a service, by its prefix."""
        found = self._by_service.get(service)
        if found is None:
            found = self._by_service[service] = tuple(
                one for one in self.statements if one.services is None or service in one.services
            )
        return found


def service_of(action: str) -> str:
    """The prefix of an action."""
    return action.partition(":")[0].lower()


def compile_policy(document: str | Mapping[str, Any] | None, policy_id: str) -> Policy:
    """Reads a policy document; never raises.

    An empty one has no statements. One that was not read (None), or that is no policy, may allow
    and deny anything: it stands for statements of which nothing is known.
    """
    if document is None:
        return _unknown(policy_id, "it was not read", "")
    if not isinstance(document, str):
        try:
            document = json.dumps(dict(document))
        except (TypeError, ValueError, RecursionError) as error:
            return _unknown(policy_id, f"it is not JSON: {error}", "")
    return _compiled(document, policy_id)


@lru_cache(16384)
def _compiled(text: str, policy_id: str) -> Policy:
    if not text.strip():
        return Policy(policy_id, (), (), text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unknown(policy_id, f"it is not JSON: {error}", text)
    if not isinstance(document, dict):
        return _unknown(policy_id, "it is not an object", text)
    return (
        _Reader(policy_id).policy(document, text) if document else Policy(policy_id, (), (), text)
    )


def _unknown(policy_id: str, why: str, text: str) -> Policy:
    reader = _Reader(policy_id)
    reader.report("$", why)
    return Policy(policy_id, reader.unknown(0), reader.problems, text)


@dataclass
class _Reader:
    """Reads one document, and collects what is wrong with it."""

    id: str
    problems: list[Problem] = field(default_factory=list)
    has_variables: bool = False

    def report(self, where: str, why: str) -> None:
        self.problems.append(Problem(where, why))

    def policy(self, document: dict[str, Any], text: str) -> Policy:
        version = document.get("Version", _OLD)
        self.has_variables = version == WITH_VARIABLES
        is_known = version in (WITH_VARIABLES, _OLD)
        if not is_known:
            self.report("$.Version", f"unknown version {_shown(version)}")
        for name in document.keys() - {"Version", "Id", "Statement"}:
            self.report(f"$.{name}", "unknown element")
        listed = document.get("Statement")
        if listed is None:
            self.report("$", "Statement is missing")
            return Policy(self.id, self.unknown(0), self.problems, text)
        is_list = isinstance(listed, list)
        statements: list[Statement] = []
        for index, one in enumerate(listed if is_list else [listed]):
            where = f"$.Statement[{index}]" if is_list else "$.Statement"
            if isinstance(one, dict):
                unread = set() if is_known else {"Statement"}
                statements += self.statement(one, index, where, unread)
            else:
                self.report(where, "it is not an object")
                statements += self.unknown(index)
        return Policy(self.id, statements, self.problems, text)

    def unknown(self, index: int) -> list[Statement]:
        """Statements that may allow and deny anything."""
        return [
            Statement(
                policy_id=self.id,
                index=index,
                sid="",
                effect=effect,
                actions=(),
                is_not_action=False,
                services=None,
                resource_patterns=None,
                is_not_resource=False,
                principals=None,
                is_not_principal=False,
                conditions=(),
                unread=_ALL_OF_IT,
            )
            for effect in _EFFECTS
        ]

    def statement(
        self, written: dict[str, Any], index: int, where: str, unread: set[str]
    ) -> Iterator[Statement]:
        for name in written.keys() - _ELEMENTS:
            self.report(f"{where}.{name}", "unknown element")
            unread.add("Statement")
        effect = written.get("Effect")
        if effect not in _EFFECTS:
            self.report(f"{where}.Effect", f"neither Allow nor Deny: {_shown(effect)}")
            unread.add("Statement")
        actions, is_not_action = self.pair(written, "Action", where, unread)
        if actions is None and "Action" not in unread:
            self.report(where, "Action is missing")
            unread.add("Action")
        resources, is_not_resource = self.pair(written, "Resource", where, unread)
        principals, is_not_principal = self.principals(written, where, unread)
        conditions = tuple(self.conditions(written.get("Condition", {}), where, unread))
        sid = written.get("Sid", "")
        form = Form.NOT_RESOURCE if is_not_resource else Form.RESOURCE
        for either in (effect,) if effect in _EFFECTS else _EFFECTS:
            yield Statement(
                policy_id=self.id,
                index=index,
                sid=sid if isinstance(sid, str) else "",
                effect=either,
                actions=tuple(glob(action.lower()) for action in actions or ()),
                is_not_action=is_not_action,
                services=None if is_not_action or "Action" in unread else _services(actions or ()),
                resource_patterns=None
                if resources is None
                else tuple(
                    template(text, variables=self.has_variables, form=form) for text in resources
                ),
                is_not_resource=is_not_resource,
                principals=principals,
                is_not_principal=is_not_principal,
                conditions=conditions,
                unread=frozenset(unread),
            )

    def pair(
        self, written: dict[str, Any], name: str, where: str, unread: set[str]
    ) -> tuple[list[str] | None, bool]:
        """The entries of an element or of its opposite (None if neither is there), and whether it
        is the opposite."""
        opposite = f"Not{name}"
        if name in written and opposite in written:
            self.report(f"{where}.{opposite}", f"the statement has {name} too")
            unread.add(name)
            return None, False
        used = opposite if opposite in written else name
        if used not in written:
            return None, False
        entries: list[str] = []
        listed = written[used]
        for entry in listed if isinstance(listed, list) else [listed]:
            if isinstance(entry, str):
                entries.append(entry)
            else:
                self.report(f"{where}.{used}", f"it is not text: {_shown(entry)}")
                unread.add(name)
        return entries, used == opposite

    def principals(
        self, written: dict[str, Any], where: str, unread: set[str]
    ) -> tuple[PrincipalElement | None, bool]:
        if "Principal" in written and "NotPrincipal" in written:
            self.report(f"{where}.NotPrincipal", "the statement has Principal too")
            unread.add("Principal")
            return None, False
        used = "NotPrincipal" if "NotPrincipal" in written else "Principal"
        if used not in written:
            return None, False
        named = read_principals(written[used])
        if not named.is_whole:
            self.report(f"{where}.{used}", f"it names no principals: {_shown(written[used])}")
        return named, used == "NotPrincipal"

    def conditions(self, written: Any, where: str, unread: set[str]) -> Iterator[Condition]:
        for name, keys in self.members(written, f"{where}.Condition", unread):
            for key, values in self.members(keys, f"{where}.Condition.{name}", unread):
                place = f"{where}.Condition.{name}.{key}"
                texts = [
                    _text(value) for value in (values if isinstance(values, list) else [values])
                ]
                try:
                    condition = compile_condition(
                        name,
                        key,
                        [text for text in texts if text is not None],
                        variables=self.has_variables,
                    )
                except ValueError as error:
                    self.report(place, str(error))
                    unread.add("Statement")
                    continue
                if None in texts:
                    self.report(place, f"it is no value: {_shown(values)}")
                    unread.add("Statement")
                    continue
                if not condition.is_readable:
                    self.report(place, f"{name} cannot compare {_shown(values)}")
                yield condition

    def members(self, written: Any, where: str, unread: set[str]) -> list[tuple[str, Any]]:
        if isinstance(written, dict):
            return list(written.items())
        self.report(where, "it is not an object")
        unread.add("Statement")
        return []


def _services(actions: Iterable[str]) -> frozenset[str] | None:
    """The services that actions with wildcards are of; None if one may be of any."""
    services = frozenset(map(service_of, actions))
    return None if any(WILDCARDS.search(service) for service in services) else services


_ALL_OF_IT = frozenset(("Action", "Principal", "Resource", "Statement"))
_OLD = "2008-10-17"
_EFFECTS: tuple[Effect, Effect] = ("Allow", "Deny")
_ELEMENTS = frozenset(
    (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
)
_REMEMBERED_ACTIONS = 4096
_SHOWN = 80


def _text(value: Any) -> str | None:
    """A condition's value as text; None if it is neither text, number nor truth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
