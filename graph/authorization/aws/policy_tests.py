"""Unit tests of policies: a request and the policies that apply to it, as one JSON object."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .arns import is_account, parse_arn
from .context import Context, Open, Values
from .decision import Answer, Decision, Levels, PolicySet, ResourceKind, decide
from .policy import Policy, compile_policy
from .principals import Principal
from .request import Request

FIELDS = frozenset(
    (
        "id",
        "principal",
        "action",
        "resource",
        "resource_account",
        "context",
        "identity_policies",
        "resource_policy",
        "permissions_boundaries",
        "session_policies",
        "endpoint_policies",
        "scps",
        "rcps",
        "expected",
    )
)
"""What a case may hold."""


class PolicyTestError(Exception):
    """Something is no case; the message says why."""


@dataclass(frozen=True)
class PolicyTest:
    """A request, and what should be decided."""

    id: Any
    """As it was given; None if it was not."""
    request: Request
    policies: PolicySet
    expected: Decision | None
    unknown_fields: tuple[str, ...]
    """Fields that no test case has."""

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

    Raises CaseError.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyTestError(f"it is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise PolicyTestError("it is not an object")
    case = {name: value for name, value in given.items() if value is not None}
    request = _request(case, strict=strict)
    policies = PolicySet(
        identity=_documents(case, "identity_policies"),
        boundaries=_documents(case, "permissions_boundaries"),
        session=_documents(case, "session_policies"),
        resource=_document(case["resource_policy"], "resource_policy")
        if "resource_policy" in case
        else None,
        resource_kind=resource_kind(request.action, request.resource),
        scps=_levels(case, "scps"),
        rcps=_levels(case, "rcps"),
        endpoint=_documents(case, "endpoint_policies"),
    )
    unknown = tuple(sorted(given.keys() - FIELDS))
    return PolicyTest(given.get("id"), request, policies, _expected(case), unknown)


def resource_kind(action: str, resource: str) -> ResourceKind:
    """How the policy of a resource works together with those of principals for an action."""
    service = action.partition(":")[0].lower()
    arn = parse_arn(resource)
    if arn and service == "sts" and arn.service == "iam" and arn.resource.startswith("role/"):
        return ResourceKind.TRUST
    if arn and service == "kms" and arn.service == "kms" and arn.resource.startswith("key/"):
        return ResourceKind.KEY
    return ResourceKind.ORDINARY


def _request(case: Mapping[str, Any], *, strict: bool) -> Request:
    principal = _principal(case.get("principal"))
    if strict:
        principal = replace(principal, session_name=principal.session_name or "", canonical_id="")
    action = _text(case, "action")
    if ":" not in action:
        raise PolicyTestError(f"action is not service:Action: {action!r}")
    account = str(case.get("resource_account", ""))
    if account and not is_account(account):
        raise PolicyTestError(f"resource_account is not the number of an account: {account!r}")
    rest: Values | Open = () if strict else Open.UNKNOWN
    context = Context(_context(case.get("context", {})), rest=rest)
    resource = _text({"resource": "*", **case}, "resource")
    return Request.of(principal, action, resource, account, context)


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
        try:
            return Principal.of_arn(given)
        except ValueError as error:
            raise PolicyTestError(f"principal: {error}") from None
    raise PolicyTestError(
        'principal is neither an ARN, {"service": …}, {"federated": …} nor "anonymous"'
    )


def _text(case: Mapping[str, Any], name: str) -> str:
    given = case.get(name)
    if not isinstance(given, str) or not given:
        raise PolicyTestError(f"{name} is missing" if given is None else f"{name} is not text")
    return given


def _context(given: object) -> dict[str, Values]:
    if not isinstance(given, Mapping):
        raise PolicyTestError("context is not an object")
    return {key: tuple(_values(key, value)) for key, value in given.items()}


def _values(key: str, given: object) -> list[str]:
    if given is None:
        return []
    values = []
    for value in given if isinstance(given, list) else [given]:
        if isinstance(value, bool):
            values.append("true" if value else "false")
        elif isinstance(value, str | int | float):
            values.append(str(value))
        else:
            raise PolicyTestError(f"context {key} is neither a value nor a list of values")
    return values


def _document(given: object, name: str) -> Policy:
    if given is not None and not isinstance(given, str | Mapping):
        given = json.dumps(given)
    return compile_policy(given, name)


def _documents(case: Mapping[str, Any], name: str) -> tuple[Policy, ...]:
    given = case.get(name, [])
    if not isinstance(given, list):
        raise PolicyTestError(f"{name} is not a list of documents")
    return tuple(_document(one, f"{name}[{index}]") for index, one in enumerate(given))


def _levels(case: Mapping[str, Any], name: str) -> Levels:
    given: Sequence[Any] = case.get(name, [])
    if not isinstance(given, list) or not all(isinstance(level, list) for level in given):
        raise PolicyTestError(f"{name} is not a list of levels, each a list of documents")
    return tuple(
        tuple(_document(one, f"{name}[{level}][{index}]") for index, one in enumerate(documents))
        for level, documents in enumerate(given)
    )


def _expected(case: Mapping[str, Any]) -> Decision | None:
    given = case.get("expected")
    if given is None:
        return None
    try:
        return Decision(given)
    except ValueError:
        raise PolicyTestError(f"expected is none of {', '.join(Decision)}: {given!r}") from None
