"""Amazon SageMaker: notebook instances, Studio domains and their users, models, and pipelines, with
the roles of what runs in them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, s3_objects
from .session import AWSApi

_NOTEBOOK = "DescribeNotebookInstance"
_DOMAIN = "DescribeDomain"
_PROFILE = "DescribeUserProfile"
_MODEL = "DescribeModel"
_CODE = "SAGEMAKER_SUBMIT_DIRECTORY"
_KEY_NAMES = ("id", "key_id", "alias_arns", "aliases")


class NotebookInstance(AWSResource):
    """A machine with notebooks (ListNotebookInstances)."""

    label = "AWSSageMakerNotebookInstance"
    identity = "arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{name}"

    id: str = field("ARN.", wire="NotebookInstanceArn")
    name: str | None = field("Name.", wire="NotebookInstanceName")
    status: str | None = field("InService, Stopped …", wire="NotebookInstanceStatus")
    instance_type: str | None = field("Type.")
    url: str | None = field("Where its notebooks open.")
    creation_time: Timestamp | None = field("When it was made.")
    last_modified_time: Timestamp | None = field("When it was last changed.")
    lifecycle_config_name: str | None = field(
        "Scripts that run as root when it is made or started.",
        wire="NotebookInstanceLifecycleConfigName",
    )
    code_repository: str | None = field(
        "Repository its notebooks come from.", wire="DefaultCodeRepository"
    )
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_NOTEBOOK)
    direct_internet_access: bool | None = field(
        "It reaches the internet otherwise than through its own network.", call=_NOTEBOOK
    )
    root_access: bool | None = field("Who works in it may become root.", call=_NOTEBOOK)
    minimum_imds_version: str | None = field(
        "Oldest version of the metadata service that answers: 1 or 2.", call=_NOTEBOOK
    )
    subnet_id: str | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_NOTEBOOK)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_NOTEBOOK
    )
    network_interface_id: str | None = ref(
        "AWSNetworkInterface", by="network_interface_id", rel="ATTACHED_TO", call=_NOTEBOOK
    )
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY", call=_NOTEBOOK)


class Domain(AWSResource):
    """A Studio domain: where users share notebooks and files (ListDomains)."""

    label = "AWSSageMakerDomain"
    identity = "arn:{partition}:sagemaker:{region}:{account}:domain/{domain_id}"

    id: str = field("ARN.", wire="DomainArn")
    name: str | None = field("Name.", wire="DomainName")
    domain_id: str | None = field("Id.")
    status: str | None = field("InService …")
    url: str | None = field("Where it opens.")
    creation_time: Timestamp | None = field("When it was made.")
    auth_mode: str | None = field("How users sign in: IAM or SSO.", call=_DOMAIN)
    studio_access: bool | None = field(
        "It opens in SageMaker Studio; else in SageMaker Unified Studio alone.", call=_DOMAIN
    )
    execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_DOMAIN)
    space_execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_DOMAIN)
    app_network_access_type: str | None = field(
        "PublicInternetOnly, or VpcOnly if apps reach the internet through its network alone.",
        call=_DOMAIN,
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", call=_DOMAIN)
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_DOMAIN
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_DOMAIN
    )
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY", call=_DOMAIN)


class UserProfile(AWSResource):
    """A user of a Studio domain (ListUserProfiles). Without a role of its own it has the
    domain's."""

    label = "AWSSageMakerUserProfile"
    identity = "arn:{partition}:sagemaker:{region}:{account}:user-profile/{domain_id}/{name}"

    name: str | None = field("Name.", wire="UserProfileName")
    domain_id: str | None = ref("AWSSageMakerDomain", by="domain_id", rel="PART_OF")
    status: str | None = field("InService …")
    creation_time: Timestamp | None = field("When it was made.")
    last_modified_time: Timestamp | None = field("When it was last changed.")
    execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_PROFILE)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_PROFILE
    )
    single_sign_on_user: str | None = field(
        "User of IAM Identity Center that it belongs to; empty if none.", call=_PROFILE
    )


class Pipeline(AWSResource):
    """A pipeline: jobs that are run one after another (ListPipelines). What it is made of is not
    kept: it may be secret."""

    label = "AWSSageMakerPipeline"
    identity = "arn:{partition}:sagemaker:{region}:{account}:pipeline/{name}"

    id: str = field("ARN.", wire="PipelineArn")
    name: str | None = field("Name.", wire="PipelineName")
    description: str | None = field("Description.", wire="PipelineDescription")
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="RoleArn")
    creation_time: Timestamp | None = field("When it was made.")
    last_modified_time: Timestamp | None = field("When it was last changed.")
    last_execution_time: Timestamp | None = field("When it last ran.")


class Model(AWSResource):
    """A model that is hosted or asked in containers (ListModels). Of its environment variables only
    that is kept which says where its code lies."""

    label = "AWSSageMakerModel"
    identity = "arn:{partition}:sagemaker:{region}:{account}:model/{name}"

    id: str = field("ARN.", wire="ModelArn")
    name: str | None = field("Name.", wire="ModelName")
    creation_time: Timestamp | None = field("When it was made.")
    execution_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_MODEL)
    code_objects: list[str] | None = field(
        "Objects in S3, or beginnings of their names, that its containers load: its data and its "
        "code, `bucket/key`.",
        call=_MODEL,
    )
    network_isolation: bool | None = field("Its containers reach no network.", call=_MODEL)
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_MODEL)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_MODEL
    )


_DOMAIN_GROUPS = (
    "DefaultUserSettings.SecurityGroups",
    "DefaultSpaceSettings.SecurityGroups",
    "DomainSettings.SecurityGroupIds",
)


