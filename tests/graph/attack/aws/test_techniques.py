"""The catalogue of techniques: complete, about things that exist, and asking for what AWS knows."""

import re
from collections import defaultdict
from functools import cache

import pytest
from botocore.session import get_session
from clew.collectors.registry import models
from clew.graph.attack.aws.data import DataTable, data
from clew.graph.attack.aws.technique import (
    Created,
    Existing,
    Principal,
    Requirement,
    Technique,
    Where,
    techniques,
)
from clew.graph.model import Resource

PUBLISHED = """
apprunner-001 iam:PassRole apprunner:CreateService
apprunner-002 apprunner:UpdateService
batch-001 iam:PassRole batch:RegisterJobDefinition batch:SubmitJob
batch-002 batch:SubmitJob
batch-003 iam:PassRole batch:CreateComputeEnvironment batch:CreateJobQueue \
    batch:RegisterJobDefinition batch:SubmitJob
bedrock-001 iam:PassRole bedrock-agentcore:CreateCodeInterpreter \
    bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
bedrock-002 bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
bedrock-003 iam:PassRole bedrock-agentcore:CreateAgentRuntime \
    bedrock-agentcore:CreateAgentRuntimeEndpoint bedrock-agentcore:CreateWorkloadIdentity \
    bedrock-agentcore:InvokeAgentRuntimeCommand
bedrock-004 bedrock-agentcore:InvokeAgentRuntimeCommand
bedrock-006 iam:PassRole bedrock-agentcore:CreateBrowser bedrock-agentcore:StartBrowserSession \
    bedrock-agentcore:ConnectBrowserAutomationStream
bedrock-007 bedrock-agentcore:StartBrowserSession bedrock-agentcore:ConnectBrowserAutomationStream
braket-001 iam:PassRole braket:CreateJob
cloudformation-001 iam:PassRole cloudformation:CreateStack
cloudformation-002 cloudformation:UpdateStack
cloudformation-003 iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances
cloudformation-004 iam:PassRole cloudformation:UpdateStackSet
cloudformation-005 cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
codebuild-001 iam:PassRole codebuild:CreateProject codebuild:StartBuild
codebuild-002 codebuild:StartBuild
codebuild-003 codebuild:StartBuildBatch
codebuild-004 iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch
codedeploy-001 codedeploy:CreateDeployment codedeploy:RegisterApplicationRevision \
    codedeploy:GetDeploymentConfig
cognitoidentity-001 iam:PassRole cognito-identity:SetIdentityPoolRoles
datapipeline-001 iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition \
    datapipeline:ActivatePipeline
ec2-001 iam:PassRole ec2:RunInstances
ec2-002 ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances
ec2-003 iam:PassRole ec2:RequestSpotInstances
ec2-004 ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
ec2-005 ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
ec2instanceconnect-003 ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances
ecs-001 iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService
ecs-002 iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask
ecs-003 iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService
ecs-004 iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask
ecs-005 iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask
ecs-006 ecs:ExecuteCommand ecs:DescribeTasks
ecs-007 iam:PassRole ecs:StartTask ecs:RegisterContainerInstance
ecs-008 iam:PassRole ecs:RunTask
ecs-009 iam:PassRole ecs:StartTask
emr-001 iam:PassRole elasticmapreduce:RunJobFlow
emrserverless-001 iam:PassRole emr-serverless:CreateApplication emr-serverless:StartJobRun
gamelift-001 iam:PassRole gamelift:CreateBuild gamelift:CreateFleet \
    gamelift:RequestUploadCredentials
glue-001 iam:PassRole glue:CreateDevEndpoint
glue-002 glue:UpdateDevEndpoint
glue-003 iam:PassRole glue:CreateJob glue:StartJobRun
glue-004 iam:PassRole glue:CreateJob glue:CreateTrigger
glue-005 iam:PassRole glue:UpdateJob glue:StartJobRun
glue-006 iam:PassRole glue:UpdateJob glue:CreateTrigger
glue-007 iam:PassRole glue:CreateSession glue:RunStatement
iam-001 iam:CreatePolicyVersion
iam-002 iam:CreateAccessKey
iam-003 iam:CreateAccessKey iam:DeleteAccessKey
iam-004 iam:CreateLoginProfile
iam-005 iam:PutRolePolicy
iam-006 iam:UpdateLoginProfile
iam-007 iam:PutUserPolicy
iam-008 iam:AttachUserPolicy
iam-009 iam:AttachRolePolicy
iam-010 iam:AttachGroupPolicy
iam-011 iam:PutGroupPolicy
iam-012 iam:UpdateAssumeRolePolicy
iam-013 iam:AddUserToGroup
iam-014 iam:AttachRolePolicy sts:AssumeRole
iam-015 iam:AttachUserPolicy iam:CreateAccessKey
iam-016 iam:CreatePolicyVersion sts:AssumeRole
iam-017 iam:PutRolePolicy sts:AssumeRole
iam-018 iam:PutUserPolicy iam:CreateAccessKey
iam-019 iam:AttachRolePolicy iam:UpdateAssumeRolePolicy
iam-020 iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy
iam-021 iam:PutRolePolicy iam:UpdateAssumeRolePolicy
imagebuilder-001 iam:PassRole imagebuilder:CreateComponent imagebuilder:CreateImageRecipe \
    imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage
kinesisanalytics-001 iam:PassRole kinesisanalytics:CreateApplication \
    kinesisanalytics:StartApplication
lambda-001 iam:PassRole lambda:CreateFunction lambda:InvokeFunction
lambda-002 iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping
lambda-003 lambda:UpdateFunctionCode
lambda-004 lambda:UpdateFunctionCode lambda:InvokeFunction
lambda-005 lambda:UpdateFunctionCode lambda:AddPermission
lambda-006 iam:PassRole lambda:CreateFunction lambda:AddPermission
omics-001 iam:PassRole omics:CreateWorkflow omics:StartRun
sagemaker-001 iam:PassRole sagemaker:CreateNotebookInstance
sagemaker-002 iam:PassRole sagemaker:CreateTrainingJob
sagemaker-003 iam:PassRole sagemaker:CreateProcessingJob
sagemaker-004 sagemaker:CreatePresignedNotebookInstanceUrl
sagemaker-005 sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance \
    sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance
ssm-001 ssm:StartSession
ssm-002 ssm:SendCommand
ssm-003 iam:PassRole ssm:CreateDocument ssm:StartAutomationExecution
sts-001 sts:AssumeRole
"""
"""The public catalogue: ids and the permissions that each names."""

