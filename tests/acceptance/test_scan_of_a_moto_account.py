"""What a user does: ``clew scan aws`` on an account over HTTP, then ``clew check``.

The account has a trail for every way in which its bucket can be seen or not seen.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pyarrow.parquet as pq
import pytest
from servers.moto_server import MotoServer, running_moto

pytestmark = pytest.mark.xdist_group("moto")

OTHER = "444455556666"
PUBLIC = "cloudtrail_logs_s3_bucket_is_not_publicly_accessible"
MFA = "cloudtrail_bucket_requires_mfa_delete"
LOGGED = "cloudtrail_logs_s3_bucket_access_logging_enabled"


@dataclass
class Auditor:
    """Runs clew with the credentials of a user who may read all but one bucket's ACL."""

    server: MotoServer
    environment: dict[str, str]

    def clew(self, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "clew", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == expect, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def findings(self, scan: str, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.clew("check", scan, "-f", "json", *arguments))
        return found


@pytest.fixture(scope="module")
def server() -> Iterator[MotoServer]:
    with running_moto() as moto:
        _seed_trails(moto)
        _seed_network(moto)
        yield moto


@pytest.fixture(scope="module")
def auditor(server: MotoServer, tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    iam = server.client("iam")
    iam.create_user(UserName="auditor")
    iam.put_user_policy(
        UserName="auditor",
        PolicyName="read",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                    {
                        "Effect": "Deny",
                        "Action": "s3:GetBucketAcl",
                        "Resource": "arn:aws:s3:::trail-denied",
                    },
                ],
            }
        ),
    )
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    server.start_authorizing()
    home = tmp_path_factory.mktemp("home")
    return Auditor(
        server,
        {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "CLEW_HOME": str(home / "home"),
            "CLEW_CACHE_DIR": str(home / "cache"),
        },
    )


@pytest.fixture(scope="module")
def scan(auditor: Auditor) -> str:
    return auditor.clew("scan", "aws", "--region", "us-east-1").strip()


def _seed_trails(moto: MotoServer) -> None:
    s3, trails = moto.client("s3"), moto.client("cloudtrail")
    for name in ("public", "private", "denied", "deleted", "logged"):
        s3.create_bucket(Bucket=f"trail-{name}")
    s3.put_bucket_acl(Bucket="trail-public", ACL="public-read")
    s3.create_bucket(
        Bucket="trail-far", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_acl(Bucket="trail-private", ACL="log-delivery-write")
    s3.put_bucket_logging(
        Bucket="trail-logged",
        BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": "trail-private", "TargetPrefix": "l/"}
        },
    )
    moto.client("s3", account=OTHER).create_bucket(Bucket="trail-other")
    for name in ("public", "private", "denied", "deleted", "logged", "far", "other"):
        trails.create_trail(Name=f"{name}-trail", S3BucketName=f"trail-{name}")
        trails.start_logging(Name=f"{name}-trail")
    s3.delete_bucket(Bucket="trail-deleted")


def _seed_network(moto: MotoServer) -> None:
    ec2 = moto.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for cidr, zone in (("10.0.1.0/24", "us-east-1a"), ("10.0.2.0/24", "us-east-1b"))
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    groups = {}
    for name, port in (("ssh-open", 22), ("db-open", 3306)):
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                }
            ],
        )
        groups[name] = group
    image = ec2.describe_images()["Images"][0]["ImageId"]
    for subnet, public in ((subnets[0], True), (subnets[1], False)):
        ec2.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[
                {
                    "DeviceIndex": 0,
                    "SubnetId": subnet,
                    "Groups": [groups["ssh-open"]],
                    "AssociatePublicIpAddress": public,
                }
            ],
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": "Name", "Value": "public" if public else "private"}],
                }
            ],
        )
    balancer = moto.client("elbv2").create_load_balancer(
        Name="front", Subnets=subnets, SecurityGroups=[groups["db-open"]]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    target = moto.client("elbv2").create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=vpc
    )["TargetGroups"][0]["TargetGroupArn"]
    moto.client("elbv2").create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=3306,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
    )
    rds = moto.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="all", DBSubnetGroupDescription="all", SubnetIds=subnets
    )
    for name, public in (("open", True), ("closed", False)):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.micro",
            Engine="mysql",
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="not-a-secret-1",
            DBSubnetGroupName="all",
            VpcSecurityGroupIds=[groups["db-open"]],
            PubliclyAccessible=public,
        )


def by_trail(findings: list[dict[str, Any]]) -> dict[str, tuple[str, str | None]]:
    return {
        found["resource"].rpartition("/")[2].removesuffix("-trail"): (
            found["status"],
            found["reason"],
        )
        for found in findings
    }


