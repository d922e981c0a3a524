"""Amazon Redshift Serverless: namespaces, which hold data, and workgroups, which answer."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_KEY_NAMES = ("id", "key_id", "alias_arns", "aliases")


class Namespace(AWSResource):
    """A namespace: databases and their users (ListNamespaces)."""

    label = "AWSRedshiftServerlessNamespace"
    identity = "arn:{partition}:redshift-serverless:{region}:{account}:namespace/{namespace_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="namespaceArn")
    name: str | None = field("Name.", wire="namespaceName")
    namespace_id: str | None = field("Id.")
    status: str | None = field("AVAILABLE …")
    database: str | None = field("Its first database.", wire="dbName")
    creation_date: Timestamp | None = field("When it was made.")
    kms_key_id: str | None = ref("AWSKMSKey", by=_KEY_NAMES, rel="ENCRYPTED_BY", call="-")
    iam_roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", call="-")
    admin_secret: str | None = ref(
        "AWSSecret", by="id", rel="USES_SECRET", wire="adminPasswordSecretArn"
    )
    log_exports: list[str] | None = field("Kinds of log that it writes.")


class Workgroup(AWSResource):
    """A workgroup: what answers queries on a namespace (ListWorkgroups)."""

    label = "AWSRedshiftServerlessWorkgroup"
    identity = "arn:{partition}:redshift-serverless:{region}:{account}:workgroup/{workgroup_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="workgroupArn")
    name: str | None = field("Name.", wire="workgroupName")
    workgroup_id: str | None = field("Id.")
    namespace: str | None = ref(
        "AWSRedshiftServerlessNamespace", by="name", rel="PART_OF", wire="namespaceName"
    )
    status: str | None = field("AVAILABLE …")
    endpoint_address: str | None = field("DNS name.", wire="endpoint.address")
    endpoint_port: int | None = field("Port.", wire="endpoint.port")
    publicly_accessible: bool | None = field("Its DNS name leads to a public address.")
    subnets: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="subnetIds"
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", wire="securityGroupIds"
    )
    enhanced_vpc_routing: bool | None = field("Its loads and unloads go through its network.")
    creation_date: Timestamp | None = field("When it was made.")


class RedshiftServerless(AWSCollector):
    """Namespaces and workgroups."""

    service = "redshift-serverless"
    permissions = (
        "redshift-serverless:ListNamespaces",
        "redshift-serverless:ListTagsForResource",
        "redshift-serverless:ListWorkgroups",
    )

    @lists(Namespace)
    def namespaces(self, api: AWSApi) -> Iterator[Namespace]:
        """Namespaces."""

        def detailed(raw: dict[str, Any]) -> Namespace:
            key = answered(raw, "kmsKeyId")
            return Namespace.load(
                raw,
                api.here,
                kms_key_id="" if key == "AWS_OWNED_KMS_KEY" else key,
                iam_roles=sorted(map(_role, raw.get("iamRoles", []))),
                tags=_tags(api, raw["namespaceArn"]),
            )

        return api.each(detailed, api.pages("list_namespaces", "namespaces"))

    @lists(Workgroup)
    def workgroups(self, api: AWSApi) -> Iterator[Workgroup]:
        """Workgroups."""

        def detailed(raw: dict[str, Any]) -> Workgroup:
            return Workgroup.load(raw, api.here, tags=_tags(api, raw["workgroupArn"]))

        return api.each(detailed, api.pages("list_workgroups", "workgroups"))


def _role(text: str) -> str:
    """The role's ARN; the API may write it as `IamRole(applyStatus=…, iamRoleArn=…)`."""
    return text.partition("iamRoleArn=")[2].rstrip(")") if "iamRoleArn=" in text else text


def _tags(api: AWSApi, arn: str) -> list[dict[str, str]] | None:
    tags: list[dict[str, str]] | None = answered(
        api.read("list_tags_for_resource", resourceArn=arn), "tags", []
    )
    return tags