BOTOCORE = {
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "elasticmapreduce": ("emr",),
    "kinesisanalytics": ("kinesisanalyticsv2",),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
}
"""Where botocore names a service otherwise than its actions do."""

WITHOUT_OPERATION = {
    "bedrock-agentcore:ConnectBrowserAutomationStream",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "iam:PassRole",
    "lambda:InvokeFunction",
    "rds-db:connect",
    "s3:GetObjectVersion",
}
"""Actions that no operation of the same name stands behind."""


KNOWN = {model.label: model for model in models()}
ALL = list(techniques().values())
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])


@pytest.fixture(scope="module")
def published() -> dict[str, frozenset[str]]:
    lines = PUBLISHED.replace("\\\n", " ").strip().splitlines()
    return {(words := line.split())[0]: frozenset(words[1:]) for line in lines}


@cache
def operations(service: str) -> frozenset[str]:
    session = get_session()
    names = BOTOCORE.get(service, (service,))
    return frozenset(
        operation for name in names for operation in session.get_service_model(name).operation_names
    )


def is_known(action: str) -> bool:
    service, name = action.split(":")
    return action in WITHOUT_OPERATION or name in operations(service)


def test_every_published_permission_set_is_there(published: dict[str, frozenset[str]]) -> None:
    missing = {
        public_id
        for public_id, permissions in published.items()
        if not any(
            public_id in technique.public_ids and technique.permissions == permissions
            for technique in ALL
        )
    }
    assert missing == set()


def test_a_public_id_stands_for_its_permissions_or_some_that_do_with_less(
    published: dict[str, frozenset[str]],
) -> None:
    more = {
        (technique.id, public_id): technique.permissions - published[public_id]
        for technique in ALL
        for public_id in technique.public_ids
        if not technique.permissions <= published[public_id]
    }
    # The published way needs a notebook to be opened; the second technique says by what.
    assert more == {
        ("sagemaker-create-notebook-open", "sagemaker-001"): {
            "sagemaker:CreatePresignedNotebookInstanceUrl"
        }
    }


def test_no_two_techniques_are_the_same() -> None:
    same = defaultdict(list)
    for technique in ALL:
        things = {name: thing.model_dump_json() for name, thing in technique.things.items()}
        same[technique.permissions, tuple(sorted(things.items()))].append(technique.id)
    assert [ids for ids in same.values() if len(ids) > 1] == []