UNSEEN = {
    "deleted": ("MANUAL", "NOT_FOUND"),
    "far": ("MANUAL", "OUT_OF_SCOPE"),
    "other": ("MANUAL", "UNKNOWN_OWNER"),
}


def test_every_trail_gets_its_own_verdict_and_reason(auditor: Auditor, scan: str) -> None:
    assert by_trail(auditor.findings(scan, "--check", PUBLIC)) == {
        "public": ("FAIL", None),
        "private": ("PASS", None),
        "logged": ("PASS", None),
        "denied": ("MANUAL", "UNREADABLE_FIELD"),
        **UNSEEN,
    }
    assert by_trail(auditor.findings(scan, "--check", LOGGED)) == {
        "public": ("FAIL", None),
        "private": ("FAIL", None),
        "logged": ("PASS", None),
        "denied": ("FAIL", None),
        **UNSEEN,
    }
    assert by_trail(auditor.findings(scan, "--check", MFA)) == {
        "public": ("FAIL", None),
        "private": ("FAIL", None),
        "logged": ("FAIL", None),
        "denied": ("FAIL", None),
        **UNSEEN,
    }


def test_what_was_denied_is_named(auditor: Auditor, scan: str) -> None:
    (found,) = [
        found
        for found in auditor.findings(scan, "--check", PUBLIC)
        if found["resource"].endswith("denied-trail")
    ]
    assert "GetBucketAcl" in found["message"]
    coverage = json.loads(auditor.clew("coverage", scan, "-f", "json"))
    assert ("s3", "GetBucketAcl", "denied") in {
        (record["service"], record["operation"], record["status"]) for record in coverage
    }


def test_exposure_follows_the_network(auditor: Auditor, scan: str) -> None:
    ssh = auditor.findings(scan, "--check", "ec2_instance_port_ssh_exposed_to_internet")
    assert {
        node["name"]: found["status"]
        for found in ssh
        for node in found["evidence"]["nodes"]
        if node["id"] == found["resource"]
    } == {"public": "FAIL", "private": "MANUAL"}
    # Where permissions count, moto refuses API Gateway to everyone; an API can lead to an instance
    # over a VPC link and a load balancer.
    (open_,) = [found["message"] for found in ssh if found["status"] == "MANUAL"]
    assert "GetRestApis" in open_
    databases = auditor.findings(scan, "--check", "rds_instance_no_public_access")
    assert {found["resource"].rpartition(":")[2]: found["status"] for found in databases} == {
        "open": "FAIL",
        "closed": "PASS",
    }
    balancers = auditor.findings(scan, "--check", "elbv2_internet_facing")
    assert [found["status"] for found in balancers] == ["FAIL"]


NEVER_THE_SAME = {"last_used_date", "latest_delivery_time"}
"""What the account itself tells differently each time: the scan uses a key, moto has no clock."""


def test_two_scans_of_the_same_account_are_the_same_snapshot(auditor: Auditor, scan: str) -> None:
    again = auditor.clew("scan", "aws", "--region", "us-east-1", "--concurrency", "3").strip()

    def content(folder: str) -> dict[str, list[dict[str, Any]]]:
        names = json.loads(Path(folder, "manifest.json").read_text())["files"]
        return {
            name: [
                {column: value for column, value in row.items() if column not in NEVER_THE_SAME}
                for row in pq.read_table(Path(folder, name)).to_pylist()
            ]
            for name in names
            if name.endswith(".parquet")
        }

    assert content(again) == content(scan)


def test_a_narrowed_scan_links_as_the_full_one_does(auditor: Auditor, scan: str) -> None:
    narrow = auditor.clew("scan", "aws", "--region", "us-east-1", "--service", "cloudtrail").strip()
    assert by_trail(auditor.findings(narrow, "--check", PUBLIC)) == by_trail(
        auditor.findings(scan, "--check", PUBLIC)
    )
    assert {found["service"] for found in auditor.findings(narrow)} == {"cloudtrail"}


def test_with_every_acl_denied_nothing_passes_that_rests_on_one(
    auditor: Auditor, server: MotoServer
) -> None:
    key = auditor.environment["AWS_ACCESS_KEY_ID"]
    admin = boto3.client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=auditor.environment["AWS_SECRET_ACCESS_KEY"],
    )
    deny = {"Effect": "Deny", "Action": "s3:GetBucketAcl", "Resource": "*"}
    admin.put_user_policy(
        UserName="auditor",
        PolicyName="deny",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]}),
    )
    try:
        blind = auditor.clew("scan", "aws", "--region", "us-east-1").strip()
    finally:
        admin.delete_user_policy(UserName="auditor", PolicyName="deny")
    for check in (PUBLIC, "s3_bucket_public_list_acl", "s3_bucket_public_write_acl"):
        statuses = {found["status"] for found in auditor.findings(blind, "--check", check)}
        assert statuses == {"MANUAL"}, check
