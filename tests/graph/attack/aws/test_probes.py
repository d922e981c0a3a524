"""Who comes to an administrator, one user each: small policies, as they are really written."""

from datetime import UTC, datetime
from typing import Any

import pytest
from clew.collectors.aws.iam import InstanceProfile
from clew.collectors.registry import models
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.blast_radius import ForwardSteps
from clew.graph.attack.model import AttackGraph
from support.audit import blank
from support.identities import ACCOUNT, Document, Identities, allow, deny, graph_of, policy, trust

pytestmark = pytest.mark.slow

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
YES, NO, PERHAPS = True, False, None
SERVICES = (
    "airflow-env",
    "apigateway",
    "appsync",
    "bedrock",
    "codebuild",
    "codepipeline",
    "cloudformation",
    "credentials.iot",
    "ec2",
    "ecs-tasks",
    "events",
    "fis",
    "glue",
    "lambda",
    "pipes",
    "rolesanywhere",
    "sagemaker",
    "scheduler",
    "ssm",
    "states",
    "transfer",
)
"""Of each there is a role that administers the account and that the service may act as."""


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def passing(service: str, *actions: str, to: str = "") -> list[Document]:
    """Leave to pass the service's role, and to do some actions."""
    condition = {"StringEquals": {"iam:PassedToService": f"{to}.amazonaws.com"}}
    given = {"Condition": condition} if to else {}
    return [allow("iam:PassRole", on=arn("role", f"for-{service}"), **given), allow(*actions)]


def when(operator: str, **keys: Any) -> dict[str, Any]:
    return {
        "Condition": {operator: {name.replace("__", ":"): value for name, value in keys.items()}}
    }


