"""Jobs, development endpoints and crawlers as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.glue import Glue
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:glue:us-east-1:111122223333"
ROLE = "arn:aws:iam::111122223333:role/lambda-exec"
LABELS = {"AWSGlueJob", "AWSGlueDevEndpoint", "AWSGlueCrawler", "AWSGlueConnection"}


@pytest.fixture
def glue(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, Glue)


def test_a_job_names_its_role_and_script(glue: Callable[..., Read]) -> None:
    found = glue()
    etl = found[f"{ARN}:job/clew-orders-etl"]
    assert (etl.role, etl.command) == (ROLE, "glueetl")
    assert etl.script_location == "s3://clew-prod-data/scripts/orders.py"
    assert etl.script_bucket == "clew-prod-data"
    assert etl.connections == ["clew-orders"]
    assert etl.argument_names == ["--api-password", "--job-language"]
    assert "made-up" not in etl.model_dump_json()
    export = found[f"{ARN}:job/clew-export"]
    assert (export.role, export.argument_names) == ("events-invoke", [])
    assert (etl.tags, export.tags) == (["team=data"], [])


def test_an_endpoint_names_its_role_and_network(glue: Callable[..., Read]) -> None:
    notebook = glue()[f"{ARN}:devEndpoint/clew-notebook"]
    assert (notebook.role, notebook.status) == (ROLE, "READY")
    assert (notebook.public_address, notebook.private_address) == ("", "10.10.11.90")
    assert (notebook.subnet_id, notebook.security_group_ids) == (
        "subnet-0a1000000000000b1",
        ["sg-0a100000000000002"],
    )


def test_a_crawler_names_what_it_reads(glue: Callable[..., Read]) -> None:
    lake = glue()[f"{ARN}:crawler/clew-lake"]
    assert (lake.role, lake.buckets, lake.tables) == (
        "events-invoke",
        ["clew-prod-data"],
        ["orders"],
    )


def test_a_connection_names_its_network_and_no_credentials(glue: Callable[..., Read]) -> None:
    found = glue()[f"{ARN}:connection/clew-orders"]
    assert found.connection_type == "JDBC"
    assert (found.subnet_id, found.security_group_ids) == (
        "subnet-0a1000000000000b1",
        ["sg-0a100000000000002"],
    )
    assert "jdbc" not in found.model_dump_json()


def test_a_connection_says_where_its_password_is(glue: Callable[..., Read]) -> None:
    found = glue()
    own, elsewhere = (found[f"{ARN}:connection/clew-{name}"] for name in ("orders", "warehouse"))
    assert own.property_names == ["JDBC_CONNECTION_URL", "USERNAME"]
    assert (own.secret, elsewhere.secret) == (
        "",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:clew/db",
    )
    assert own.password_key.endswith(":key/1a2b3c4d-1111-4111-8111-000000000001")


def test_an_unread_key_is_not_no_key(glue: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("glue", "GetDataCatalogEncryptionSettings")
    found = glue()
    assert found[f"{ARN}:connection/clew-orders"].password_key is None
    assert found.incomplete == set()


def test_passwords_reported_as_they_are_have_no_key(glue: Callable[..., Read]) -> None:
    (own,) = (
        each
        for each in glue("444455556666").collected.resources
        if each.label == "AWSGlueConnection"
    )
    assert (own.name, own.password_key) == ("dev-db", "")


def test_unread_tags_are_not_no_tags(glue: Callable[..., Read], aws_replay: AwsReplay) -> None:
    aws_replay.deny("glue", "GetTags")
    found = glue()
    assert {each.tags for each in found.collected.resources} == {None}
    assert found.incomplete == set()


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        ("GetJobs", "AWSGlueJob"),
        ("GetDevEndpoints", "AWSGlueDevEndpoint"),
        ("GetCrawlers", "AWSGlueCrawler"),
        ("GetConnections", "AWSGlueConnection"),
    ],
)
def test_a_refused_listing_leaves_one_label_incomplete(
    glue: Callable[..., Read], aws_replay: AwsReplay, operation: str, label: str
) -> None:
    aws_replay.deny("glue", operation)
    found = glue()
    assert found.incomplete == {label}
    assert {each.label for each in found.collected.resources} == LABELS - {label}
