"""App Runner services as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.apprunner import AppRunner
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:apprunner:us-east-1:111122223333:service"
WIDGETS = f"{ARN}/clew-widgets/0a1000000000400080000000000000a1"
DOCS = f"{ARN}/clew-docs/0a1000000000400080000000000000a2"


@pytest.fixture
def services(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, AppRunner)


def test_a_service_names_what_it_runs_as(services: Callable[..., Read]) -> None:
    found = services()
    widgets = found[WIDGETS]
    assert widgets.instance_role == "arn:aws:iam::111122223333:role/ecs-task"
    assert widgets.access_role == "arn:aws:iam::111122223333:role/ecs-execution"
    assert (widgets.name, widgets.status, widgets.publicly_accessible) == (
        "clew-widgets",
        "RUNNING",
        False,
    )
    assert widgets.image_repository == "arn:aws:ecr:us-east-1:111122223333:repository/clew/api"
    assert widgets.vpc_connector.startswith("arn:aws:apprunner:us-east-1:111122223333:vpcconnector")
    assert widgets.tags == ["team=platform"]
    docs = found[DOCS]
    assert (docs.instance_role, docs.access_role, docs.image_repository) == ("", "", "")
    assert docs.code_repository == "https://github.com/clew-example/docs"
    assert (docs.publicly_accessible, docs.auto_deployments_enabled) == (True, False)
    assert docs.url == "0a10000000.us-east-1.awsapprunner.com"
    assert docs.environment_names == ["THEME"]


def test_no_secret_of_a_service_is_kept(services: Callable[..., Read]) -> None:
    widgets = services()[WIDGETS]
    assert widgets.environment_names == ["API_TOKEN", "MODE"]
    assert widgets.secrets == [
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db-A1b2C3",
        "arn:aws:ssm:us-east-1:111122223333:parameter/clew/flags",
    ]
    assert "made-up" not in widgets.model_dump_json()


def test_an_undescribed_service_stays_unread(
    services: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("apprunner", "DescribeService")
    found = services()
    docs = found[DOCS]
    assert (docs.name, docs.instance_role, docs.publicly_accessible) == ("clew-docs", None, None)
    assert found.incomplete == set()


def test_where_services_cannot_be_listed_they_are_incomplete(
    services: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("apprunner", "ListServices")
    assert services().incomplete == {"AWSAppRunnerService"}
