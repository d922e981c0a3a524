"""Unit tests of policies: a request and the policies that apply to it, as one JSON object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictStr,
    ValidationError,
)

from ...suggestions import nearest
from .arns import is_account, parse_arn
from .context import Context, Open, Values
from .decision import Answer, Decision, Levels, PolicySet, ResourceKind, decide
from .policy import Policy, compile_policy
from .principals import Principal
from .request import Request


class PolicyTestError(Exception):
    """Something is no case; the message says why."""


class UnknownFieldError(PolicyTestError):
    """A case has a field that no case has."""


def _principal(given: object) -> Principal:
    if given == "anonymous":
        return Principal.anonymous()
    if isinstance(given, Mapping) and len(given) == 1:
        (sort, name), *_ = given.items()
        makers = {"service": Principal.of_service, "federated": Principal.of_provider}
        maker = makers.get(str(sort).lower())
        if maker and isinstance(name, str) and name:
            return maker(name)
    if isinstance(given, str):
        return Principal.of_arn(given)
    raise ValueError('is neither an ARN, {"service": …}, {"federated": …} nor "anonymous"')


def _action(given: str) -> str:
    if ":" not in given:
        raise ValueError(f"is not service:Action: {given!r}")
    return given


def _not_empty(given: str) -> str:
    if not given:
        raise ValueError("is empty")
    return given


def _account(given: object) -> str:
    account = str(given)
    if account and not is_account(account):
        raise ValueError(f"is not the number of an account: {account!r}")
    return account


def _values(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    values = []
    for value in given if isinstance(given, list) else [given]:
        if isinstance(value, bool):
            values.append("true" if value else "false")
        elif isinstance(value, str | int | float):
            values.append(str(value))
        else:
            raise ValueError("is neither a value nor a list of values")
    return tuple(values)


def _decision(given: object) -> Decision:
    try:
        return Decision(str(given))
    except ValueError:
        raise ValueError(f"is none of {', '.join(Decision)}: {given!r}") from None


Documents = list[Any]
"""Policies; one that is not as it should be leaves the answer open."""


class _Case(BaseModel):
    """What a case may hold; null stands for what is not given."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    id: Any = None
    principal: Annotated[Principal, BeforeValidator(_principal)]
    action: Annotated[StrictStr, AfterValidator(_action)]
    resource: Annotated[StrictStr, AfterValidator(_not_empty)] = "*"
    resource_account: Annotated[str, BeforeValidator(_account)] = ""
    context: dict[str, Annotated[tuple[str, ...], BeforeValidator(_values)]] = Field(
        default_factory=dict
    )
    identity_policies: Documents = []
    resource_policy: Any = None
    permissions_boundaries: Documents = []
    session_policies: Documents = []
    endpoint_policies: Documents = []
    scps: list[Documents] = []
    rcps: list[Documents] = []
    expected: Annotated[Decision | None, BeforeValidator(_decision)] = None


FIELDS = frozenset(_Case.model_fields)
"""What a case may hold."""
_WRONG = {
    "missing": "is missing",
    "string_type": "is not text",
    "list_type": "is not a list",
    "dict_type": "is not an object",
}
"""What is said of a value, by pydantic's type of error."""


@dataclass(frozen=True)
class PolicyTest:
    """A request, and what should be decided."""

    id: Any
    """As it was given; None if it was not."""
    request: Request
    policies: PolicySet
    expected: Decision | None

    def answer(self) -> Answer:
        """What is decided."""
        return decide(self.request, self.policies)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with its documents."""
        policies = self.policies
        levels = (policy for level in (*policies.scps, *policies.rcps) for policy in level)
        own = (*policies.identity, *policies.boundaries, *policies.session, *policies.endpoint)
        resource = (policies.resource,) if policies.resource else ()
        return tuple(
            f"{policy.id} {problem.where}: {problem.why}"
            for policy in (*own, *resource, *levels)
            for problem in policy.problems
        )


def read_policy_test(text: str | bytes, *, strict: bool = False) -> PolicyTest:
    """Reads one case. ``strict``: a context key that is not given is absent, instead of unknown.

    :raises PolicyTestError: if it is none; UnknownFieldError if it has a field that no case has.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyTestError(f"it is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise PolicyTestError("it is not an object")
    if unknown := sorted(given.keys() - FIELDS):
        known = nearest(unknown[0], sorted(FIELDS))
        raise UnknownFieldError(f"there is no field '{unknown[0]}'. {known}".strip())
    try:
        case = _Case.model_validate({k: value for k, value in given.items() if value is not None})
    except ValidationError as error:
        raise PolicyTestError(_said(error)) from None
    policies = PolicySet(
        identity=_documents(case.identity_policies, "identity_policies"),
        boundaries=_documents(case.permissions_boundaries, "permissions_boundaries"),
        session=_documents(case.session_policies, "session_policies"),
        resource=None
        if case.resource_policy is None
        else _document(case.resource_policy, "resource_policy"),
        resource_kind=resource_kind(case.action, case.resource),
        scps=_levels(case.scps, "scps"),
        rcps=_levels(case.rcps, "rcps"),
        endpoint=_documents(case.endpoint_policies, "endpoint_policies"),
    )
    return PolicyTest(case.id, _request(case, strict=strict), policies, case.expected)


def _said(error: ValidationError) -> str:
    """The first thing that is wrong, in a sentence."""
    first, *_ = error.errors()
    place = ""
    for part in first["loc"]:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            place += f" {part}" if place else part
    raised = first.get("ctx", {}).get("error")
    return f"{place} {raised or _WRONG.get(first['type'], first['msg'])}"


def resource_kind(action: str, resource: str) -> ResourceKind:
    """How the policy of a resource works together with those of principals for an action."""
    service = action.partition(":")[0].lower()
    arn = parse_arn(resource)
    if arn and service == "sts" and arn.service == "iam" and arn.resource.startswith("role/"):
        return ResourceKind.TRUST
    if arn and service == "kms" and arn.service == "kms" and arn.resource.startswith("key/"):
        return ResourceKind.KEY
    return ResourceKind.ORDINARY


def _request(case: _Case, *, strict: bool) -> Request:
    principal = case.principal
    if strict:
        principal = replace(principal, session_name=principal.session_name or "", canonical_id="")
    rest: Values | Open = () if strict else Open.UNKNOWN
    context = Context(case.context, rest=rest)
    return Request.of(principal, case.action, case.resource, case.resource_account, context)


def _document(given: object, name: str) -> Policy:
    if given is not None and not isinstance(given, str | Mapping):
        given = json.dumps(given)
    return compile_policy(given, name)


def _documents(given: Sequence[Any], name: str) -> tuple[Policy, ...]:
    return tuple(_document(one, f"{name}[{index}]") for index, one in enumerate(given))


def _levels(given: Sequence[Sequence[Any]], name: str) -> Levels:
    return tuple(_documents(documents, f"{name}[{level}]") for level, documents in enumerate(given))
