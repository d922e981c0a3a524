"""Makes an account in which everybody can become nearly everybody else."""

from typing import Any

ACCOUNT = "111122223333"
_ALLOWED = (
    ("sts:AssumeRole",),
    ("iam:UpdateAssumeRolePolicy", "sts:AssumeRole"),
    ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    ("iam:PassRole", "ec2:RunInstances"),
    ("lambda:UpdateFunctionCode", "iam:PutRolePolicy"),
)
"""The actions of the shared policies, each on all resources."""
_ADMINISTRATORS = 3


def answer(roles: int) -> dict[str, Any]:
    """What GetAccountAuthorizationDetails answers of so many roles over the shared policies. The
    whole account is trusted by each, as are Lambda and EC2; a few are administrators."""
    allowed = [*_ALLOWED, ("*",)]
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": [_role(number) for number in range(roles)],
        "Policies": [_policy(number, actions) for number, actions in enumerate(allowed)],
    }


def _role(number: int) -> dict[str, Any]:
    is_administrator = number < _ADMINISTRATORS
    policy = len(_ALLOWED) if is_administrator else number % len(_ALLOWED)
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/role-{number}",
        "RoleName": f"role-{number}",
        "Path": "/",
        "RolePolicyList": [],
        "InstanceProfileList": [],
        "Tags": [],
        "AttachedManagedPolicies": [
            {"PolicyName": f"shared-{policy}", "PolicyArn": _policy_arn(policy)}
        ],
        "AssumeRolePolicyDocument": _document(
            {
                "Principal": {
                    "AWS": f"arn:aws:iam::{ACCOUNT}:root",
                    "Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"],
                },
                "Action": "sts:AssumeRole",
            }
        ),
    }


def _policy(number: int, actions: tuple[str, ...]) -> dict[str, Any]:
    version = {
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "Document": _document({"Action": list(actions), "Resource": "*"}),
    }
    return {
        "Arn": _policy_arn(number),
        "PolicyName": f"shared-{number}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [version],
    }


def _policy_arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/shared-{number}"


def _document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
