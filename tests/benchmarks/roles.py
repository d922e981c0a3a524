"""Makes an account with any number of roles, over a few shared policies or each with its own."""

import random
from typing import Any

from clew.collectors.aws import authorization_details
from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.s3 import Bucket
from clew.collectors.registry import models
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Location, Resource, Scope, Status

ACCOUNT, ELSEWHERE = "111122223333", "999988887777"
REGION = "us-east-1"
_HERE = Location(ACCOUNT, REGION, "aws")
POLICIES = 60
_BROAD: list[dict[str, Any]] = [
    {"Action": "*", "Resource": "*"},
    {"Action": "iam:*", "Resource": "*"},
    {"Action": "iam:PassRole", "Resource": "*"},
    {"Action": "sts:AssumeRole", "Resource": "*"},
    {"Action": ["lambda:*", "iam:PassRole"], "Resource": "*"},
    {"Action": ["ec2:*", "ssm:*"], "Resource": "*"},
    {"Action": ["ecs:*", "codebuild:*", "glue:*"], "Resource": "*"},
    {"Action": ["cloudformation:*", "sagemaker:*"], "Resource": "*"},
    {"Action": ["iam:PutRolePolicy", "iam:AttachRolePolicy"], "Resource": "*"},
    {"Action": "iam:CreateAccessKey", "Resource": "*"},
]
_SERVICES = ("lambda", "ec2", "ecs-tasks", "glue", "codebuild", "cloudformation", "sagemaker")
_KINDS = ("s3", "dynamodb", "sqs", "sns", "logs", "kms", "secretsmanager", "events", "ecr", "ssm")


def estate(count: int, seed: int = 1) -> tuple[ResourceGraph, list[ListingStatus]]:
    """A linked graph of so many roles, each with one to four of the shared policies, always the
    same for the same number; a function for every tenth, a bucket for every hundredth."""
    chance = random.Random(seed)
    answer = {
        "Policies": [_policy(number) for number in range(POLICIES)],
        "RoleDetailList": [_role(number, count, chance) for number in range(count)],
    }
    functions = [_function(number, chance.randrange(count)) for number in range(count // 10)]
    return _linked(answer, [*functions, *map(_bucket, range(count // 100))])


def estate_of_distinct(count: int, seed: int = 1) -> tuple[ResourceGraph, list[ListingStatus]]:
    """The same of roles that each have a policy of their own, which names resources; a function
    and a bucket for every fourth."""
    chance = random.Random(seed)
    others = count // 4
    answer = {
        "RoleDetailList": [
            {
                **_role(number, count, chance),
                "AttachedManagedPolicies": [],
                "RolePolicyList": [_own_policy(number, count, others, chance)],
            }
            for number in range(count)
        ]
    }
    functions = [_function(number, chance.randrange(count)) for number in range(others)]
    return _linked(answer, [*functions, *map(_bucket, range(others))])


def _linked(
    answer: dict[str, Any], others: list[Resource]
) -> tuple[ResourceGraph, list[ListingStatus]]:
    collected = authorization_details.collect({ACCOUNT: [answer]}, {ACCOUNT: ()}, {ACCOUNT: ()})
    resources = [*collected.resources, *others]
    reads = [
        *collected.reads,
        *(ListingStatus(model.label, ACCOUNT, REGION, Status.OK) for model in models()),
    ]
    scope = Scope(
        accounts={"aws": [ACCOUNT]},
        regions={ACCOUNT: [REGION]},
        labels=[model.label for model in models()],
    )
    return link(resources, models(), reads, scope), reads


def _policy(number: int) -> dict[str, Any]:
    """One of the shared policies: the first are broad, the others of one service each."""
    kind = _KINDS[number % len(_KINDS)]
    statement = (
        _BROAD[number]
        if number < len(_BROAD)
        else {
            "Action": [f"{kind}:Get*", f"{kind}:List*", f"{kind}:Put*"][: 1 + number % 3],
            "Resource": f"arn:aws:{kind}:*:*:team-{number}*" if number % 2 else "*",
        }
    )
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/shared-{number:02d}",
        "PolicyName": f"shared-{number:02d}",
        "Path": "/",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [
            {
                "VersionId": "v1",
                "IsDefaultVersion": True,
                "Document": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", **statement}],
                },
            }
        ],
    }


def _own_policy(number: int, count: int, others: int, chance: random.Random) -> dict[str, Any]:
    """What a team's role may do with a few resources by name, and one in a hundred with all."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function"
    one, another = chance.randrange(others), chance.randrange(others)
    statements = [
        {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::bucket-{one}/*"},
        {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::bucket-{one // 10}*"},
        {"Action": ["lambda:InvokeFunction"], "Resource": f"{function}-{another}"},
        {"Action": "sts:AssumeRole", "Resource": _arn(chance.randrange(count))},
        {"Action": ["logs:PutLogEvents", "logs:Create*"], "Resource": "*"},
    ]
    if number % 10 == 0:
        updating = ["lambda:Update*", "lambda:GetFunction"]
        statements.append({"Action": updating, "Resource": f"{function}-{another // 10}*"})
    if number % 25 == 0:
        changing = ["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
        statements.append({"Action": changing, "Resource": _arn(chance.randrange(count))})
    if number % 100 == 0:
        statements.append({"Action": chance.choice(_BROAD)["Action"], "Resource": "*"})
    return {
        "PolicyName": "own",
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", **each} for each in statements],
        },
    }


def _role(number: int, count: int, chance: random.Random) -> dict[str, Any]:
    held = chance.sample(range(POLICIES), chance.randint(1, 4))
    return {
        "Arn": _arn(number),
        "RoleName": f"role-{number}",
        "Path": "/",
        "RolePolicyList": [],
        "AttachedManagedPolicies": [
            {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/shared-{each:02d}"}
            for each in sorted(held)
        ],
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": _trusted(number, count, chance),
                    "Action": "sts:AssumeRole",
                }
            ],
        },
    }


def _trusted(number: int, count: int, chance: random.Random) -> dict[str, Any]:
    kind = number % 20
    if kind < 13:
        return {"Service": f"{chance.choice(_SERVICES)}.amazonaws.com"}
    if kind < 16:
        return {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    if kind < 19:
        return {"AWS": sorted({_arn(chance.randrange(count)) for _ in range(3)})}
    return {"AWS": f"arn:aws:iam::{ELSEWHERE}:root" if number % 400 > kind else "*"}


def _arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/role-{number}"


def _function(number: int, role: int) -> Resource:
    raw = {
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function-{number}",
        "FunctionName": f"function-{number}",
        "PackageType": "Zip",
        "Role": _arn(role),
    }
    return Function.load(raw, _HERE, policy="")


def _bucket(number: int) -> Resource:
    return Bucket(
        id=f"arn:aws:s3:::bucket-{number}",
        name=f"bucket-{number}",
        account=ACCOUNT,
        region=REGION,
        policy="",
        acl_everyone=[],
        acl_authenticated=[],
        object_ownership="BucketOwnerEnforced",
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
