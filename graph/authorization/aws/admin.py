"""Who administers an account: computed from what a principal may do, whatever its policies' names.

An administrator's policies give all the powers over IAM that are listed here, on any user, role,
group and policy of the account; and of what denials, the boundary and the organization leave, at
least one pair of actions is enough to give somebody every right and to act as that one. A service
control policy that forbids access keys leaves an administrator what he is; one that forbids IAM
does not.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ...logic import any_of
from ..model import Administration, Explanation
from .authorizer import AWSAuthorizer, references
from .context import UNKNOWN_CONTEXT
from .environment import PrincipalState

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


TAKEOVERS: tuple[tuple[tuple[str, str], str], ...] = (
    *(
        ((giving, becoming), _ROLE)
        for giving in ("iam:AttachRolePolicy", "iam:PutRolePolicy")
        for becoming in ("iam:UpdateAssumeRolePolicy", "iam:CreateRole")
    ),
    *(
        ((giving, becoming), _USER)
        for giving in ("iam:AttachUserPolicy", "iam:PutUserPolicy")
        for becoming in ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
    ),
)
"""Pairs of actions on one principal, the first giving it every right, the second making it one's
own."""


def administers(permissions: AWSAuthorizer, state: PrincipalState) -> Administration:
    """Whether a principal in a state administers its account."""
    for action, template in POWERS.items():
        if not _is_given(permissions, state, action, template):
            return Administration(False, f"{action} is not allowed on everything")
    truths = {
        pair: permissions.allowed_on_new(state, [(action, ()) for action in pair[0]], pair[1])
        for pair in TAKEOVERS
    }
    truth = any_of(truths.values())
    if truth is False:
        return Administration(False, "what its policies allow over IAM is denied elsewhere")
    actions, template = next(pair for pair in TAKEOVERS if truths[pair] is truth)
    arn = permissions.example(state, [(action, ()) for action in actions], template)
    answers = [permissions.decide(state, action, arn) for action in actions]
    statements = tuple(dict.fromkeys(one for answer in answers for one in answer.statements))
    granting = dict.fromkeys(one.policy_id for one in statements if one.effect == "Allow")
    given_by = " and ".join(granting) or "nothing but its kind"
    reason = f"full IAM administration via {given_by}"
    if truth:
        return Administration(True, reason, Explanation(True, (), references(statements)))
    hanging = sorted({key for answer in answers for key in (*answer.open_keys, *answer.unread)})
    return Administration(
        None,
        f"{reason}, depending on {', '.join(hanging)}",
        Explanation(None, tuple(hanging), references(statements)),
    )


def _is_given(
    permissions: AWSAuthorizer, state: PrincipalState, action: str, template: str
) -> bool:
    """Whether a policy of the principal allows, or may allow, an action on all that a template
    stands for, whatever is denied elsewhere."""
    if not permissions.may_ask(state, action):
        return False
    allowing = [
        one
        for policy in permissions.environment.held(state).identity
        for one in policy.about(action)
        if one.effect == "Allow" and one.condition_truth(UNKNOWN_CONTEXT) is not False
    ]
    if not allowing:
        return False
    arn = permissions.example(state, [(action, ())], template)
    return any(one.resource_match(arn) is not False for one in allowing)