_STUDIO_ACCESS = "DomainSettings.UnifiedStudioSettings.StudioWebPortalAccess"


class SageMaker(AWSCollector):
    """Notebook instances, domains with their users, models, and pipelines."""

    service = "sagemaker"
    permissions = (
        "sagemaker:DescribeDomain",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeNotebookInstance",
        "sagemaker:DescribeUserProfile",
        "sagemaker:ListDomains",
        "sagemaker:ListModels",
        "sagemaker:ListNotebookInstances",
        "sagemaker:ListPipelines",
        "sagemaker:ListTags",
        "sagemaker:ListUserProfiles",
    )

    @lists(NotebookInstance)
    def notebook_instances(self, api: AWSApi) -> Iterator[NotebookInstance]:
        """Notebook instances."""

        def detailed(raw: dict[str, Any]) -> NotebookInstance:
            answer = api.read(
                "describe_notebook_instance", NotebookInstanceName=raw["NotebookInstanceName"]
            )
            return NotebookInstance.load(
                raw,
                api.here,
                role=answered(answer, "RoleArn"),
                # Both are on unless they were switched off.
                direct_internet_access=answer
                and answered(answer, "DirectInternetAccess") != "Disabled",
                root_access=answer and answered(answer, "RootAccess") != "Disabled",
                minimum_imds_version=answered(
                    answer,
                    "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
                ),
                subnet_id=answered(answer, "SubnetId"),
                security_groups=answered(answer, "SecurityGroups", []),
                network_interface_id=answered(answer, "NetworkInterfaceId"),
                kms_key_id=answered(answer, "KmsKeyId"),
                tags=_tags(api, raw["NotebookInstanceArn"]),
            )

        return api.each(detailed, api.pages("list_notebook_instances", "NotebookInstances"))

    @lists(Domain)
    def domains(self, api: AWSApi) -> Iterator[Domain]:
        """Studio domains."""

        def detailed(raw: dict[str, Any]) -> Domain:
            answer = api.read("describe_domain", DomainId=raw["DomainId"])
            return Domain.load(
                raw,
                api.here,
                auth_mode=answered(answer, "AuthMode"),
                studio_access=answer and answered(answer, _STUDIO_ACCESS) != "DISABLED",
                execution_role=answered(answer, "DefaultUserSettings.ExecutionRole"),
                space_execution_role=answered(answer, "DefaultSpaceSettings.ExecutionRole"),
                # What AWS leaves out is as it was before there was a choice.
                app_network_access_type=answered(
                    answer, "AppNetworkAccessType", "PublicInternetOnly"
                ),
                vpc_id=answered(answer, "VpcId"),
                subnet_ids=answered(answer, "SubnetIds", []),
                security_groups=answer
                and sorted(
                    {group for path in _DOMAIN_GROUPS for group in answered(answer, path, [])}
                ),
                kms_key_id=answered(answer, "KmsKeyId"),
                tags=_tags(api, raw["DomainArn"]),
            )

        return api.each(detailed, api.pages("list_domains", "Domains"))

    @lists(UserProfile)
    def user_profiles(self, api: AWSApi) -> Iterator[UserProfile]:
        """Users of all domains."""

        def detailed(raw: dict[str, Any]) -> UserProfile:
            arn = UserProfile.load(raw, api.here).id
            answer = api.read(
                "describe_user_profile",
                DomainId=raw["DomainId"],
                UserProfileName=raw["UserProfileName"],
            )
            return UserProfile.load(
                raw,
                api.here,
                execution_role=answered(answer, "UserSettings.ExecutionRole"),
                security_groups=answered(answer, "UserSettings.SecurityGroups", []),
                single_sign_on_user=answered(answer, "SingleSignOnUserValue"),
                tags=_tags(api, arn),
            )

        return api.each(detailed, api.pages("list_user_profiles", "UserProfiles"))

    @lists(Model)
    def hosted_models(self, api: AWSApi) -> Iterator[Model]:
        """Models."""

        def detailed(raw: dict[str, Any]) -> Model:
            answer = api.read("describe_model", ModelName=raw["ModelName"])
            return Model.load(
                raw,
                api.here,
                execution_role=answered(answer, "ExecutionRoleArn"),
                code_objects=answer and s3_objects(*_addresses(answer)),
                network_isolation=answered(answer, "EnableNetworkIsolation", False),
                subnets=answered(answer, "VpcConfig.Subnets", []),
                security_groups=answered(answer, "VpcConfig.SecurityGroupIds", []),
                tags=_tags(api, raw["ModelArn"]),
            )

        return api.each(detailed, api.pages("list_models", "Models"))

    @lists(Pipeline)
    def pipelines(self, api: AWSApi) -> Iterator[Pipeline]:
        """Pipelines."""

        def detailed(raw: dict[str, Any]) -> Pipeline:
            return Pipeline.load(raw, api.here, tags=_tags(api, raw["PipelineArn"]))

        return api.each(detailed, api.pages("list_pipelines", "PipelineSummaries"))


def _addresses(model: dict[str, Any]) -> Iterator[str]:
    """What the containers of a model load."""
    containers = answered(model, "Containers", [])
    for each in (*containers, answered(model, "PrimaryContainer", {})):
        yield answered(each, "ModelDataUrl")
        yield answered(each, "ModelDataSource.S3DataSource.S3Uri")
        yield answered(each, "Environment", {}).get(_CODE, "")


def _tags(api: AWSApi, arn: str) -> list[Any] | None:
    return api.details("list_tags", "Tags", ResourceArn=arn)
