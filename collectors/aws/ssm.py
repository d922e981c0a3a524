"""AWS Systems Manager: machines it manages, documents that run on them, and parameters."""

import re
from collections.abc import Iterator
from typing import Any

from ...graph.model import Location, Timestamp, field, ref
from ..collector import lists
from .base import (
    AWSCollector,
    AWSResource,
    TaggedResource,
    answered,
    parameter_arn,
    parsed,
    role_key,
)
from .session import AWSApi


class ManagedInstance(AWSResource):
    """A machine whose agent takes commands (DescribeInstanceInformation)."""

    label = "AWSSSMManagedInstance"
    identity = "arn:{partition}:ssm:{region}:{account}:managed-instance/{instance_id}"

    instance_id: str | None = field("Id: `i-…` in EC2, `mi-…` elsewhere.")
    instance: str | None = ref(
        "AWSEC2Instance", by="instance_id", rel="ATTACHED_TO", wire="InstanceId"
    )
    resource_type: str | None = field("EC2Instance or ManagedInstance.")
    ping_status: str | None = field("Online if the agent answers; ConnectionLost or Inactive.")
    last_ping_date_time: Timestamp | None = field("When the agent last answered.")
    agent_version: str | None = field("Version of the agent.")
    platform_type: str | None = field("Linux, Windows or MacOS.")
    platform_name: str | None = field("Operating system.")
    platform_version: str | None = field("Its version.")
    computer_name: str | None = field("Name of the host.")
    ip_address: str | None = field("Its address.", wire="IPAddress")
    role: str | None = ref("AWSRole", by=("id", "name"), rel="RUNS_AS", call="-")
    activation_id: str | None = field("Activation it was registered with, outside EC2.")
    registration_date: Timestamp | None = field("When it was registered, outside EC2.")


class SSMDocument(TaggedResource):
    """What Systems Manager does on machines or in the account (ListDocuments)."""

    label = "AWSSSMDocument"
    identity = "arn:{partition}:ssm:{region}:{account}:document/{name}"

    display_name: str | None = field("Name that is shown.")
    owner: str | None = field("Account that owns it.")
    document_type: str | None = field("Command, Automation, Session …")
    document_version: str | None = field("Version that is used where none is named.")
    target_type: str | None = field("Kind of resource it can run on.")
    platform_types: list[str] | None = field("Operating systems it is made for.")
    created_date: Timestamp | None = field("When it was made.")
    assume_role: str | None = ref(
        "AWSRole", by=("id", "name"), rel="RUNS_AS", call="GetDocument (automations)"
    )


class SSMParameter(AWSResource):
    """A parameter, never its value (DescribeParameters)."""

    label = "AWSSSMParameter"
    identity = "arn:{partition}:ssm:{region}:{account}:parameter/{name}"
    # What AWS publishes in every account, and what stands for secrets of Secrets Manager.
    listing_omits = ("arn:{partition}:ssm:{region}:{account}:parameter/aws/{name}",)

    id: str = field("ARN.", wire="ARN")
    type: str | None = field("String, StringList or SecureString.")
    kms_key_id: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        wire="KeyId",
    )
    description: str | None = field("Description.")
    tier: str | None = field("Standard, Advanced or Intelligent-Tiering.")
    data_type: str | None = field("What its value must be.")
    version: int | None = field("Version.")
    last_modified_date: Timestamp | None = field("When it was last changed.")
    last_modified_user: str | None = field("ARN of who last changed it.")


class SSM(AWSCollector):
    """Managed machines, the account's own documents, and parameters."""

    service = "ssm"
    permissions = (
        "ssm:DescribeInstanceInformation",
        "ssm:DescribeParameters",
        "ssm:GetDocument",
        "ssm:ListDocuments",
        "ssm:ListTagsForResource",
    )

    @lists(ManagedInstance)
    def managed_instances(self, api: AWSApi) -> Iterator[ManagedInstance]:
        """Machines that are or were managed; for those in EC2 the instance has role and tags."""

        def detailed(raw: dict[str, Any]) -> ManagedInstance:
            id_ = raw["InstanceId"]
            in_ec2 = id_.startswith("i-")
            return ManagedInstance.load(
                raw,
                api.here,
                name=raw.get("Name") or raw.get("ComputerName") or id_,
                instance=id_ if in_ec2 else "",
                role=role_key(raw.get("IamRole", "")),
                tags=None if in_ec2 else _tags(api, "ManagedInstance", id_),
            )

        raws = api.pages("describe_instance_information", "InstanceInformationList", MaxResults=50)
        return api.each(detailed, raws)

    @lists(SSMDocument)
    def documents(self, api: AWSApi) -> Iterator[SSMDocument]:
        """The account's own documents; of automations also whom they act as."""

        def detailed(raw: dict[str, Any]) -> SSMDocument:
            automation = raw.get("DocumentType") == "Automation"
            content = (
                api.read("get_document", Name=raw["Name"], DocumentFormat="JSON")
                if automation
                else {}
            )
            return SSMDocument.load(
                raw, api.here, assume_role=_assume_role(parsed(answered(content, "Content")))
            )

        own = [{"Key": "Owner", "Values": ["Self"]}]
        return api.each(detailed, api.pages("list_documents", "DocumentIdentifiers", Filters=own))

    @lists(SSMParameter)
    def parameters(self, api: AWSApi) -> Iterator[SSMParameter]:
        """Parameters of this account."""
        for raw in api.pages("describe_parameters", "Parameters", MaxResults=50):
            yield SSMParameter.load(raw, api.here, id=_arn(raw, api.here))


def _arn(raw: dict[str, Any], here: Location) -> str:
    return str(raw.get("ARN") or parameter_arn(raw["Name"], here))


def _tags(api: AWSApi, kind: str, id_: str) -> list[Any] | None:
    answer = api.read("list_tags_for_resource", ResourceType=kind, ResourceId=id_)
    tags: list[Any] | None = answered(answer, "TagList", [])
    return tags


_PARAMETER = re.compile(r"\{\{\s*([\w:]+)\s*\}\}")


def _assume_role(content: dict[str, Any] | None) -> str | None:
    """The role that an automation acts as; empty where who starts it says so, or acts itself."""
    if content is None:
        return None
    role = str(content.get("assumeRole", ""))
    if parameter := _PARAMETER.fullmatch(role):
        role = str(answered(content, f"parameters.{parameter[1]}.default"))
    return role_key(role)
