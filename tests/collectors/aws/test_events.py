"""Event buses, rules and targets of the demo estate."""

from pathlib import Path

from clew.collectors.aws.events import Events
from servers.aws_replay import AwsReplay
from support.account_reading import PROD, Reading
from support.collecting import write_estate

BUS, RULE, TARGET = "AWSEventBus", "AWSEventRule", "AWSEventTarget"
HERE = "us-east-1:111122223333"


def test_a_bus_names_its_key_and_dead_letters(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Events)
    bus = read(BUS, "clew-orders")
    assert bus.kms_key_identifier.endswith("key/1a2b3c4d-1111-4111-8111-000000000001")
    assert bus.dead_letter_arn == f"arn:aws:sqs:{HERE}:clew-jobs-dlq"
    assert "arn:aws:iam::444455556666:root" in bus.policy
    default = read(BUS, "default", "us-east-1")
    assert (default.policy, default.kms_key_identifier) == ("", "")


def test_a_rule_names_its_bus_and_role(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Events)
    nightly, placed = read(RULE, "nightly-task"), read(RULE, "order-placed")
    assert nightly.role_arn == "arn:aws:iam::111122223333:role/events-invoke"
    assert (nightly.event_bus_name, nightly.schedule_expression) == ("default", "cron(0 3 * * ? *)")
    assert (placed.event_bus_name, placed.state) == ("clew-orders", "ENABLED")
    assert placed.id == f"arn:aws:events:{HERE}:rule/clew-orders/order-placed"


def test_a_target_names_what_receives_and_how(aws_replay: AwsReplay, tmp_path: Path) -> None:
    read = Reading(aws_replay, tmp_path, Events)
    task, resize = read(TARGET, "task"), read(TARGET, "resize")
    assert task.arn == f"arn:aws:ecs:{HERE}:cluster/clew"
    assert task.task_definition_arn == f"arn:aws:ecs:{HERE}:task-definition/clew-api:3"
    assert (task.subnet_ids, task.security_group_ids) == (
        ["subnet-0a1000000000000b1"],
        ["sg-0a100000000000002"],
    )
    assert task.rule_arn == f"arn:aws:events:{HERE}:rule/nightly-task"
    assert resize.arn == f"arn:aws:lambda:{HERE}:function:resize-images"
    assert resize.dead_letter_arn == f"arn:aws:sqs:{HERE}:clew-jobs-dlq"
    assert resize.id == f"arn:aws:events:{HERE}:target/clew-orders/order-placed/resize"
    assert read(TARGET, "central").arn == "arn:aws:events:us-east-1:777788889999:event-bus/central"


def test_what_is_sent_to_a_target_is_not_kept(aws_replay: AwsReplay, tmp_path: Path) -> None:
    assert "not-a-secret" not in Reading(aws_replay, tmp_path, Events).text()


def test_refused_details_and_listings_are_distinguished(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("events", "DescribeEventBus")
    aws_replay.deny("events", "ListTargetsByRule")
    read = Reading(aws_replay, tmp_path, Events, regions=("us-east-1",))
    bus = read(BUS, "clew-orders")
    assert (bus.kms_key_identifier, bus.dead_letter_arn) == (None, None)
    assert read.incomplete == {(TARGET, "us-east-1")}
    assert len(read.all(RULE)) == 3


def test_buses_are_listed_over_all_pages_though_the_sdk_has_no_paginator(tmp_path: Path) -> None:
    def bus(name: str) -> dict[str, str]:
        return {"Name": name, "Arn": f"arn:aws:events:{HERE}:event-bus/{name}"}

    buses = [bus(name) for name in ("first", "second", "third")]
    estate = write_estate(
        tmp_path,
        {
            f"{PROD}/us-east-1/events": {
                "ListEventBuses": {"EventBuses": buses},
                "DescribeEventBus": {},
                "ListRules": {"Rules": []},
            }
        },
    )
    with AwsReplay(estate) as server:
        read = Reading(server, tmp_path, Events, regions=("us-east-1",))
    assert read.names(BUS) == {"first", "second", "third"}
