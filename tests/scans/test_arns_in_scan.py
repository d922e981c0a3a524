"""What a scan knows to be absent, and what may be there all the same."""

import pytest
from clew.collectors.aws.iam import Role
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.secretsmanager import Secret
from clew.collectors.aws.sns import Topic
from clew.graph.authorization.aws.environment import AWSEnvironment
from clew.graph.traversal import SnapshotReader, load
from clew.scans.arns_in_scan import ArnsInScan
from support.audit import blank
from support.judging import ACCOUNT, REGION, Estate
from support.small_scans import scan_of

OTHER = "444455556666"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db-abcdef"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/app"
ESTATE = Estate(
    [
        blank(Topic, id=TOPIC, name="news"),
        blank(Bucket, id="arn:aws:s3:::data", name="data"),
        blank(Secret, id=SECRET, name="prod/db"),
        blank(Role, id=ROLE, name="app"),
    ],
    unread=[("AWSSNSTopic", OTHER), ("AWSSQSQueue", ACCOUNT, "eu-west-1")],
    accounts=(ACCOUNT, OTHER),
    regions=(REGION, "eu-west-1"),
)


@pytest.fixture(scope="module")
def arns(tmp_path_factory: pytest.TempPathFactory) -> ArnsInScan:
    snapshot = scan_of(tmp_path_factory.mktemp("scan") / "scan", ESTATE)
    return ArnsInScan(AWSEnvironment.of(load(SnapshotReader(snapshot)), snapshot.reads), snapshot)


@pytest.mark.parametrize(
    "arn",
    [
        TOPIC,
        "arn:aws:s3:::data",
        "arn:aws:s3:::data/a/b",
        "arn:aws:s3:::data/*",
        "arn:aws:s3:::da*",
        f"{TOPIC[:-1]}*",
        f"{SECRET[:-9]}*",
        f"arn:aws:iam::{ACCOUNT}:role/team/*",
    ],
)
def test_what_is_there_is_not_absent(arn: str, arns: ArnsInScan) -> None:
    assert arns.absence(arn) is None


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sns:{REGION}:{OTHER}:news",  # its listing failed
        f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue",
        f"arn:aws:sns:ap-south-1:{ACCOUNT}:news",  # a region that was not scanned
        f"arn:aws:sns:{REGION}:999900001111:news",  # an account that was not scanned
        f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/aws/service",  # one that no listing has
        f"arn:aws:nosuch:{REGION}:{ACCOUNT}:thing/x",  # a kind that is not collected
    ],
)
def test_what_was_not_read_may_be_there(arn: str, arns: ArnsInScan) -> None:
    assert arns.absence(arn) is None


@pytest.mark.parametrize(
    ("arn", "is_certain"),
    [
        (f"{TOPIC}x", True),
        (f"{TOPIC}x*", True),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue", True),
        (f"arn:aws:iam::{ACCOUNT}:role/app", True),
        (f"arn:aws:iam::{ACCOUNT}:role/other/*", True),
        (f"arn:aws:iam::{OTHER}:role/team/app", True),
        ("arn:aws:s3:::dat/x", False),
        ("arn:aws:s3:::dat/*", False),
    ],
)
def test_what_was_read_whole_and_is_not_there_is_absent(
    arn: str, is_certain: bool, arns: ArnsInScan
) -> None:
    absence = arns.absence(arn)
    assert absence
    assert absence.is_certain is is_certain