def where(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


ATTACH = "iam:AttachUserPolicy"
AWS_OWN = "arn:aws:iam::aws:policy/{}".format

PROBES: dict[str, tuple[list[Document], bool | None]] = {
    # What a service does as a role that is passed to it.
    "ssm-activation": (passing("ssm", "ssm:CreateActivation"), YES),
    "ssm-activation-passed-elsewhere": (passing("ssm", "ssm:CreateActivation", to="ec2"), NO),
    "iot-alias": (passing("credentials.iot", "iot:*"), YES),
    "iot-alias-alone": (passing("credentials.iot", "iot:CreateRoleAlias"), NO),
    "apigateway": (passing("apigateway", "apigateway:*"), YES),
    "apigateway-read": (passing("apigateway", "apigateway:GET"), NO),
    "appsync": (passing("appsync", "appsync:*"), YES),
    "sagemaker-pipeline": (
        passing("sagemaker", "sagemaker:CreatePipeline", "sagemaker:StartPipelineExecution"),
        YES,
    ),
    "sagemaker-transform": (
        passing("sagemaker", "sagemaker:CreateModel", "sagemaker:CreateTransformJob"),
        YES,
    ),
    "sagemaker-model-alone": (passing("sagemaker", "sagemaker:CreateModel"), NO),
    "transfer": (passing("transfer", "transfer:*"), PERHAPS),
    "airflow": (
        passing("airflow-env", "airflow:*", "ec2:*", "s3:GetEncryptionConfiguration"),
        PERHAPS,
    ),
    "pipes": (passing("pipes", "pipes:*"), PERHAPS),
    "fis": (passing("fis", "fis:*"), PERHAPS),
    "bedrock-agent": (passing("bedrock", "bedrock:*"), NO),
    "beanstalk": (passing("ec2", "elasticbeanstalk:*"), PERHAPS),
    "emr": (passing("ec2", "elasticmapreduce:*"), NO),
    "ecs": (passing("ecs-tasks", "ecs:*"), YES),
    "codepipeline": (passing("codepipeline", "codepipeline:*"), YES),
    "rolesanywhere": (passing("rolesanywhere", "rolesanywhere:*"), YES),
    "rolesanywhere-no-anchor": (passing("rolesanywhere", "rolesanywhere:CreateProfile"), NO),
    "ec2-fleet": (
        passing("ec2", "ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"),
        YES,
    ),
    "scheduler": (passing("scheduler", "scheduler:*"), YES),
    "stepfunctions": (passing("states", "states:*"), YES),
    "eks-without-cluster": ([allow("eks:*", "iam:PassRole")], NO),
    "cognito-without-pool": (passing("ec2", "cognito-identity:SetIdentityPoolRoles"), NO),
    "glue-without-connection": (passing("glue", "glue:GetConnection"), NO),
    # What is picked.
    "any-but-admin": (
        [
            allow(ATTACH),
            deny(
                ATTACH,
                **where(
                    "ArnEquals",
                    "iam:PolicyARN",
                    [AWS_OWN("AdministratorAccess"), AWS_OWN("IAMFullAccess")],
                ),
            ),
        ],
        YES,
    ),
    "only-of-aws": (
        [allow(ATTACH), deny(ATTACH, **where("ArnNotLike", "iam:PolicyARN", AWS_OWN("*")))],
        YES,
    ),
    "only-read-only": (
        [
            allow(ATTACH),
            deny(ATTACH, **where("ArnNotLike", "iam:PolicyARN", AWS_OWN("*ReadOnlyAccess"))),
        ],
        NO,
    ),
    "another-region": (
        [
            *passing("lambda", "lambda:CreateFunction", "lambda:InvokeFunction", to="lambda"),
            deny("lambda:*", **where("StringEquals", "aws:RequestedRegion", "us-east-1")),
        ],
        YES,
    ),
    "wide-boundary-by-pattern": (
        [
            allow(
                "iam:CreateUser",
                "iam:AttachUserPolicy",
                **where("ArnLike", "iam:PermissionsBoundary", arn("policy", "edge-*")),
            ),
            allow("iam:CreateAccessKey"),
        ],
        YES,
    ),
    "narrow-boundary": (
        [
            allow(
                "iam:CreateUser",
                "iam:AttachUserPolicy",
                "iam:CreateAccessKey",
                on=arn("user", "new-*"),
            ),
            deny(
                "iam:CreateUser",
                "iam:AttachUserPolicy",
                **where("StringNotEquals", "iam:PermissionsBoundary", arn("policy", "edge-s3")),
            ),
        ],
        NO,
    ),
    # Tags.
    "made-with-a-tag": (
        [
            allow(
                "iam:CreateRole", "iam:TagRole", **where("StringEquals", "aws:RequestTag/t", "d")
            ),
            allow("iam:PutRolePolicy", **where("StringEquals", "iam:ResourceTag/t", "d")),
            allow("sts:AssumeRole"),
        ],
        YES,
    ),
    "made-without-it": (
        [
            allow("iam:CreateRole", "sts:AssumeRole", on=arn("role", "new-*")),
            allow("iam:PutRolePolicy", **where("StringEquals", "iam:ResourceTag/t", "d")),
        ],
        NO,
    ),
    "tags-itself": (
        [
            allow("iam:TagUser", on=arn("user", "${aws:username}")),
            allow("*", **where("StringLike", "aws:PrincipalTag/level", "adm*")),
        ],
        YES,
    ),
    "may-not-set-that-tag": (
        [
            allow("iam:TagUser"),
            deny("iam:TagUser", **where("ForAnyValue:StringEquals", "aws:TagKeys", ["level"])),
            allow("*", **where("StringEquals", "aws:PrincipalTag/level", "admin")),
            deny("iam:*Key*", "iam:*LoginProfile", "iam:*ServiceSpecific*", "iam:TagRole"),
        ],
        NO,
    ),
    "session-tag": ([allow("sts:AssumeRole", "sts:TagSession", on=arn("role", "by-tag"))], YES),
    "no-session-tag": ([allow("sts:AssumeRole", on=arn("role", "by-tag"))], NO),
    # Time.
    "expired": (
        [allow("*", **where("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))],
        NO,
    ),
    "begun": (
        [allow("*", **where("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))],
        YES,
    ),
    "revoked-sessions": ([allow("sts:AssumeRole", on=arn("role", "revoked"))], YES),
    "mfa": ([allow("*", **where("Bool", "aws:MultiFactorAuthPresent", "true"))], PERHAPS),
    # Boundaries and denials of its own.
    "own-boundary-off": ([allow("*")], YES),
    "own-boundary-stays": ([allow("*")], NO),
    "own-group-left": ([allow("*")], YES),
    "own-group-stays": ([allow("*")], NO),
    # How things are spelled.
    "odd-case": (
        [
            allow("IAM:passrole", on=arn("role", "for-lambda")),
            allow("LAMBDA:createfunction", "lambda:INVOKEFUNCTION"),
        ],
        YES,
    ),
    "other-account": (
        [
            allow("iam:PassRole", on="arn:aws:iam::999999999999:role/*"),
            allow("lambda:*"),
        ],
        NO,
    ),
    "one-segment": ([allow("sts:AssumeRole", on="arn:aws:iam::*role/revoked")], NO),
    # What nobody changes.
    "service-linked": (
        [allow("iam:UpdateAssumeRolePolicy", on=arn("role", "aws-service-role/*"))],
        NO,
    ),
    "reserved": ([allow("iam:UpdateAssumeRolePolicy", on=arn("role", "aws-reserved/*"))], NO),
    "trust-rewritten": ([allow("iam:UpdateAssumeRolePolicy", on=arn("role", "for-ec2"))], YES),
    "trust-rewritten-denied": (
        [allow("iam:UpdateAssumeRolePolicy", on=arn("role", "for-ec2")), deny("sts:*")],
        YES,  # The role may trust an account of the attacker's.
    ),
    "chain": ([allow("sts:AssumeRole", on=arn("role", "middle"))], YES),
}
MORE: dict[str, dict[str, Any]] = {
    "own-boundary-off": {"boundary": arn("policy", "edge-unbinding")},
    "own-boundary-stays": {"boundary": arn("policy", "edge-s3")},
    "own-group-left": {"groups": ["denied"]},
    "own-group-stays": {"groups": ["denied-for-good"]},
}
SCANNED = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def graph() -> AttackGraph:
    iam = Identities()
    for service in SERVICES:
        iam.role(f"for-{service}", allow("*"), trusts=trust(f"{service}.amazonaws.com"))
    iam.managed("edge-s3", policy(allow("s3:*")))
    iam.managed("edge-wide", policy(allow("*")))
    iam.managed("edge-unbinding", policy(allow("s3:*", "iam:DeleteUserPermissionsBoundary")))
    iam.managed("AdministratorAccess", policy(allow("*")), owner="aws")
    iam.managed("ours", policy(allow("*")))
    iam.group("denied", deny("sts:*", "iam:*Policy*", "iam:*User", "iam:*Role", "iam:*Profile*"))
    iam.group("denied-for-good", deny("iam:*", "sts:*", "sso:*", "organizations:*"))
    iam.role(
        "revoked",
        allow("*"),
        deny("*", **where("DateLessThan", "aws:TokenIssueTime", "2026-01-01T00:00:00Z")),
        trusts=trust(ROOT),
    )
    tagged = where("StringEquals", "aws:PrincipalTag/level", "admin")
    session = {**trust(ROOT), "Action": ["sts:AssumeRole", "sts:TagSession"]}
    iam.role("by-tag", allow("*", **tagged), trusts=session)
    iam.role(
        "middle", allow("iam:UpdateAssumeRolePolicy", on=arn("role", "for-ec2")), trusts=trust(ROOT)
    )
    iam.role(
        "AWSServiceRoleForX",
        allow("*"),
        trusts=trust("x.amazonaws.com"),
        path="/aws-service-role/x.amazonaws.com/",
    )
    iam.role(
        "AWSReservedSSO_A",
        allow("*"),
        trusts=trust("sso.amazonaws.com"),
        path="/aws-reserved/sso.amazonaws.com/",
    )
    for name, (statements, _) in PROBES.items():
        iam.user(name, *statements, **MORE.get(name, {}))
    iam.role(
        "AWSServiceRoleForEC2Fleet",
        trusts=trust("ec2fleet.amazonaws.com"),
        path="/aws-service-role/ec2fleet.amazonaws.com/",
    )
    profile = blank(
        InstanceProfile,
        id=arn("instance-profile", "for-ec2"),
        name="for-ec2",
        account=ACCOUNT,
        roles=[arn("role", "for-ec2")],
    )
    read = graph_of(
        iam, resources=[profile], listed=[model.label for model in models()], scanned=SCANNED
    )
    return attack_graph(*read)


@pytest.mark.parametrize("name", PROBES)
def test_who_comes_to_an_administrator(graph: AttackGraph, name: str) -> None:
    _, expected = PROBES[name]
    source = 1 << graph.number[arn("user", name), ""]

    found: bool | None = NO
    for only_certain in (False, True):
        steps = ForwardSteps(graph, only_certain=only_certain)
        targets = graph.administrators.certain if only_certain else graph.administrators.possible
        if steps.from_(source).reached & targets:
            found = YES if only_certain else PERHAPS

    assert found is expected
