"""What commands write as JSON is what the schemas say, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.scans.schemas import schemas
from cli.conftest import Clew
from cli.conftest import clew as clew
from jsonschema import Draft202012Validator

ALLOW = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "A",
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        }
    ],
}
CASE = {
    "principal": "arn:aws:iam::111122223333:user/u",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/k",
    "resource_account": "111122223333",
}
CASES = [CASE | {"id": "some", "identity_policies": [ALLOW]}, CASE | {"identity_policies": []}]
COMMANDS = {
    "findings": [("check", "demo"), ("check", "demo", "--status", "MANUAL")],
    "coverage": [("coverage", "demo")],
    "paths": [("paths", "demo", "--max", "30"), ("paths", "demo", "--to", "data", "--max", "30")],
    "choke-points": [
        ("choke-points", "demo"),
        ("choke-points", "demo", "--by", "policy", "-n", "1", "--from", "internet"),
    ],
    "diff": [("diff", "demo", "demo")],
    "decisions": [("simulate", "cases.jsonl")],
    "permissions": [
        ("can", "demo", "greta", "codebuild:StartBuild"),
        ("who-can", "demo", "s3:GetObject", "*"),
    ],
}


def strict(part: Any) -> Any:
    """A schema by which no object may have a key that it does not name."""
    if isinstance(part, dict):
        closed = {"additionalProperties": False} if "properties" in part else {}
        return {key: strict(value) for key, value in part.items()} | closed
    return [strict(each) for each in part] if isinstance(part, list) else part


def objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "properties" in part:
            yield part
        for each in part.values():
            yield from objects(each)
    elif isinstance(part, list):
        for each in part:
            yield from objects(each)


def test_each_schema_is_tried() -> None:
    assert {*COMMANDS} == {*schemas()}


@pytest.mark.parametrize(
    ("name", "command"), [(name, each) for name, some in COMMANDS.items() for each in some]
)
def test_what_a_command_writes_is_as_its_schema_says(
    name: str,
    command: tuple[str, ...],
    clew: Clew,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in CASES))
    done = clew(*command, "-f", "json")
    assert done.code == 0, done.err
    Draft202012Validator(strict(schemas()[name])).validate(done.json)
    assert done.json


@pytest.mark.parametrize("name", [*COMMANDS])
def test_a_schema_is_one_says_what_each_key_means_and_is_numbered(name: str) -> None:
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith(f"urn:clew:{name}:")
    for each in objects(schema):
        for key, value in each["properties"].items():
            assert value.get("description"), key


def test_the_command_line_prints_them(clew: Clew) -> None:
    listed = clew("list", "schemas", "-f", "json").json
    assert {row["name"] for row in listed} == {*schemas()}
    for row in listed:
        assert clew("list", "schemas", row["name"]).json == schemas()[row["name"]]
    refused = clew("list", "schemas", "findngs")
    assert refused.code == 2
    assert "Did you mean findings?" in refused.err


def test_the_number_in_an_answer_is_that_of_its_schema(clew: Clew) -> None:
    for name in ("paths", "choke-points", "permissions"):
        number = clew(*COMMANDS[name][0], "-f", "json").json["format"]
        assert schemas()[name]["$id"] == f"urn:clew:{name}:{number}"
