"""Pipelines as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.datapipeline import DataPipeline
from servers.aws_replay import AwsReplay
from support.collecting import write_estate
from support.reading import Read, read

ARN = "arn:aws:datapipeline:us-east-1:111122223333:pipeline"
BACKUP, IMPORT = f"{ARN}/df-0A10000000000000001", f"{ARN}/df-0A10000000000000002"


@pytest.fixture
def pipelines(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, DataPipeline)


def test_a_pipeline_names_whom_it_and_its_machines_act_as(pipelines: Callable[..., Read]) -> None:
    backup = pipelines()[BACKUP]
    assert (backup.name, backup.state) == ("clew-backup", "SCHEDULED")
    assert backup.creator == "AIDACLEW0000000000026"
    assert backup.roles == ["events-invoke"]
    assert backup.resource_roles == ["app-instance"], "the value, not the default, of a parameter"
    assert backup.tags == ["team=data"]
    assert "made-up" not in backup.model_dump_json()


def test_a_pipeline_without_a_definition_acts_as_nobody(pipelines: Callable[..., Read]) -> None:
    pending = pipelines()[IMPORT]
    assert (pending.state, pending.roles, pending.resource_roles) == ("PENDING", [], [])


@pytest.mark.parametrize(
    ("parameters", "roles"),
    [
        ({"parameterValues": [{"id": "myRole", "stringValue": "service-role/one"}]}, ["one"]),
        (
            {
                "parameterObjects": [
                    {"id": "myRole", "attributes": [{"key": "default", "stringValue": "two"}]}
                ]
            },
            ["two"],
        ),
        ({}, None),
    ],
)
def test_a_role_may_be_a_parameter(
    tmp_path: Path, parameters: dict[str, Any], roles: list[str] | None
) -> None:
    default = {"id": "Default", "fields": [{"key": "role", "stringValue": "#{myRole}"}]}
    recorded = {
        "ListPipelines": {"pipelineIdList": [{"id": "df-1", "name": "one"}]},
        "DescribePipelines": {
            "pipelineDescriptionList": [{"pipelineId": "df-1", "name": "one", "fields": []}]
        },
        "GetPipelineDefinition": {"pipelineObjects": [default], **parameters},
    }
    estate = write_estate(tmp_path, {"111122223333/us-east-1/datapipeline": recorded})
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, DataPipeline)[f"{ARN}/df-1"]
    assert (found.roles, found.resource_roles) == (roles, [])


def test_machines_lie_in_networks(tmp_path: Path) -> None:
    fields = [
        {"key": "securityGroupIds", "stringValue": "sg-1"},
        {"key": "securityGroupIds", "stringValue": "sg-2"},
        {"key": "emrManagedMasterSecurityGroupId", "stringValue": "#{myGroup}"},
        {"key": "subnetId", "stringValue": "subnet-1"},
    ]
    recorded = {
        "ListPipelines": {"pipelineIdList": [{"id": "df-1", "name": "one"}]},
        "DescribePipelines": {
            "pipelineDescriptionList": [{"pipelineId": "df-1", "name": "one", "fields": []}]
        },
        "GetPipelineDefinition": {
            "pipelineObjects": [{"id": "Machine", "fields": fields}],
            "parameterValues": [{"id": "myGroup", "stringValue": "sg-3"}],
        },
    }
    estate = write_estate(tmp_path, {"111122223333/us-east-1/datapipeline": recorded})
    with AwsReplay(estate) as replay:
        found = read(replay, tmp_path, DataPipeline)[f"{ARN}/df-1"]
    assert found.security_group_ids == ["sg-1", "sg-2", "sg-3"]
    assert found.subnet_ids == ["subnet-1"]


@pytest.mark.parametrize(
    ("operation", "state", "roles"),
    [
        ("DescribePipelines", None, ["events-invoke"]),
        ("GetPipelineDefinition", "SCHEDULED", None),
    ],
)
def test_what_is_reported_of_a_pipeline_does_not_hang_on_the_rest(
    pipelines: Callable[..., Read],
    aws_replay: AwsReplay,
    operation: str,
    state: str | None,
    roles: list[str] | None,
) -> None:
    aws_replay.deny("datapipeline", operation)
    found = pipelines()
    backup = found[BACKUP]
    assert (backup.name, backup.state, backup.roles) == ("clew-backup", state, roles)
    assert found.incomplete == set()


def test_where_pipelines_cannot_be_listed_they_are_incomplete(
    pipelines: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("datapipeline", "ListPipelines")
    assert pipelines().incomplete == {"AWSDataPipeline"}
