"""Techniques take the live resource whose state and relations allow them, and no other."""

from typing import Any

import pytest
from clew.collectors.aws.apigateway import Method
from clew.collectors.aws.appsync import DataSource, GraphQLAPI
from clew.collectors.aws.base import AWSResource
from clew.collectors.aws.dynamodb import Table
from clew.collectors.aws.ecs import Service
from clew.collectors.aws.iot import RoleAlias
from clew.collectors.aws.sagemaker import Domain, UserProfile
from clew.collectors.aws.transfer import Server, User
from clew.graph.attack.model import StepType
from clew.graph.model import Location
from support.identities import ACCOUNT, REGION, Identities, allow, trust
from support.steps import Steps

HERE = Location(ACCOUNT, REGION, "aws")


@pytest.fixture
def iam() -> Identities:
    return Identities()


def taken(iam: Identities, *found: AWSResource, labels: tuple[str, ...] = ()) -> dict[Any, bool]:
    """The steps that mallory can take where these resources are all of their labels."""
    listed = [*{each.label for each in found}, *labels]
    return Steps.of(iam, resources=[*found], listed=listed).taken(source="mallory")


def studio(**known: Any) -> Domain:
    state = {"auth_mode": "IAM", "studio_access": True, **known}
    return Domain.unread(HERE, domain_id="d-1", name="studio", **state)


def studio_user(name: str, role: str) -> UserProfile:
    state = {"status": "InService", "execution_role": role}
    return UserProfile.unread(HERE, domain_id="d-1", name=name, **state)


def test_a_user_of_studio_has_its_own_role_or_the_domain_s(iam: Identities) -> None:
    iam.user("mallory", allow("sagemaker:CreatePresignedDomainUrl"))
    own, shared = (
        iam.role(name, trusts=trust("sagemaker.amazonaws.com")) for name in ("own", "shared")
    )
    found = [studio(execution_role=shared), studio_user("ann", own), studio_user("ben", "")]

    steps = Steps.of(iam, resources=found, listed=["AWSSageMakerDomain", "AWSSageMakerUserProfile"])

    reached = {target for _, name, target in steps.taken(source="mallory")}
    runs = {(source, target) for source, _, target in steps.taken(StepType.RUNS_AS)}
    assert {target for source, target in runs if source in reached} == {"own", "shared"}
    assert {source.partition(" ")[0] for source in reached} == {"ann", "ben"}


@pytest.mark.parametrize("state", [{"auth_mode": "SSO"}, {"studio_access": False}])
def test_a_domain_that_no_url_opens_is_not_opened(iam: Identities, state: dict[str, Any]) -> None:
    iam.user(
        "mallory",
        allow("sagemaker:CreatePresignedDomainUrl", "sagemaker:UpdateDomain", "iam:PassRole"),
        allow("sagemaker:UpdateUserProfile"),
    )
    role = iam.role("own", allow("sagemaker:CreateApp"), trusts=trust("sagemaker.amazonaws.com"))
    found = [studio(execution_role=role, **state), studio_user("ben", "")]

    assert taken(iam, *found) == {}


def test_a_role_alias_gives_out_its_role(iam: Identities) -> None:
    iam.user(
        "mallory", allow("iot:CreateKeysAndCertificate", "iot:CreatePolicy", "iot:AttachPolicy")
    )
    role = iam.role("target", trusts=trust("credentials.iot.amazonaws.com"))
    alias = RoleAlias.unread(HERE, name="sensors", role_arn=role)

    assert taken(iam, alias) == {("mallory", "iot-use-role-alias", "sensors"): True}


def test_where_aliases_were_not_listed_any_role_that_trusts_iot_may_have_one(
    iam: Identities,
) -> None:
    iam.user(
        "mallory", allow("iot:CreateKeysAndCertificate", "iot:CreatePolicy", "iot:AttachPolicy")
    )
    iam.role("target", trusts=trust("credentials.iot.amazonaws.com"))
    iam.role("of-lambda", trusts=trust("lambda.amazonaws.com"))

    assert Steps.of(iam).taken(source="mallory") == {
        ("mallory", "iot-use-role-alias", "target"): False
    }


@pytest.mark.parametrize(("kind", "reached"), [("AWS", 1), ("AWS_PROXY", 0), ("HTTP", 0)])
def test_only_an_integration_with_aws_calls_another_action(
    iam: Identities, kind: str, reached: int
) -> None:
    iam.user("mallory", allow("apigateway:PATCH", "apigateway:POST"))
    role = iam.role("target", trusts=trust("apigateway.amazonaws.com"))
    method = Method.unread(
        HERE,
        name="GET /",
        api_id="a",
        resource_id="r",
        http_method="GET",
        integration_type=kind,
        roles=[role],
    )

    assert len(taken(iam, method, labels=("AWSAPIGatewayV2Route",))) == reached


