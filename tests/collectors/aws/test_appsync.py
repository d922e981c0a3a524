"""GraphQL APIs and their data sources, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.appsync import AppSync
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:appsync:us-east-1:111122223333:apis"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:resize-images"
ROLE = "arn:aws:iam::111122223333:role/events-invoke"


@pytest.fixture
def apis(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, AppSync)


def test_an_api_says_how_its_callers_sign_in(apis: Callable[..., Read]) -> None:
    found = apis()
    catalogue, quiet = found[f"{ARN}/clewgraph01"], found[f"{ARN}/clewgraph02"]
    assert (catalogue.name, catalogue.visibility) == ("clew-catalogue", "GLOBAL")
    assert catalogue.authentication_types == ["API_KEY", "AWS_IAM", "AWS_LAMBDA"]
    assert catalogue.authorizer_functions == [FUNCTION]
    assert catalogue.log_role == "arn:aws:iam::111122223333:role/sns-feedback"
    assert (catalogue.merging_role, catalogue.web_acl_arn) == ("", "")
    assert catalogue.tags == ["team=shop"]
    assert quiet.authentication_types == ["AMAZON_COGNITO_USER_POOLS"]
    assert (quiet.authorizer_functions, quiet.log_role, quiet.tags) == ([], "", [])
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_data_source_says_what_is_used_as_whom(apis: Callable[..., Read]) -> None:
    found = apis()
    orders, jobs, images, ledger, local = (
        found[f"{ARN}/clewgraph01/datasources/{name}"]
        for name in ("orders", "jobs", "images", "ledger", "local")
    )
    assert {each.service_role_arn for each in (orders, jobs, images, ledger)} == {ROLE}
    assert orders.api == f"{ARN}/clewgraph01"
    assert orders.table == "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
    assert (orders.uses_caller_credentials, orders.signing_service) == (False, "")
    assert (jobs.endpoint, jobs.signing_service) == ("https://sqs.us-east-1.amazonaws.com", "sqs")
    assert (jobs.table, jobs.function) == ("", "")
    assert images.function == FUNCTION
    assert ledger.database == "arn:aws:rds:us-east-1:111122223333:cluster:clew-ledger"
    assert ":secret:clew/db-" in ledger.secret
    assert (local.type, local.service_role_arn) == ("NONE", "")


def test_refused_data_sources_leave_only_these_incomplete(
    apis: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("appsync", "ListDataSources")
    found = apis()
    assert found.names("AWSAppSyncGraphQLAPI") == {"clew-catalogue", "clew-quiet"}
    assert found.failed == {"ListDataSources": "denied"}
    assert found.incomplete == {"AWSAppSyncDataSource"}


def test_a_refused_listing_leaves_apis_and_sources_incomplete(
    apis: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("appsync", "ListGraphqlApis")
    assert apis().incomplete == {"AWSAppSyncDataSource", "AWSAppSyncGraphQLAPI"}
