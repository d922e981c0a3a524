"""Notebook instances and domains as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.sagemaker import SageMaker
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:sagemaker:us-east-1:111122223333"
ROLE = "arn:aws:iam::111122223333:role/lambda-exec"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-1111-4111-8111-000000000001"


@pytest.fixture
def studio(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, SageMaker)


def test_a_notebook_names_its_role_and_how_open_it_is(studio: Callable[..., Read]) -> None:
    found = studio()
    forecast = found[f"{ARN}:notebook-instance/clew-forecast"]
    assert (forecast.status, forecast.role) == ("InService", ROLE)
    assert forecast.lifecycle_config_name == "clew-install"
    assert (forecast.direct_internet_access, forecast.root_access) == (False, False)
    assert (forecast.subnet_id, forecast.security_groups, forecast.kms_key_id) == (
        "subnet-0a1000000000000b1",
        ["sg-0a100000000000002"],
        KEY,
    )
    assert forecast.tags == ["team=data"]
    scratch = found[f"{ARN}:notebook-instance/clew-scratch"]
    assert (scratch.status, scratch.lifecycle_config_name) == ("Stopped", "")
    assert (scratch.direct_internet_access, scratch.root_access) == (True, True)
    assert (scratch.subnet_id, scratch.security_groups) == ("", [])


def test_a_domain_names_the_roles_of_its_users(studio: Callable[..., Read]) -> None:
    domain = studio()[f"{ARN}:domain/d-0a1000000001"]
    assert (domain.name, domain.auth_mode, domain.app_network_access_type) == (
        "clew-studio",
        "IAM",
        "VpcOnly",
    )
    assert (domain.execution_role, domain.studio_access) == (ROLE, True)
    assert domain.space_execution_role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (domain.vpc_id, domain.security_groups) == (
        "vpc-0a100000000000001",
        ["sg-0a100000000000002"],
    )
    assert domain.tags == []


def test_a_user_of_a_domain_has_a_role_or_takes_the_domains(studio: Callable[..., Read]) -> None:
    found = studio()
    profiles = f"{ARN}:user-profile/d-0a1000000001"
    alice, bob = found[f"{profiles}/alice"], found[f"{profiles}/bob"]
    assert (alice.domain_id, alice.status) == ("d-0a1000000001", "InService")
    assert alice.execution_role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (alice.security_groups, alice.tags) == (["sg-0a100000000000002"], ["team=data"])
    assert (bob.execution_role, bob.security_groups, bob.single_sign_on_user) == ("", [], "")


def test_a_pipeline_names_its_role(studio: Callable[..., Read]) -> None:
    pipeline = studio()[f"{ARN}:pipeline/clew-forecasts"]
    assert pipeline.role == "arn:aws:iam::111122223333:role/events-invoke"
    assert (pipeline.description, pipeline.tags) == ("Trains the forecast.", [])


def test_undescribed_users_stay_unread(studio: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("sagemaker", "DescribeUserProfile")
    aws_replay.deny("sagemaker", "ListTags")
    found = studio()
    alice = found[f"{ARN}:user-profile/d-0a1000000001/alice"]
    assert (alice.execution_role, alice.security_groups, alice.tags) == (None, None, None)
    assert found.failed == {"DescribeUserProfile": "denied", "ListTags": "denied"}
    assert found.incomplete == set()


def test_undescribed_notebooks_and_domains_stay_unread(
    studio: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("sagemaker", "DescribeNotebookInstance")
    aws_replay.deny("sagemaker", "DescribeDomain")
    found = studio()
    forecast = found[f"{ARN}:notebook-instance/clew-forecast"]
    assert (forecast.role, forecast.direct_internet_access, forecast.root_access) == (None,) * 3
    domain = found[f"{ARN}:domain/d-0a1000000001"]
    assert (domain.execution_role, domain.app_network_access_type) == (None, None)
    assert found.incomplete == set()


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("ListNotebookInstances", "AWSSageMakerNotebookInstance"),
        ("ListDomains", "AWSSageMakerDomain"),
        ("ListUserProfiles", "AWSSageMakerUserProfile"),
        ("ListPipelines", "AWSSageMakerPipeline"),
    ],
)
def test_a_refused_listing_leaves_just_its_own_label_incomplete(
    studio: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("sagemaker", operation)
    assert studio().incomplete == {label}


def test_a_model_says_what_its_containers_load(studio: Callable[..., Read]) -> None:
    demand = studio()[f"{ARN}:model/clew-demand"]
    assert demand.code_objects == [
        "clew-prod-data/models/demand/model.tar.gz",
        "clew-prod-data/models/demand/source.tar.gz",
    ]
    assert demand.execution_role == ROLE
    assert (demand.network_isolation, demand.subnets) == (False, ["subnet-0a1000000000000b1"])
    assert "never-to-be-kept" not in demand.model_dump_json()


def test_a_model_that_may_not_be_described_is_unread(
    studio: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("sagemaker", "DescribeModel")
    demand = studio()[f"{ARN}:model/clew-demand"]
    assert (demand.code_objects, demand.execution_role, demand.network_isolation) == (None,) * 3
