"""The catalogue of techniques: complete, about things that exist, and asking for what AWS knows."""

import re
from collections import defaultdict
from functools import cache

import pytest
from botocore.session import get_session
from clew.collectors.registry import models
from clew.graph.attack.aws.data import DataTable, data
from clew.graph.attack.aws.tokens import CLUSTER
from clew.graph.attack.aws.vocabulary import AWS, techniques
from clew.graph.attack.engine.requirement import SELF, Created, Existing, Requirement, Where
from clew.graph.attack.engine.technique import ExternalTechnique, Technique
from clew.graph.model import Resource
from clew.graph.schema import Schema
from support.technique_estates import TechniqueEstate

pytestmark = pytest.mark.slow

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
    "airflow": ("mwaa",),
    "bedrock": ("bedrock-agent", "bedrock-agent-runtime"),
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "elasticmapreduce": ("emr",),
    "kinesisanalytics": ("kinesisanalyticsv2",),
    "s3": ("s3", "s3control"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
}
"""Where botocore names a service otherwise than its actions do."""

IN_ARNS = {"servicecatalog": "catalog"}
"""Where ARNs name a service otherwise than its actions do."""

WITHOUT_OPERATION = {
    "apigateway:PATCH",
    "apigateway:POST",
    "appsync:GraphQL",
    "bedrock-agentcore:ConnectBrowserAutomationStream",
    "codecommit:GitPull",
    "codecommit:GitPush",
    "ds:AccessDSData",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "elasticmapreduce:AttachEditor",
    "elasticmapreduce:CreateEditor",
    "elasticmapreduce:OpenEditorInConsole",
    "elasticmapreduce:StartEditor",
    "iam:PassRole",
    "lambda:InvokeFunction",
    "rds-db:connect",
    "s3:GetEncryptionConfiguration",
    "s3:GetObjectVersion",
    "sso-directory:AddMemberToGroup",
    "sso-directory:ImportExternalIdPCertificate",
    "sso-directory:UpdatePassword",
    "sts:TagSession",
}
"""Actions that no operation of the same name stands behind."""


KNOWN = {model.label: model for model in models()}
EDGES = {(pair.source, pair.rel, pair.target) for pair in Schema.of(models()).pairs}
ALL = list(techniques().techniques.values())
EXTERNAL = list(techniques().external.values())
each = pytest.mark.parametrize("technique", ALL, ids=[technique.id for technique in ALL])
each_of_all = pytest.mark.parametrize(
    "technique", [*ALL, *EXTERNAL], ids=[technique.id for technique in [*ALL, *EXTERNAL]]
)


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
    assert missing == set(), "write a technique for each of these public ids"


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
        resources = {name: one.model_dump_json() for name, one in technique.resources.items()}
        relations = frozenset(technique.relations)
        resources["*"] = str([(each.context, each.part) for each in technique.requires])
        key = (technique.permissions, tuple(sorted(resources.items())), relations, technique.holds)
        same[key].append(technique.id)
    assert [ids for ids in same.values() if len(ids) > 1] == [], "keep one of each"


def test_titles_are_unique() -> None:
    titles = [technique.title for technique in [*ALL, *EXTERNAL]]
    assert len(set(titles)) == len(titles)


@each
def test_actions_exist(technique: Technique) -> None:
    asked_of_roles = {
        action
        for one in technique.existing.values()
        for action in (*one.can, *(own.action for own in one.to_itself))
    }
    tagging = {one.tagged_by for one in technique.created.values() if one.tagged_by}
    actions = technique.permissions | asked_of_roles | tagging
    unknown = {action for action in actions if not is_known(action)}
    assert unknown == set(), "AWS has no such action; see its Service Authorization Reference"


@each
def test_labels_and_fields_exist(technique: Technique) -> None:
    for resource in existing(technique):
        model = KNOWN[resource.existing]
        assert_fields(model, resource.where)
        for path in resource.runs_as:
            assert ends(resource.existing, path) & {"AWSRole", "AWSInstanceProfile"}


def ends(label: str, path: str) -> set[str]:
    """The labels that a path of references leads to."""
    labels = {label}
    for name in path.split("/"):
        references = [
            KNOWN[one].references[name] for one in labels if name in KNOWN[one].references
        ]
        labels = {one for reference in references for one in reference.labels}
    return labels


@each
def test_relations_are_edges_that_the_models_tell_of(technique: Technique) -> None:
    for relation in technique.relations:
        assert any(
            is_edge(source, relation.edge, target)
            for source in labels_of(technique, relation.from_)
            for target in labels_of(technique, relation.to)
        ), relation