@pytest.mark.parametrize(
    ("callers", "as_caller", "technique"),
    [
        ("AWS_IAM", False, "appsync-read-table"),
        ("API_KEY", False, "appsync-read-table-api-key"),
        ("OPENID_CONNECT", False, ""),
        ("AWS_IAM", True, ""),
    ],
)
def test_a_table_is_read_through_an_api_as_its_callers_sign_in(
    iam: Identities, callers: str, as_caller: bool, technique: str
) -> None:
    iam.user("mallory", allow("appsync:UpdateResolver", "appsync:GraphQL", "appsync:CreateApiKey"))
    role = iam.role("reader", allow("dynamodb:GetItem"), trusts=trust("appsync.amazonaws.com"))
    table = Table.unread(HERE, name="orders", kms_key_arn="", policy="")
    api = GraphQLAPI.unread(HERE, api_id="a", authentication_types=[callers], visibility="GLOBAL")
    source = DataSource.unread(
        HERE,
        api_id="a",
        name="orders",
        api=api.id,
        type="AMAZON_DYNAMODB",
        service_role_arn=role,
        table=table.id,
        uses_caller_credentials=as_caller,
    )

    found = taken(iam, table, api, source)

    assert found == ({("mallory", technique, "orders"): False} if technique else {})


@pytest.mark.parametrize(
    ("state", "techniques"),
    [
        ({}, {"transfer-import-key", "transfer-update-user"}),
        ({"domain": "EFS"}, {"transfer-import-key"}),
        ({"identity_provider_type": "AWS_LAMBDA"}, set()),
        ({"protocols": ["FTPS"]}, set()),
    ],
)
def test_a_key_signs_in_where_the_server_keeps_its_users(
    iam: Identities, state: dict[str, Any], techniques: set[str]
) -> None:
    iam.user("mallory", allow("transfer:ImportSshPublicKey", "transfer:UpdateUser", "iam:PassRole"))
    role = iam.role("files", allow("s3:GetObject"), trusts=trust("transfer.amazonaws.com"))
    online: dict[str, Any] = {
        "domain": "S3",
        "identity_provider_type": "SERVICE_MANAGED",
        "protocols": ["SFTP"],
        "state": "ONLINE",
        "endpoint_type": "PUBLIC",
    }
    server = Server.unread(HERE, server_id="s-1", **online | state)
    user = User.unread(HERE, server_id="s-1", name="courier", role=role, policy="", home_buckets=[])

    found = taken(iam, server, user, labels=("AWSS3Bucket",))

    assert {technique for _, technique, _ in found} == techniques


def test_who_controls_the_deployments_of_a_service_decides_what_changes_its_tasks(
    iam: Identities,
) -> None:
    iam.user(
        "mallory",
        allow("ecs:RegisterTaskDefinition", "ecs:CreateTaskSet", "ecs:UpdateService"),
        allow("iam:PassRole"),
    )
    iam.role("target", trusts=trust("ecs-tasks.amazonaws.com"))

    def service(controller: str) -> Service:
        state = {"deployment_controller": controller, "desired_count": 1}
        return Service.unread(HERE, cluster_name="c", name=controller.lower(), **state)

    techniques = {"ECS": "ecs-update-service", "EXTERNAL": "ecs-create-task-set", "CODE_DEPLOY": ""}
    for controller, technique in techniques.items():
        found = taken(iam, service(controller), labels=("AWSECSCluster",))
        assert found == ({("mallory", technique, "target"): True} if technique else {})


@pytest.mark.parametrize(
    ("service", "action", "starts"),
    [
        ("pipes.amazonaws.com", "pipes:CreatePipe", "batch:SubmitJob"),
        ("transfer.amazonaws.com", "transfer:Create*", "s3:GetObject"),
    ],
)
def test_a_role_is_worth_passing_only_for_what_the_service_does_as_it(
    iam: Identities, service: str, action: str, starts: str
) -> None:
    iam.user("mallory", allow(action, "iam:PassRole"))
    iam.role("idle", allow("logs:PutLogEvents"), trusts=trust(service))
    iam.role("starting", allow(starts), trusts=trust(service))

    found = Steps.of(iam, listed=["AWSTransferServer"]).taken(source="mallory")

    assert {target for _, _, target in found} == {"starting"}
    assert not any(found.values())