def test_titles_are_unique() -> None:
    assert len({technique.title for technique in ALL}) == len(ALL)


@each
def test_actions_exist(technique: Technique) -> None:
    asked_of_roles = {
        action
        for thing in technique.things.values()
        if isinstance(thing, Principal)
        for action in thing.may
    }
    unknown = {action for action in technique.permissions | asked_of_roles if not is_known(action)}
    assert unknown == set()


@each
def test_labels_and_fields_exist(technique: Technique) -> None:
    for thing in technique.things.values():
        if isinstance(thing, Created):
            continue
        model = KNOWN[thing.principal if isinstance(thing, Principal) else thing.live]
        assert_fields(model, thing.where)
        if isinstance(thing, Existing):
            for path in thing.runs_as:
                assert path.split("/")[0] in model.model_fields


@each
def test_a_passed_role_trusts_the_service_that_it_is_passed_to(technique: Technique) -> None:
    for requirement in technique.requires:
        if requirement.action == "iam:PassRole":
            role = technique.things[requirement.on]
            assert isinstance(role, Principal)
            service = requirement.context["iam:PassedToService"]
            assert service in role.trusts + role.federates


@each
def test_things_that_iam_changes_can_be_changed(technique: Technique) -> None:
    changing = re.compile(
        r"iam:(Put|Attach|Detach|Delete|Update|Create)(Role|AssumeRole)?Polic\w+|"
        r"iam:(Put|Delete)RolePermissionsBoundary|iam:SetDefaultPolicyVersion"
    )
    for requirement in technique.requires:
        if changing.fullmatch(requirement.action):
            thing = technique.things.get(requirement.on)
            assert isinstance(thing, Created) or (thing and thing.changed)


@each
def test_policies_are_attached_by_name(technique: Technique) -> None:
    for requirement in technique.requires:
        if re.fullmatch(r"iam:Attach(User|Role|Group)Policy", requirement.action):
            assert requirement.context["iam:PolicyARN"].endswith(":policy/AdministratorAccess")


@each
def test_who_acts_is_of_the_kind_that_the_action_is_on(technique: Technique) -> None:
    for requirement in technique.requires:
        if requirement.on == "self":
            (kind,) = set(re.findall(r"User|Role", requirement.action))
            own = technique.things["self"]
            assert isinstance(own, Principal)
            assert own.principal == f"AWS{kind}"


@each
def test_data_is_taken_from_what_holds_data(technique: Technique) -> None:
    if technique.yields.as_ == "data":
        thing = technique.things[technique.yields.thing]
        assert isinstance(thing, Existing)
        assert thing.live in data().labels


@each
def test_what_is_controlled_runs_as_something(technique: Technique) -> None:
    """Unless it is what a resource policy opens."""
    thing = technique.things.get(technique.yields.thing)
    if technique.yields.as_ == "control" and technique.category != "resource-policy":
        assert isinstance(thing, Existing)
        assert thing.runs_for


@each
def test_texts_are_sentences(technique: Technique) -> None:
    assert technique.title[0].isupper()
    assert not technique.title.endswith(".")
    for text in (technique.steps, technique.remediation):
        assert text.strip().endswith(".")
    for condition in (*technique.assumes, *otherwises(technique)):
        assert condition[0].islower()
        assert not condition.endswith(".")


@each
def test_new_things_are_of_the_service_of_the_action(technique: Technique) -> None:
    for requirement in technique.requires:
        thing = technique.things.get(requirement.on)
        if isinstance(thing, Created):
            assert belongs(thing.new.split(":")[2], requirement), requirement


def belongs(service: str, requirement: Requirement) -> bool:
    return service == requirement.action.split(":")[0]


def otherwises(technique: Technique) -> list[str]:
    said = []
    for thing in technique.things.values():
        if isinstance(thing, Created):
            continue
        said += [where.otherwise for where in thing.where]
        said += [thing.otherwise] if isinstance(thing, Existing) else []
    return [text for text in said if text]


def assert_fields(model: type[Resource], conditions: tuple[Where, ...]) -> None:
    for where in conditions:
        assert where.field in model.model_fields


def test_the_table_of_data_is_about_what_exists() -> None:
    table: DataTable = data()
    assert all(is_known(action) for action in table.decrypts)
    for label, held in table.labels.items():
        fields = KNOWN[label].model_fields
        assert held.key is None or held.key in fields
        for way in held.ways:
            assert_fields(KNOWN[label], way.where)
            for read in way.all:
                assert is_known(read.action)
                assert set(read.fields) <= set(fields)