def is_edge(source: str, rel: str, target: str) -> bool:
    """Whether there can be such an edge; an instance profile lends its role to what has it."""
    if rel == "CAN_ASSUME":
        return source in AWS.principals and target == "AWSRole"
    profile = "AWSInstanceProfile"
    lent = {(source, "RUNS_AS", profile), (profile, "RUNS_AS", target)} <= EDGES
    return (source, rel, target) in EDGES or (rel == "RUNS_AS" and lent)


def labels_of(technique: Technique, name: str) -> tuple[str, ...]:
    if name == SELF:
        return (technique.actor.existing,) if technique.actor else AWS.principals
    return (technique.existing[name].existing,)


def test_edges_that_no_model_tells_of_are_noticed() -> None:
    assert is_edge("AWSEC2Instance", "RUNS_AS", "AWSRole")
    assert not is_edge("AWSRole", "RUNS_AS", "AWSEC2Instance")
    assert not is_edge("AWSEC2Instance", "RUNS_AS", "AWSUser")
    assert not is_edge("AWSPolicy", "HAS_POLICY", "AWSRole")
    assert not is_edge("AWSRole", "CAN_ASSUME", "AWSUser")


@each
def test_its_estate_has_the_edges_of_its_relations(technique: Technique) -> None:
    estate = TechniqueEstate(technique)
    graph, _ = estate.graph()
    edges = {(source, edge["rel"], target) for source, target, edge in graph.edges(data=True)}
    for relation in technique.relations:
        if relation.edge != "CAN_ASSUME":
            source, target = estate.ids[relation.from_], estate.ids[relation.to]
            through = {
                middle for start, rel, middle in edges if (start, rel) == (source, "RUNS_AS")
            }
            assert any((one, relation.edge, target) in edges for one in {source, *through})


@each
def test_relations_are_said_once(technique: Technique) -> None:
    ends = [frozenset((relation.from_, relation.to)) for relation in technique.relations]
    assert len(set(ends)) == len(ends)


@each
def test_only_roles_trust_and_are_handed_out(technique: Technique) -> None:
    for resource in existing(technique):
        if resource.trusts or resource.federates or resource.can or resource.to_itself:
            assert resource.existing == "AWSRole"


@each
def test_a_passed_role_trusts_the_service_that_it_is_passed_to(technique: Technique) -> None:
    for requirement in technique.requires:
        if requirement.action == "iam:PassRole":
            role = technique.existing[requirement.on]
            service = requirement.context["iam:PassedToService"]
            assert service in role.trusts + role.federates


@each
def test_what_iam_changes_can_be_changed(technique: Technique) -> None:
    changing = re.compile(
        r"iam:(Put|Attach|Detach|Delete|Update|Create)(Role|AssumeRole)?Polic\w+|"
        r"iam:(Put|Delete)RolePermissionsBoundary|iam:SetDefaultPolicyVersion"
    )
    for requirement in technique.requires:
        if changing.fullmatch(requirement.action):
            resource = technique.resources.get(requirement.on)
            assert isinstance(resource, Created) or (resource and resource.changed)


LIMITS = {
    "iam:CreatePolicyVersion": ("versions", 5, "iam:DeletePolicyVersion"),
    "iam:CreateAccessKey": ("access_key_ids", 2, "iam:DeleteAccessKey"),
}
"""What there can be no more of, unless one is deleted before."""


@each
def test_nothing_is_added_to_what_is_full(technique: Technique) -> None:
    for requirement in technique.requires:
        resource = technique.resources.get(requirement.on)
        if isinstance(resource, Existing) and requirement.action in LIMITS:
            field, limit, makes_room = LIMITS[requirement.action]
            asked = {(where.field, where.count_below) for where in resource.where}
            assert (field, limit) in asked or makes_room in technique.permissions


@each
def test_which_policy_is_attached_and_which_boundary_is_put_is_picked(
    technique: Technique,
) -> None:
    creates = {"iam:CreateUser", "iam:CreateRole"} & technique.permissions
    for requirement in technique.requires:
        if re.fullmatch(r"iam:Attach(User|Role|Group)Policy", requirement.action):
            assert requirement.context["iam:PolicyARN"] == "{policy}"
        if re.fullmatch(r"iam:Put(User|Role)PermissionsBoundary", requirement.action):
            assert requirement.context["iam:PermissionsBoundary"] == "{boundary}"
        if creates and re.fullmatch(
            r"iam:(Create|(Attach|Put).*(?=Policy))(User|Role)(Policy)?", requirement.action
        ):
            assert requirement.context["iam:PermissionsBoundary"] == "{boundary}"


