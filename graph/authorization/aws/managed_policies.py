"""The policies of AWS itself that everybody can attach, as far as what they say is needed.

What a scan collected of them comes before what is said here.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ...view import GraphView
from .policy import Policy, compile_policy

ADMINISTRATOR_ACCESS = "AdministratorAccess"
_DOCUMENTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        ADMINISTRATOR_ACCESS: {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        },
        "IAMFullAccess": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "iam:*",
                        "organizations:DescribeAccount",
                        "organizations:DescribeOrganization",
                        "organizations:DescribeOrganizationalUnit",
                        "organizations:DescribePolicy",
                        "organizations:ListChildren",
                        "organizations:ListParents",
                        "organizations:ListPoliciesForTarget",
                        "organizations:ListRoots",
                        "organizations:ListPolicies",
                        "organizations:ListTargetsForPolicy",
                    ],
                    "Resource": "*",
                }
            ],
        },
        "PowerUserAccess": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "NotAction": ["iam:*", "organizations:*", "account:*"],
                    "Resource": "*",
                },
                {
                    "Effect": "Allow",
                    "Action": [
                        "account:GetAccountInformation",
                        "account:GetPrimaryEmail",
                        "account:ListRegions",
                        "iam:CreateServiceLinkedRole",
                        "iam:DeleteServiceLinkedRole",
                        "iam:ListRoles",
                        "organizations:DescribeOrganization",
                    ],
                    "Resource": "*",
                },
            ],
        },
    }
)
_OWN = ":iam::aws:policy/"


def known_to_all(partition: str) -> tuple[str, ...]:
    """The ARNs of those whose content is known here, the widest first."""
    return tuple(f"arn:{partition}{_OWN}{name}" for name in _DOCUMENTS)


def documented(arn: str) -> Mapping[str, Any] | None:
    """What a policy of AWS says; None if that is not known here."""
    _, is_own, name = arn.partition(_OWN)
    return _DOCUMENTS.get(name) if is_own else None


def policy_of(view: GraphView, id_: str) -> Policy:
    """A managed or inline policy of a scan; one that was not read may say anything."""
    document = view.get(id_, "document")
    return compile_policy(documented(id_) if document is None else document, id_)
