"""Who administers an account: computed from what a principal may do, whatever its policies' names.

Whoever may do all that is listed here, on any user, role, group and policy of an account, can give
itself every right in it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .context import Truth
from .estate import Holder
from .logic import all_of
from .policy import Statement
from .sets import Permissions

_ARN = "arn:{partition}:iam::{account}:"
_USER, _ROLE = f"{_ARN}user/{{id}}", f"{_ARN}role/{{id}}"
_GROUP, _POLICY = f"{_ARN}group/{{id}}", f"{_ARN}policy/{{id}}"

POWERS: Mapping[str, str] = MappingProxyType(
    {
        "iam:AddUserToGroup": _GROUP,
        "iam:AttachGroupPolicy": _GROUP,
        "iam:AttachRolePolicy": _ROLE,
        "iam:AttachUserPolicy": _USER,
        "iam:CreateAccessKey": _USER,
        "iam:CreateLoginProfile": _USER,
        "iam:CreatePolicy": _POLICY,
        "iam:CreatePolicyVersion": _POLICY,
        "iam:CreateRole": _ROLE,
        "iam:CreateUser": _USER,
        "iam:PassRole": _ROLE,
        "iam:PutGroupPolicy": _GROUP,
        "iam:PutRolePolicy": _ROLE,
        "iam:PutUserPolicy": _USER,
        "iam:SetDefaultPolicyVersion": _POLICY,
        "iam:UpdateAssumeRolePolicy": _ROLE,
        "iam:UpdateLoginProfile": _USER,
    }
)
"""The actions, each on some resource whose name no policy can mean."""


class Administration(NamedTuple):
    """Whether a principal administers its account, and why."""

    truth: Truth
    reason: str
    """In words."""
    statements: tuple[Statement, ...] = ()
    """Those that give the powers; of a conditional answer also those on which it hangs."""
    open_keys: tuple[str, ...] = ()
    """The condition keys on which it hangs, and what could not be read."""


def administers(permissions: Permissions, holder: Holder) -> Administration:
    """Whether a principal in a state administers its account."""
    truths = []
    for action, template in POWERS.items():
        truth = permissions.somewhere(holder, [(action, ())], template)
        if truth is False:
            return Administration(False, f"{action} is not allowed on everything")
        truths.append(truth)
    answers = [
        permissions.decide(holder, action, permissions.example(holder, [(action, ())], template))
        for action, template in POWERS.items()
    ]
    statements = tuple(dict.fromkeys(one for answer in answers for one in answer.statements))
    granting = dict.fromkeys(one.policy_id for one in statements if one.effect == "Allow")
    given_by = " and ".join(granting) or "nothing but its kind"
    if all_of(truths):
        return Administration(True, f"all powers over IAM, given by {given_by}", statements)
    hanging = {key for answer in answers for key in (*answer.open_keys, *answer.unread)}
    return Administration(
        None,
        f"all powers over IAM, given by {given_by}, depending on {', '.join(sorted(hanging))}",
        statements,
        tuple(sorted(hanging)),
    )
