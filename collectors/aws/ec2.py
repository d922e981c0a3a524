"""Amazon EC2: instances, their interfaces and addresses, volumes, snapshots and images."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered, name_tag
from .session import AWSApi

_VERSIONS = "DescribeLaunchTemplateVersions"
_BY_PARAMETER = "resolve:ssm:"


class Instance(TaggedResource):
    """A virtual machine (DescribeInstances). Its user data is not read."""

    label = "AWSEC2Instance"
    identity = "arn:{partition}:ec2:{region}:{account}:instance/{instance_id}"

    instance_id: str | None = field("Id.")
    state: str | None = field("running, stopped, terminated …", wire="State.Name")
    instance_type: str | None = field("Type.")
    architecture: str | None = field("Processor architecture.")
    platform_details: str | None = field("Operating system as it is billed.")
    launch_time: Timestamp | None = field("When it last started.")
    availability_zone: str | None = field("Zone.", wire="Placement.AvailabilityZone")
    tenancy: str | None = field("default, dedicated or host.", wire="Placement.Tenancy")
    key_name: str | None = field("Key pair for the first login.")
    image_id: str | None = ref("AWSImage", by="image_id", rel="USES_IMAGE")
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by="id", rel="RUNS_AS", wire="IamInstanceProfile.Arn"
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnet_id: str | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", wire="SecurityGroups[].GroupId"
    )
    network_interface_ids: list[str] | None = field(
        "Interfaces attached to it.", wire="NetworkInterfaces[].NetworkInterfaceId"
    )
    private_ip_address: str | None = field("Primary private IPv4 address.")
    public_ip_address: str | None = field("Public IPv4 address of the primary interface.")
    public_dns_name: str | None = field("Public DNS name.")
    http_endpoint: str | None = field(
        "Whether the metadata service answers.", wire="MetadataOptions.HttpEndpoint"
    )
    http_tokens: str | None = field(
        "`required` if the metadata service answers IMDSv2 only.", wire="MetadataOptions.HttpTokens"
    )
    http_put_response_hop_limit: int | None = field(
        "How many hops away the metadata service answers.",
        wire="MetadataOptions.HttpPutResponseHopLimit",
    )
    source_dest_check: bool | None = field("Takes only traffic addressed to it.")
    enclave_enabled: bool | None = field("May run Nitro enclaves.", wire="EnclaveOptions.Enabled")
    amd_sev_snp: str | None = field(
        "`enabled` if AMD SEV-SNP encrypts its memory.", wire="CpuOptions.AmdSevSnp"
    )
    detailed_monitoring: str | None = field("Monitored each minute.", wire="Monitoring.State")
    ebs_optimized: bool | None = field("Has bandwidth of its own for volumes.")


class NetworkInterface(TaggedResource):
    """A network interface, of an instance or of a service (DescribeNetworkInterfaces)."""

    label = "AWSNetworkInterface"
    identity = "arn:{partition}:ec2:{region}:{account}:network-interface/{network_interface_id}"
    # Names lead to its public addresses; in a shared network other accounts refer to it, by its
    # id or by network and address.
    global_keys = (
        "network_interface_id",
        "public_ip_addresses",
        "ipv6_addresses",
        "vpc_addresses",
    )

    network_interface_id: str | None = field("Id.")
    description: str | None = field("Description; services say in it whose interface it is.")
    interface_type: str | None = field("What it is for.")
    status: str | None = field("in-use or available.")
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK")
    subnet_id: str | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET")
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", wire="Groups[].GroupId"
    )
    instance_id: str | None = ref(
        "AWSEC2Instance", by="instance_id", rel="ATTACHED_TO", wire="Attachment.InstanceId"
    )
    private_ip_addresses: list[str] | None = field(
        "Private IPv4 addresses.", wire="PrivateIpAddresses[].PrivateIpAddress"
    )
    public_ip_addresses: list[str] | None = field(
        "Public IPv4 addresses, elastic ones too: the interface's own first, then those of its "
        "further private addresses.",
        call="-",
    )
    ipv6_addresses: list[str] | None = field("IPv6 addresses.", wire="Ipv6Addresses[].Ipv6Address")
    vpc_addresses: list[str] | None = field(
        "Its private addresses as `vpc/address`, which is unique.", call="-"
    )
    requester_id: str | None = field("Who made it on behalf of the account.")
    requester_managed: bool | None = field("Managed by an AWS service.")
    source_dest_check: bool | None = field("Takes only traffic addressed to it.")
    deny_all_igw_traffic: bool | None = field("Takes no part in traffic through internet gateways.")


class ElasticIP(TaggedResource):
    """A public address that an account holds (DescribeAddresses)."""

    label = "AWSElasticIP"
    identity = "arn:{partition}:ec2:{region}:{account}:elastic-ip/{allocation_id}"
    global_keys = ("public_ip",)

    allocation_id: str | None = field("Id.")
    association_id: str | None = field("Id of its association; empty while it is unused.")
    public_ip: str | None = field("The address.")
    private_ip_address: str | None = field("The private address that it stands for.")
    network_interface_id: str | None = ref(
        "AWSNetworkInterface", by="network_interface_id", rel="ATTACHED_TO"
    )
    instance_id: str | None = ref("AWSEC2Instance", by="instance_id", rel="ATTACHED_TO")


class EBSVolume(TaggedResource):
    """A volume (DescribeVolumes)."""

    label = "AWSEBSVolume"
    identity = "arn:{partition}:ec2:{region}:{account}:volume/{volume_id}"

    volume_id: str | None = field("Id.")
    state: str | None = field("in-use, available …")
    volume_type: str | None = field("Type.")
    size: int | None = field("Size in GiB.")
    encrypted: bool | None = field("Encrypted.")
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    instance_ids: list[str] | None = ref(
        "AWSEC2Instance", by="instance_id", rel="ATTACHED_TO", wire="Attachments[].InstanceId"
    )
    availability_zone: str | None = field("Zone.")
    snapshot_id: str | None = field("Snapshot it was made from.")
    create_time: Timestamp | None = field("When it was made.")


class EBSSnapshot(TaggedResource):
    """A snapshot that the account owns (DescribeSnapshots)."""

    label = "AWSEBSSnapshot"
    identity = "arn:{partition}:ec2:{region}:{account}:snapshot/{snapshot_id}"

    snapshot_id: str | None = field("Id.")
    description: str | None = field("Description.")
    state: str | None = field("State.")
    volume_id: str | None = field("Volume it was taken of; it may be gone.")
    volume_size: int | None = field("Size of the volume in GiB.")
    encrypted: bool | None = field("Encrypted.")
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    start_time: Timestamp | None = field("When it was taken.")
    is_public: bool | None = field(
        "Everyone may make volumes of it.", call="DescribeSnapshots (restorable by all)"
    )


class Image(TaggedResource):
    """A machine image that the account owns (DescribeImages)."""

    label = "AWSImage"
    identity = "arn:{partition}:ec2:{region}::image/{image_id}"
    unique_within = "global"

    image_id: str | None = field("Id.")
    description: str | None = field("Description.")
    state: str | None = field("State.")
    public: bool | None = field("Everyone may start instances from it.")
    architecture: str | None = field("Processor architecture.")
    platform_details: str | None = field("Operating system as it is billed.")
    image_location: str | None = field("Owner and name.")
    snapshot_ids: list[str] | None = field(
        "Snapshots it starts from.", wire="BlockDeviceMappings[].Ebs.SnapshotId"
    )
    creation_date: str | None = field("When it was made.")
    deprecation_time: str | None = field("When it is to be taken out of use.")


class LaunchTemplate(TaggedResource):
    """What new instances are started with (DescribeLaunchTemplates); its default version. The user
    data is not kept."""

    label = "AWSLaunchTemplate"
    identity = "arn:{partition}:ec2:{region}:{account}:launch-template/{launch_template_id}"

    name: str | None = field("Name.", wire="LaunchTemplateName")
    launch_template_id: str | None = field("Id.")
    create_time: Timestamp | None = field("When it was made.")
    created_by: str | None = field("ARN of who made it.")
    default_version_number: int | None = field("Version that is used where none is named.")
    latest_version_number: int | None = field("Newest version.")
    instance_profile: str | None = ref(
        "AWSInstanceProfile", by=("id", "name"), rel="RUNS_AS", call=_VERSIONS
    )
    image_id: str | None = ref("AWSImage", by="image_id", rel="USES_IMAGE", call=_VERSIONS)
    image_parameter: str | None = field(
        "Systems Manager parameter that names the image instead.", call=_VERSIONS
    )
    instance_type: str | None = field("Type.", call=_VERSIONS)
    key_name: str | None = field("Key pair for the first login.", call=_VERSIONS)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_VERSIONS
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_VERSIONS
    )
    http_tokens: str | None = field(
        "`required` if the metadata service answers IMDSv2 only; empty leaves it to the account "
        "and the image.",
        call=_VERSIONS,
    )


class EC2(AWSCollector):
    """Instances and what belongs to them."""

    service = "ec2"
    permissions = (
        "ec2:DescribeAddresses",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
    )

    @lists(Instance)
    def instances(self, api: AWSApi) -> Iterator[Instance]:
        """Instances, those that ended within the last hour included."""
        for reservation in api.pages("describe_instances", "Reservations"):
            for raw in reservation["Instances"]:
                yield Instance.load(
                    raw, api.here, name=name_tag(raw), account=reservation.get("OwnerId")
                )

    @lists(NetworkInterface)
    def network_interfaces(self, api: AWSApi) -> Iterator[NetworkInterface]:
        """Network interfaces, those of AWS services in the account's networks included."""
        for raw in api.pages("describe_network_interfaces", "NetworkInterfaces"):
            yield NetworkInterface.load(
                raw,
                api.here,
                name=name_tag(raw),
                account=raw.get("OwnerId"),
                tags=raw.get("TagSet", []),
                vpc_addresses=_vpc_addresses(raw),
                public_ip_addresses=_public_addresses(raw),
            )

    @lists(ElasticIP)
    def addresses(self, api: AWSApi) -> Iterator[ElasticIP]:
        """Elastic IP addresses."""
        for raw in api.pages("describe_addresses", "Addresses"):
            yield ElasticIP.load(raw, api.here, name=name_tag(raw))

    @lists(EBSVolume)
    def volumes(self, api: AWSApi) -> Iterator[EBSVolume]:
        """Volumes."""
        for raw in api.pages("describe_volumes", "Volumes"):
            yield EBSVolume.load(raw, api.here, name=name_tag(raw))

    @lists(EBSSnapshot)
    def snapshots(self, api: AWSApi) -> Iterator[EBSSnapshot]:
        """The account's own snapshots. Which are public is read at once for all of them."""
        public = api.details(
            "describe_snapshots", "Snapshots", OwnerIds=["self"], RestorableByUserIds=["all"]
        )
        open_to_all = None if public is None else {raw["SnapshotId"] for raw in public}
        for raw in api.pages("describe_snapshots", "Snapshots", OwnerIds=["self"]):
            yield EBSSnapshot.load(
                raw,
                api.here,
                name=name_tag(raw),
                is_public=None if open_to_all is None else raw["SnapshotId"] in open_to_all,
            )

    @lists(Image)
    def images(self, api: AWSApi) -> Iterator[Image]:
        """The account's own images, disabled ones included."""
        raws = api.pages("describe_images", "Images", Owners=["self"], IncludeDisabled=True)
        for raw in raws:
            yield Image.load(raw, api.here, account=raw.get("OwnerId"))

    @lists(LaunchTemplate)
    def launch_templates(self, api: AWSApi) -> Iterator[LaunchTemplate]:
        """Launch templates; the default versions of all are read at once."""
        templates = list(api.pages("describe_launch_templates", "LaunchTemplates"))
        if not templates:
            return
        versions = api.details(
            "describe_launch_template_versions", "LaunchTemplateVersions", Versions=["$Default"]
        )
        data = {raw["LaunchTemplateId"]: raw["LaunchTemplateData"] for raw in versions or []}
        for raw in templates:
            known = _started_with(data.get(raw["LaunchTemplateId"]))
            yield LaunchTemplate.load(raw, api.here, **known)


