"""The command line, run in this process against the demo's scan or a small replayed account."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from clew.cli.main import main
from servers.aws_replay import AwsReplay
from support.demo_estate import aws_environment

ACCOUNT = "111122223333"


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Clew = Callable[..., Done]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Clew's own folder; and no clouds, unless a test replays them."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "CLEW_", "NEO4J_"))]:
        if name not in ("CLEW_CACHE_DIR", "CLEW_TEST_NEO4J_URI"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def clew(capsys: pytest.CaptureFixture[str]) -> Clew:
    """Runs a command."""

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


ANSWERS: dict[str, Any] = {
    "us-east-1/cloudtrail": {
        "DescribeTrails": {
            "trailList": [
                {
                    "Name": "main",
                    "TrailARN": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main",
                    "HomeRegion": "us-east-1",
                    "S3BucketName": "logs",
                },
                {
                    "Name": "away",
                    "TrailARN": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/away",
                    "HomeRegion": "us-east-1",
                    "S3BucketName": "elsewhere",
                },
            ]
        },
        "GetTrailStatus": {"IsLogging": True},
        "GetEventSelectors": {"EventSelectors": []},
        "GetInsightSelectors": {"InsightSelectors": []},
        "ListTags": {"ResourceTagList": []},
    },
    "us-east-1/ec2": {"DescribeRegions": {"Regions": [{"RegionName": "us-east-1"}]}},
    "global/iam": {
        "GetAccountAuthorizationDetails": {},
        "GetAccountSummary": {"SummaryMap": {}},
        "GetAccountPasswordPolicy": {"error": {"code": "NoSuchEntity", "status": 404}},
        "ListAccountAliases": {},
        "ListInstanceProfiles": {},
        "ListOpenIDConnectProviders": {},
        "ListSAMLProviders": {},
        "ListServerCertificates": {},
        "ListUsers": {},
    },
    "global/s3control": {
        "GetPublicAccessBlock": {
            "error": {"code": "NoSuchPublicAccessBlockConfiguration", "status": 404}
        },
    },
    "global/s3": {
        "ListBuckets": {"Buckets": [{"Name": "logs", "BucketRegion": "us-east-1"}]},
        "GetBucketVersioning": {"Status": "Enabled", "MFADelete": "Disabled"},
        "HeadBucket": {"error": {"code": "403", "status": 403}},
        "GetBucketAcl": {"Owner": {"ID": "abc"}, "Grants": []},
        **{
            operation: {"error": {"code": code, "status": 404}}
            for operation, code in {
                "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
                "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
                "GetBucketPolicy": "NoSuchBucketPolicy",
                "GetBucketPolicyStatus": "NoSuchBucketPolicy",
                "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError",
                "GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError",
                "GetBucketReplication": "ReplicationConfigurationNotFoundError",
                "GetBucketWebsite": "NoSuchWebsiteConfiguration",
                "GetBucketTagging": "NoSuchTagSet",
            }.items()
        },
        "GetBucketLogging": {},
        "GetBucketNotificationConfiguration": {},
    },
}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsReplay]:
    """An account with two trails, one of which logs to a bucket of someone else."""
    estate = tmp_path / "estate"
    for name, operations in ANSWERS.items():
        file = estate / ACCOUNT / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(operations))
    with AwsReplay(estate) as server:
        for name, value in aws_environment(server.url).items():
            monkeypatch.setenv(name, value)
        yield server
