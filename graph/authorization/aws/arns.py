"""Amazon Resource Names, and what an ARN alone says about a resource."""

import re
from functools import lru_cache
from typing import NamedTuple

from .patterns import ARN_PARTS

_ACCOUNT = re.compile(r"[0-9]{12}")
_SERVICE_LINKED = "role/aws-service-role/"
_RESERVED = {"iam": (_SERVICE_LINKED, "role/aws-reserved/"), "kms": ("alias/aws/",)}
"""How what belongs to AWS itself begins, by service."""


class Arn(NamedTuple):
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    """The account's number; empty where the ARN names none."""
    resource: str


@lru_cache(65536)
def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN; None for any other text."""
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[0] != "arn":
        return None
    _, partition, service, region, account, resource = parts
    return Arn(partition, service, region, account if is_account(account) else "", resource)


def is_account(text: str) -> bool:
    """Whether a text is an account's number."""
    return _ACCOUNT.fullmatch(text) is not None


def account_of(text: str) -> str:
    """The account that an ARN names; empty if it names none."""
    arn = parse_arn(text)
    return arn.account if arn else ""


def is_immutable(arn: str) -> bool:
    """Whether nobody in the account may change it, whatever policies say: AWS's own managed
    policies, service-linked roles, the roles that IAM Identity Center reserves, and the aliases of
    AWS's own keys."""
    parts = arn.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS:
        return False
    *_, service, _, account, resource = parts
    if service == "iam" and account == "aws":
        return resource.startswith("policy/")
    return resource.startswith(_RESERVED.get(service, ()))


def policy_called(id_: str) -> str:
    """What to call a policy by its id, which is its resource's where that is the resource's own."""
    arn = parse_arn(id_)
    kind, _, path = arn.resource.partition("/") if arn else ("", "", "")
    name = id_.rpartition("/")[2].rpartition(":")[2]
    if (
        arn is None
        or kind == "policy"
        or "/inline_policy/" in path
        or arn.service == "organizations"
    ):
        return name
    return (
        f"trust policy of {name}" if (arn.service, kind) == ("iam", "role") else f"policy of {name}"
    )


def is_service_linked(role_arn: str) -> bool:
    """Whether it is the ARN of a service-linked role, which no SCP or RCP binds."""
    arn = parse_arn(role_arn)
    return arn is not None and arn.service == "iam" and arn.resource.startswith(_SERVICE_LINKED)
