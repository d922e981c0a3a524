"""AWS Directory Service: directories, whose users may sign in to AWS and to what joined them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class Directory(AWSResource):
    """A directory (DescribeDirectories)."""

    label = "AWSDirectory"
    identity = "arn:{partition}:ds:{region}:{account}:directory/{directory_id}"

    name: str | None = field("DNS name of its domain.")
    directory_id: str | None = field("Id.")
    type: str | None = field(
        "MicrosoftAD, SimpleAD, ADConnector (to one of the account's owner) or SharedMicrosoftAD."
    )
    edition: str | None = field("Standard, Enterprise or Hybrid.")
    stage: str | None = field("Active …")
    access_url: str | None = field("Where its users sign in to AWS.")
    sso_enabled: bool | None = field("Machines that joined it sign in without a password.")
    launch_time: Timestamp | None = field("When it was made.")
    owner_account: str | None = field(
        "Account that shares it; empty if it is the account's own.", call="-"
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", call="-")
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="-")
    security_group: str | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="-"
    )
    radius_status: str | None = field("Completed if sign-ins need a second factor; else empty.")


class DirectoryService(AWSCollector):
    """Directories."""

    service = "ds"
    permissions = ("ds:DescribeDirectories", "ds:ListTagsForResource")

    @lists(Directory)
    def directories(self, api: AWSApi) -> Iterator[Directory]:
        """Directories."""

        def detailed(raw: dict[str, Any]) -> Directory:
            network = raw.get("VpcSettings") or raw.get("ConnectSettings") or {}
            return Directory.load(
                raw,
                api.here,
                owner_account=answered(raw, "OwnerDirectoryDescription.AccountId"),
                vpc_id=answered(network, "VpcId"),
                subnets=answered(network, "SubnetIds", []),
                security_group=answered(network, "SecurityGroupId"),
                tags=api.details("list_tags_for_resource", "Tags", ResourceId=raw["DirectoryId"]),
            )

        return api.each(detailed, api.pages("describe_directories", "DirectoryDescriptions"))