@each
def test_iam_actions_are_on_the_kind_of_principal_that_they_name(technique: Technique) -> None:
    kinds = re.compile(
        r"iam:(?:Put|Attach|Delete)(User|Role|Group)(?:Policy|PermissionsBoundary)|"
        r"iam:(?:Create|Delete|Update)(?:AccessKey|LoginProfile)|iam:AddUserTo(Group)"
    )
    for requirement in technique.requires:
        found = kinds.fullmatch(requirement.action)
        if found and requirement.on in technique.existing:
            label = technique.existing[requirement.on].existing
            assert label == f"AWS{found[1] or found[2] or 'User'}"


@each
def test_who_acts_is_of_the_kind_that_the_action_is_on(technique: Technique) -> None:
    for requirement in technique.requires:
        if requirement.on == "self":
            (kind,) = set(re.findall(r"User|Role", requirement.action))
            assert technique.actor is not None
            assert technique.actor.existing == f"AWS{kind}"


@each
def test_created_users_and_roles_are_principals(technique: Technique) -> None:
    for resource in technique.created.values():
        found = re.search(r":iam::[^:]*:(user|role)/", resource.created)
        assert resource.principal == (f"AWS{found[1].capitalize()}" if found else None)


@each
def test_techniques_that_only_change_a_principal_are_a_category(technique: Technique) -> None:
    assert technique.holds == (technique.category != "principal-change")
    if not technique.holds:
        assert technique.gain.resource != SELF
        assert (technique.gain.kind == "membership") == (technique.member != SELF)


@each
def test_a_version_is_one_of_a_policy_that_a_principal_has_or_that_binds_accounts(
    technique: Technique,
) -> None:
    kind, name = technique.gain
    if kind == "version" and technique.existing[name].existing != "AWSOrganizationPolicy":
        assert technique.existing[name].existing == "AWSPolicy"
        assert [one.edge for one in technique.relations if one.to == name] == ["HAS_POLICY"]


@each
def test_data_is_taken_from_what_holds_data(technique: Technique) -> None:
    kind, name = technique.gain
    if kind == "data":
        assert technique.existing[name].existing in data().labels


@each
def test_what_is_controlled_runs_as_something(technique: Technique) -> None:
    """Unless it is what a resource policy opens, or a cluster, whose tokens others take."""
    kind, name = technique.gain
    if kind == "control" and technique.category != "resource-policy":
        held = technique.existing[name]
        assert held.service_principals or held.existing == CLUSTER


@each
def test_what_services_run_leads_to_a_role(technique: Technique) -> None:
    for resource in technique.existing.values():
        if resource.service_principals and not resource.runs_as:
            assert is_edge(resource.existing, "RUNS_AS", "AWSRole")


@each_of_all
def test_texts_are_sentences(technique: Technique | ExternalTechnique) -> None:
    assert technique.title[0].isupper()
    assert not technique.title.endswith(".")
    for text in (technique.steps, technique.remediation):
        assert text.strip().endswith(".")
    if isinstance(technique, Technique):
        for condition in (*technique.assumes, *conditions(technique)):
            assert condition[0].islower()
            assert not condition.endswith(".")


@each_of_all
def test_references_are_pages_of_aws(technique: Technique | ExternalTechnique) -> None:
    for address in technique.references:
        assert re.match(r"https://(docs\.)?aws\.amazon\.com/", address), address


@each
def test_references_to_the_api_of_iam_are_about_the_actions(technique: Technique) -> None:
    for address in technique.references:
        if found := re.fullmatch(r".*/IAM/latest/APIReference/API_(\w+)\.html", address):
            assert f"iam:{found[1]}" in technique.permissions


@each
def test_what_is_created_is_of_the_service_of_the_action(technique: Technique) -> None:
    for requirement in technique.requires:
        if resource := technique.created.get(requirement.on):
            assert belongs(resource.created.split(":")[2], requirement), requirement


def belongs(service: str, requirement: Requirement) -> bool:
    of_action = requirement.action.split(":")[0]
    return service == IN_ARNS.get(of_action, of_action)


def existing(technique: Technique) -> list[Existing]:
    """What must exist, the acting principal among it."""
    return [one for one in technique.resources.values() if isinstance(one, Existing)]


def conditions(technique: Technique) -> list[str]:
    said = []
    for resource in existing(technique):
        said += [where.if_not for where in resource.where]
        said.append(resource.if_not)
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
        for way in held.methods:
            assert_fields(KNOWN[label], way.where)
            for read in way.all:
                assert is_known(read.action)
                assert set(read.fields) <= set(fields)