def _started_with(data: dict[str, Any] | None) -> dict[str, Any]:
    """What a version of a launch template says of the instances it starts, if it could be read."""
    if data is None:
        return {}
    image = str(answered(data, "ImageId"))
    by_parameter = image.startswith(_BY_PARAMETER)
    by_interface = chain.from_iterable(answered(data, "NetworkInterfaces[].Groups", []))
    return {
        "instance_profile": answered(data, "IamInstanceProfile.Arn")
        or answered(data, "IamInstanceProfile.Name"),
        "image_id": "" if by_parameter else image,
        "image_parameter": image.removeprefix(_BY_PARAMETER) if by_parameter else "",
        "instance_type": answered(data, "InstanceType"),
        "key_name": answered(data, "KeyName"),
        "security_groups": [*answered(data, "SecurityGroupIds", []), *by_interface],
        "subnet_ids": answered(data, "NetworkInterfaces[].SubnetId", []),
        "http_tokens": answered(data, "MetadataOptions.HttpTokens"),
    }


def _vpc_addresses(raw: dict[str, Any]) -> list[str]:
    addresses = [each.get("PrivateIpAddress") for each in raw.get("PrivateIpAddresses", [])]
    addresses += [each.get("Ipv6Address") for each in raw.get("Ipv6Addresses", [])]
    return [f"{raw.get('VpcId')}/{address}" for address in addresses if address]


def _public_addresses(raw: Mapping[str, Any]) -> list[str]:
    holders = [raw, *raw.get("PrivateIpAddresses", ())]
    found = [holder.get("Association", {}).get("PublicIp") for holder in holders]
    return [address for address in dict.fromkeys(found) if address]
