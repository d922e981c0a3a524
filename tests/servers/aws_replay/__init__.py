"""A small server that answers real boto3 clients from a recorded AWS estate on disk.

An estate is a folder `<account>/<region>/<service>.json` (boto3's service name; global services
in the region folder `global`). A file maps operation names to answers in botocore's output
shape, as the AWS CLI prints them:

    {"DescribeTrails": {"trailList": []},
     "GetTrailStatus": [{"when": {"Name": "a"}, "response": {"IsLogging": true}},
                        {"when": {"Name": "b"}, "error": {"code": "AccessDeniedException"}}]}

Clients need nothing but `endpoint_url=server.url` (or AWS_ENDPOINT_URL) and a key id of `AKIA`
and the account number. Every answer that AWS would page is cut into small pages.
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
