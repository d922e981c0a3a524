"""What a listing answers where it lists nothing, as the SDK takes it off the wire."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from clew.collectors.api import Limits
from clew.collectors.aws.cloudfront import CloudFront
from clew.collectors.aws.cloudtrail import CloudTrail
from clew.collectors.aws.session import AWSApi
from clew.collectors.aws.sqs import SQS
from clew.collectors.collector import Collector
from clew.graph.model import Status
from support.collecting import aws_account
from support.identities import ACCOUNT, REGION

DISTRIBUTIONS = (CloudFront, "list_distributions", "DistributionList.Items")
QUEUES, TRAILS = (SQS, "list_queues", "QueueUrls"), (CloudTrail, "describe_trails", "trailList")
PAGE = (
    "<DistributionList><Marker/><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>"
    "{}</DistributionList>"
)


class Answering(ThreadingHTTPServer):
    """Answers every request with the same body."""

    def __init__(self, body: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        super().__init__(("127.0.0.1", 0), Handler)


@contextmanager
def api_answering(collector: type[Collector], body: str) -> Iterator[AWSApi]:
    with Answering(body) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield aws_account(f"http://127.0.0.1:{server.server_port}", ACCOUNT, (REGION,)).api(
            collector, REGION, Limits(1)
        )
        server.shutdown()


@pytest.mark.parametrize(
    ("listing", "body", "status"),
    [
        (TRAILS, '{"trailList": []}', Status.OK),
        (TRAILS, "{}", Status.ERROR),
        (TRAILS, '{"trailList": null}', Status.ERROR),
        (TRAILS, '{"trailList": [{"Name": 7}]}', Status.ERROR),
        (TRAILS, '{"trailList": [], "nextTo', Status.ERROR),
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
    with api_answering(collector, body) as api:
        assert list(api.pages(operation, key)) == []
    (record,) = api.records.values()
    assert record.status == status
    assert record.code == ("" if status == Status.OK else "MalformedAnswer")
