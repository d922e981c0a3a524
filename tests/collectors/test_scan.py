"""The framework around collectors, with real boto3 clients on a replay server."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.api import Api, Limits
from clew.collectors.collector import Collector, lists
from clew.collectors.scan import Collected, Spool, Task, plan, run, scope_of
from clew.graph.model import ListingStatus, Location, Resource, Status, field
from servers.aws_replay import AwsReplay
from support.collecting import Silent, aws_account, collect, write_estate

ACCOUNT = "111122223333"
NAMES = ["a", "b", "c", "d", "e"]


class Queue(Resource):
    """A queue of a made-up service."""

    provider = "aws"
    service = "made-up"
    label = "TestQueue"
    identity = "arn:{partition}:sqs:{region}:{account}:{name}"

    depth: int | None = field("Messages.", call="GetQueueAttributes")


class Topic(Resource):
    """A topic of a made-up service."""

    provider = "aws"
    service = "made-up"
    label = "TestTopic"
    identity = "arn:{partition}:sns:{region}:{account}:{name}"


class Queues(Collector):
    """Reads SQS and SNS through the real client."""

    provider = "aws"
    service = "sqs"

    @lists(Queue)
    def queues(self, api: Any) -> Iterator[Resource]:
        urls = api.list_through(
            "ListQueues",
            lambda: (
                page.get("QueueUrls", [])
                for page in api.client()
                .get_paginator("list_queues")
                .paginate(PaginationConfig={"PageSize": 2})
            ),
        )

        def detailed(url: str) -> Queue:
            answer = api.read("get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
            depth = None if answer is None else answer["Attributes"]["ApproximateNumberOfMessages"]
            return Queue.load({}, api.here, name=url.rpartition("/")[2], depth=depth)

        return api.each(detailed, urls)

    @lists(Topic)
    def topics(self, api: Any) -> Iterator[Resource]:
        for raw in api.pages("list_topics", "Topics", service="sns"):
            yield Topic.load({}, api.here, name=raw["TopicArn"].rpartition(":")[2])


def estate(folder: Path, regions: Sequence[str] = ("us-east-1",)) -> Path:
    files: dict[str, Any] = {}
    for region in regions:
        urls = [f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{name}" for name in NAMES]
        files[f"{ACCOUNT}/{region}/sqs"] = {
            "ListQueues": {"QueueUrls": urls},
            "GetQueueAttributes": [
                {
                    "when": {"QueueUrl": url},
                    "response": {"Attributes": {"ApproximateNumberOfMessages": str(index)}},
                }
                for index, url in enumerate(urls)
            ],
        }
        files[f"{ACCOUNT}/{region}/sns"] = {
            "ListTopics": {"Topics": [{"TopicArn": f"arn:aws:sns:{region}:{ACCOUNT}:t"}]}
        }
    return write_estate(folder, files)


def statuses(collected: Collected) -> dict[str, str]:
    return {record.operation: record.status.value for record in collected.coverage}


def labels(collected: Collected) -> dict[str, str]:
    return {read.label: read.status.value for read in collected.reads}


def test_every_page_is_read_and_every_call_recorded(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        collected = collect(tmp_path, [aws_account(server.url)], Queues)
    queues = [r for r in collected.resources if isinstance(r, Queue)]
    assert [(queue.name, queue.depth) for queue in queues] == [(n, i) for i, n in enumerate(NAMES)]
    assert statuses(collected) == {
        "ListQueues": "ok",
        "GetQueueAttributes": "ok",
        "sns:ListTopics": "ok",
    }
    assert labels(collected) == {"TestQueue": "ok", "TestTopic": "ok"}


@pytest.mark.parametrize(
    ("code", "http", "status"),
    [
        ("AccessDenied", 403, "denied"),
        ("UnauthorizedOperation", 403, "denied"),
        ("403", 403, "denied"),
        ("Throttling", 400, "throttled"),
        ("TooManyRequestsException", 429, "throttled"),
        ("UnknownOperationException", 400, "unsupported"),
        ("NotImplemented", 501, "unsupported"),
        ("ValidationException", 400, "error"),
        ("InternalFailure", 500, "error"),
    ],
)
def test_a_failed_listing_is_recorded_and_leaves_only_its_own_label_unread(
    tmp_path: Path, code: str, http: int, status: str
) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        server.deny("sqs", "ListQueues", code=code, status=http)
        collected = collect(tmp_path, [aws_account(server.url)], Queues)
    assert statuses(collected) == {"ListQueues": status, "sns:ListTopics": "ok"}
    assert labels(collected) == {"TestQueue": status, "TestTopic": "ok"}
    assert [resource.label for resource in collected.resources] == ["TestTopic"]


def test_a_failed_page_keeps_what_came_before_and_says_so(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        account = aws_account(server.url)

        def after_the_first_page(params: dict[str, Any], **_: Any) -> None:
            if params["body"] and b"NextToken" in params["body"]:
                server.deny("sqs", "ListQueues")

        account.session.events.register("before-call.sqs.ListQueues", after_the_first_page)
        collected = collect(tmp_path, [account], Queues)
    assert [r.name for r in collected.resources if r.label == "TestQueue"] == NAMES[:2]
    assert labels(collected)["TestQueue"] == "denied"


def test_a_denied_detail_is_none_and_the_label_stays_fully_listed(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        server.deny("sqs", "GetQueueAttributes")
        collected = collect(tmp_path, [aws_account(server.url)], Queues)
    queues = [r for r in collected.resources if isinstance(r, Queue)]
    assert [(queue.name, queue.depth) for queue in queues] == [(name, None) for name in NAMES]
    assert statuses(collected)["GetQueueAttributes"] == "denied"
    assert labels(collected)["TestQueue"] == "ok"


def test_throttling_is_retried_a_bounded_number_of_times(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        server.throttle("sns", "ListTopics", times=1)
        collected = collect(tmp_path, [aws_account(server.url)], Queues)
        assert statuses(collected)["sns:ListTopics"] == "ok"
        server.reset()
        server.throttle("sns", "ListTopics")
        collected = collect(tmp_path / "again", [aws_account(server.url)], Queues)
        assert statuses(collected)["sns:ListTopics"] == "throttled"
        assert len([call for call in server.calls if call.operation == "ListTopics"]) == 4


def test_what_is_not_supported_is_asked_for_once(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        server.deny("sns", "ListTopics", code="NotImplemented", status=501)
        collected = collect(tmp_path, [aws_account(server.url)], Queues)
        assert statuses(collected)["sns:ListTopics"] == "unsupported"
        assert [call.operation for call in server.calls].count("ListTopics") == 1


def test_one_region_failing_leaves_the_others_whole(tmp_path: Path) -> None:
    regions = ("us-east-1", "eu-west-1", "ap-southeast-2")
    with AwsReplay(estate(tmp_path, regions)) as server:
        server.fail("sqs", region="eu-west-1", status=400)
        collected = collect(tmp_path, [aws_account(server.url, regions=regions)], Queues)
    read = {(each.label, each.region): each.status.value for each in collected.reads}
    assert read == {
        ("TestQueue", "us-east-1"): "ok",
        ("TestQueue", "eu-west-1"): "error",
        ("TestQueue", "ap-southeast-2"): "ok",
        ("TestTopic", "us-east-1"): "ok",
        ("TestTopic", "eu-west-1"): "ok",
        ("TestTopic", "ap-southeast-2"): "ok",
    }
    assert len(collected.resources) == 2 * len(NAMES) + 3


class Rule(Resource):
    """A rule of a made-up service, listed by topic."""

    provider = "aws"
    service = "made-up"
    label = "TestRule"
    identity = "arn:{partition}:events:{region}:{account}:rule/{name}"


class Nested(Collector):
    """Asks by topic for queues, and by queue for rules."""

    provider = "aws"
    service = "sns"

    @lists(Topic, Queue, Rule, through={Queue: Topic, Rule: Queue})
    def topics(self, api: Any) -> Iterator[Resource]:
        for raw in api.pages("list_topics", "Topics", lists=Topic):
            yield Topic.load({}, api.here, name=raw["TopicArn"].rpartition(":")[2])
            for url in api.details("list_queues", "QueueUrls", service="sqs", lists=Queue) or ():
                yield Queue.load({}, api.here, name=url.rpartition("/")[2])


@pytest.mark.parametrize(
    ("service", "operation", "whole"),
    [("sns", "ListTopics", set()), ("sqs", "ListQueues", {"TestTopic"})],
)
def test_what_is_listed_through_an_incomplete_label_is_incomplete_with_the_same_reason(
    tmp_path: Path, service: str, operation: str, whole: set[str]
) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        server.deny(service, operation)
        collected = collect(tmp_path, [aws_account(server.url)], Nested)
    failed = f"sqs:{operation}" if service == "sqs" else operation
    assert {read.label: (read.status, read.operation) for read in collected.reads} == {
        label: (Status.OK, "") if label in whole else (Status.DENIED, failed)
        for label in ("TestTopic", "TestQueue", "TestRule")
    }
    assert len({read.code for read in collected.reads if read.label not in whole}) == 1


class Broken(Collector):
    """Has a programming error in one of two listings."""

    provider = "aws"
    service = "sns"

    @lists(Queue)
    def queues(self, api: Any) -> Iterator[Resource]:
        yield Queue.load({}, api.here, name="one")
        raise RuntimeError("a bug")

    @lists(Topic)
    def topics(self, api: Any) -> Iterator[Resource]:
        for raw in api.pages("list_topics", "Topics"):
            yield Topic.load({}, api.here, name=raw["TopicArn"].rpartition(":")[2])


def test_a_crashing_listing_is_an_error_and_the_rest_goes_on(tmp_path: Path) -> None:
    with AwsReplay(estate(tmp_path)) as server:
        collected = collect(tmp_path, [aws_account(server.url)], Broken)
    assert labels(collected) == {"TestQueue": "error", "TestTopic": "ok"}
    assert [r.name for r in collected.resources] == ["one", "t"]
    (crash,) = [record for record in collected.coverage if record.code == "RuntimeError"]
    assert (crash.operation, crash.status, crash.message) == ("queues", Status.ERROR, "a bug")


class Interrupting(Silent):
    """Presses Ctrl-C after the first task."""

    def finished(self, task: Task, result: Collected) -> None:
        super().finished(task, result)
        raise KeyboardInterrupt


def test_an_interrupted_scan_goes_on_from_what_it_has(tmp_path: Path) -> None:
    regions = ("us-east-1", "eu-west-1", "ap-southeast-2")
    with AwsReplay(estate(tmp_path, regions)) as server:
        accounts = [aws_account(server.url, regions=regions)]
        whole = collect(tmp_path / "whole", accounts, Queues)
        server.reset()
        first = Interrupting()
        with pytest.raises(KeyboardInterrupt):
            collect(tmp_path, accounts, Queues, progress=first)
        (kept,) = first.ended
        server.reset()
        resumed = collect(tmp_path, accounts, Queues)
        assert resumed == whole
        assert kept.rpartition("/")[2] not in {call.region for call in server.calls}


class FakeApi(Api):
    """Reads nothing; for collectors that only yield."""

    def classify(self, error: Exception) -> None:
        return None


class FakeAccount:
    """An account of an asynchronous service."""

    provider = "aws"
    id = ACCOUNT
    regions = ("us-east-1",)
    coverage = ()
    reachable = True
    directory = ""

    def api(self, collector: type[Collector], region: str, limits: Limits) -> Api:
        return FakeApi("aws", collector.service, Location(self.id, region, "aws"), limits)


class Asynchronous(Collector):
    """Yields from a coroutine, as asynchronous SDKs do."""

    provider = "aws"
    service = "async"
    regional = False

    @lists(Topic)
    async def topics(self, api: Any) -> AsyncIterator[Resource]:
        yield Topic.load({}, api.here, name="one", region="global")


def test_asynchronous_collectors_run_in_the_same_framework(tmp_path: Path) -> None:
    tasks = plan([FakeAccount()], [Asynchronous])
    collected = run(tasks, Limits(2), Silent(), Spool(tmp_path))
    assert [r.name for r in collected.resources] == ["one"]
    assert collected.reads == [ListingStatus("TestTopic", ACCOUNT, "global", Status.OK)]


def test_an_unreachable_account_is_in_scope_but_has_no_tasks() -> None:
    account = FakeAccount()
    account.reachable = False
    assert plan([account], [Asynchronous]) == []
    assert scope_of([account], [Asynchronous], []).accounts == {"aws": [ACCOUNT]}
