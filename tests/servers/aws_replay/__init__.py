"""A small server that answers real boto3 clients from a recorded AWS estate on disk.

An estate is a folder `<account>/<region>/<service>.json` (boto3's service name; global services
in the region folder `global`). A file maps operation names to answers in botocore's output
shape, as the AWS CLI prints them:

    {"DescribeTrails": {"trailList": []},
     "GetTrailStatus": [{"when": {"Name": "a"}, "response": {"IsLogging": true}},
                        {"when": {"Name": "b"}, "error": {"code": "AccessDeniedException"}}]}

An object answers any parameters (or, as `{"error": ...}`, always fails); of a list, the first
entry whose `when` is a subset of the request's parameters answers. Without a file, a service
answers that there is nothing; with one, whatever it lacks is an error of status 501 that
`server.not_recorded` keeps. A file of the region wins over one in `global`, except that s3 and
s3control read only `global`. docdb and neptune are the rds API on the wire: use `rds.json`.

Clients need nothing but `endpoint_url=server.url` (or AWS_ENDPOINT_URL) and a key id of `AKIA`
and the account number. Every answer that AWS would page is cut into small pages. STS gives keys
for the roles of any account in the estate, unless `global/sts.json` denies it.

Policies and other JSON text may be recorded as objects. Names and types are checked against
botocore's models, so that a misspelt member is an error and not silently absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .server import AwsReplay, Call

__all__ = ["ESTATE", "AwsReplay", "Call", "aws_replay"]

ESTATE = Path(__file__).parents[2] / "estate" / "aws"


@pytest.fixture
def aws_replay() -> Iterator[AwsReplay]:
    """The test suite's own estate, served for one test."""
    with AwsReplay(ESTATE) as server:
        yield server
