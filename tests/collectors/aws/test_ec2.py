"""Instances and what belongs to them, as the account has them."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.ec2 import EC2, NetworkInterface
from clew.collectors.scan import Collected
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect, write_estate

ARN = "arn:aws:ec2:us-east-1:111122223333"


@pytest.fixture
def read(aws_replay: AwsReplay, tmp_path: Path) -> Any:
    def run(region: str = "us-east-1") -> dict[str, Any]:
        account = aws_account(aws_replay.url, regions=(region,))
        found: Collected = collect(tmp_path / region, [account], EC2)
        return {"": found, **{resource.id: resource for resource in found.resources}}

    return run


def test_an_instance_names_what_it_runs_with(read: Any) -> None:
    found = read()
    app = found[f"{ARN}:instance/i-0a100000000000002"]
    assert (app.name, app.state, app.account) == ("app", "running", "111122223333")
    assert app.image_id == "ami-0fff0000000000001"
    assert app.instance_profile == "arn:aws:iam::111122223333:instance-profile/app-instance"
    assert app.subnet_id == "subnet-0a1000000000000b1"
    assert app.security_groups == ["sg-0a100000000000002"]
    assert app.network_interface_ids == ["eni-0a100000000000002"]
    assert (app.public_ip_address, app.http_tokens, app.enclave_enabled) == ("", "required", True)
    assert "Name=app" in app.tags
    bastion = found[f"{ARN}:instance/i-0a100000000000001"]
    assert (bastion.public_ip_address, bastion.http_tokens) == ("203.0.113.11", "optional")
    assert bastion.instance_profile == ""


def test_an_interface_knows_its_addresses_within_its_network(read: Any) -> None:
    eni = read()[f"{ARN}:network-interface/eni-0a100000000000003"]
    assert eni.instance_id == "i-0a100000000000003"
    assert eni.public_ip_addresses == ["203.0.113.13"]
    assert eni.ipv6_addresses == ["2001:db8:10:aa02::10"]
    assert eni.vpc_addresses == [
        "vpc-0a100000000000001/10.10.2.10",
        "vpc-0a100000000000001/2001:db8:10:aa02::10",
    ]


def test_an_unused_address_is_attached_to_nothing(read: Any) -> None:
    found = read()
    spare = found[f"{ARN}:elastic-ip/eipalloc-0a100000000000003"]
    assert (spare.public_ip, spare.network_interface_id, spare.instance_id) == (
        "203.0.113.99",
        "",
        "",
    )
    used = found[f"{ARN}:elastic-ip/eipalloc-0a100000000000001"]
    assert used.network_interface_id == "eni-0a100000000000001"


def test_volumes_and_snapshots_say_how_they_are_kept(read: Any) -> None:
    found = read()
    data = found[f"{ARN}:volume/vol-0a100000000000002"]
    assert data.encrypted
    assert data.kms_key_id.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")
    assert data.instance_ids == ["i-0a100000000000002"]
    assert found[f"{ARN}:volume/vol-0a100000000000001"].encrypted is False
    public = {key: r.is_public for key, r in found.items() if "snapshot/" in key}
    assert public == {
        f"{ARN}:snapshot/snap-0a100000000000001": True,
        f"{ARN}:snapshot/snap-0a100000000000002": False,
    }


def test_images_of_another_region_are_their_own(read: Any) -> None:
    image = read("eu-west-1")["arn:aws:ec2:eu-west-1::image/ami-0a200000000000001"]
    assert (image.public, image.account, image.region) == (True, "111122223333", "eu-west-1")


def test_a_launch_template_names_what_instances_get(read: Any) -> None:
    found = read()
    app = found[f"{ARN}:launch-template/lt-0a100000000000001"]
    assert (app.name, app.default_version_number) == ("clew-app", 2)
    assert app.instance_profile == "arn:aws:iam::111122223333:instance-profile/app-instance"
    assert (app.image_id, app.image_parameter) == ("ami-0a100000000000001", "")
    assert (app.security_groups, app.subnet_ids) == (["sg-0a100000000000002"], [])
    assert (app.instance_type, app.key_name, app.http_tokens) == (
        "m6i.large",
        "clew-ops",
        "required",
    )
    assert "IyEv" not in app.model_dump_json()
    runner = found[f"{ARN}:launch-template/lt-0a100000000000002"]
    assert runner.instance_profile == "app-instance"
    assert (runner.image_id, runner.image_parameter) == ("", "/clew/images/runner")
    assert (runner.security_groups, runner.subnet_ids, runner.http_tokens) == (
        ["sg-0a100000000000002"],
        ["subnet-0a1000000000000b1"],
        "",
    )


def test_an_unread_version_leaves_a_launch_template_unread(
    read: Any, aws_replay: AwsReplay
) -> None:
    aws_replay.deny("ec2", "DescribeLaunchTemplateVersions", code="UnauthorizedOperation")
    found = read()
    app = found[f"{ARN}:launch-template/lt-0a100000000000001"]
    assert app.name == "clew-app"
    assert (app.instance_profile, app.image_id, app.security_groups) == (None, None, None)
    assert {each.status for each in found[""].reads} == {Status.OK}


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("DescribeInstances", "AWSEC2Instance"),
        ("DescribeNetworkInterfaces", "AWSNetworkInterface"),
        ("DescribeAddresses", "AWSElasticIP"),
        ("DescribeVolumes", "AWSEBSVolume"),
        ("DescribeSnapshots", "AWSEBSSnapshot"),
        ("DescribeImages", "AWSImage"),
        ("DescribeLaunchTemplates", "AWSLaunchTemplate"),
    ],
)
def test_a_refused_listing_leaves_just_its_label_unread(
    read: Any, aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("ec2", operation, code="UnauthorizedOperation")
    found = read()[""]
    assert {r.label for r in found.reads if r.status != Status.OK} == {label}
    assert len({r.label for r in found.resources}) == 6


def test_a_public_address_counts_wherever_the_answer_tells_it(tmp_path: Path) -> None:
    """AWS tells the interface's own address twice, emulators at one place or the other."""
    interfaces = [
        {"NetworkInterfaceId": "eni-1", "Association": {"PublicIp": "198.51.100.1"}},
        {
            "NetworkInterfaceId": "eni-2",
            "Association": {"PublicIp": "198.51.100.2"},
            "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.0.0.2", "Association": {"PublicIp": "198.51.100.2"}},
                {"PrivateIpAddress": "10.0.0.3", "Association": {"PublicIp": "198.51.100.3"}},
            ],
        },
    ]
    recorded = {"DescribeNetworkInterfaces": {"NetworkInterfaces": interfaces}}
    estate = write_estate(tmp_path, {"111122223333/us-east-1/ec2": recorded})
    with AwsReplay(estate) as server:
        collected = collect(tmp_path, [aws_account(server.url)], EC2)
    assert {
        each.network_interface_id: each.public_ip_addresses
        for each in collected.resources
        if isinstance(each, NetworkInterface)
    } == {"eni-1": ["198.51.100.1"], "eni-2": ["198.51.100.2", "198.51.100.3"]}
