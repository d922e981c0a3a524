"""What a listing answers where it lists nothing, as the SDK takes it off the wire."""

import io
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from clew.collectors.api import Limits
from clew.collectors.aws.cloudfront import CloudFront
from clew.collectors.aws.cloudtrail import CloudTrail
from clew.collectors.aws.session import AWSAccount, AWSApi
from clew.collectors.aws.sqs import SQS
from clew.collectors.collector import Collector
from clew.graph.model import Status
from support.identities import ACCOUNT, REGION

DISTRIBUTIONS = (CloudFront, "list_distributions", "DistributionList.Items")
QUEUES, TRAILS = (SQS, "list_queues", "QueueUrls"), (CloudTrail, "describe_trails", "trailList")
PAGE = (
    "<DistributionList><Marker/><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>"
    "{}</DistributionList>"
)


def answering(body: str) -> Callable[..., AWSResponse]:
    """Stands for the network: every request is answered with the same body."""

    class Raw(io.BytesIO):
        """A response's stream as urllib3 has it."""

        def stream(self, **_: Any) -> Any:
            yield self.read()

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {}, Raw(body.encode()))

    return answer


def api_answering(collector: type[Collector], body: str) -> AWSApi:
    session = boto3.Session("AKIA", "none", region_name=REGION)
    account = AWSAccount(ACCOUNT, "aws", session, (REGION,))
    api = account.api(collector, REGION, Limits(1))
    api.client().meta.events.register("before-send", answering(body))
    return api


@pytest.mark.parametrize(
    ("listing", "body", "status"),
    [
        (TRAILS, '{"trailList": []}', Status.OK),
        (TRAILS, "{}", Status.ERROR),
        (TRAILS, '{"trailList": null}', Status.ERROR),
        (QUEUES, "{}", Status.OK),
        (QUEUES, '{"QueueUrls": []}', Status.OK),
        (DISTRIBUTIONS, PAGE.format("<Items/><Quantity>0</Quantity>"), Status.OK),
        (DISTRIBUTIONS, PAGE.format("<Quantity>0</Quantity>"), Status.OK),
        (DISTRIBUTIONS, PAGE.format("<Quantity>1</Quantity>"), Status.ERROR),
        (DISTRIBUTIONS, PAGE.format(""), Status.ERROR),
        (DISTRIBUTIONS, "<DistributionList/>", Status.ERROR),
    ],
)
def test_a_list_is_left_out_only_where_the_service_does_so(
    listing: tuple[type[Collector], str, str], body: str, status: Status
) -> None:
    collector, operation, key = listing
    api = api_answering(collector, body)
    assert list(api.pages(operation, key)) == []
    (record,) = api.records.values()
    assert record.status == status
    assert record.code == ("" if status == Status.OK else "MalformedAnswer")
