"""What the URIs of integrations lead to."""

import pytest
from clew.collectors.aws.integrations import assumed_roles, forwarded_to, invoked_functions
from clew.graph.model import Location
from hypothesis import given
from hypothesis import strategies as st

FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function"
HERE = Location("111122223333", "eu-west-1", "aws")
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


def path(function: str, version: str = "2015-03-31", call: str = "invocations") -> str:
    return f"arn:aws:apigateway:eu-west-1:lambda:path/{version}/functions/{function}/{call}"


@given(NAMES, st.one_of(st.just(""), NAMES))
def test_a_function_is_found_in_either_form_of_uri(name: str, alias: str) -> None:
    function = f"{FUNCTION}:{name}" + (f":{alias}" if alias else "")
    for uri in (
        function,
        path(function),
        path(function, "2021-11-15", "response-streaming-invocations"),
    ):
        assert invoked_functions([uri], []) == [f"{FUNCTION}:{name}"]


@given(NAMES, NAMES)
def test_a_variable_is_what_each_stage_sets(one: str, other: str) -> None:
    uri = path(f"{FUNCTION}:${{stageVariables.worker}}")
    stages = [{"worker": one}, {"worker": f"{other}:live"}, {"more": "x"}, {}]
    assert invoked_functions([uri], stages) == sorted({f"{FUNCTION}:{one}", f"{FUNCTION}:{other}"})


def test_a_variable_of_unread_stages_leaves_functions_unread() -> None:
    uris = [path(f"{FUNCTION}:fixed"), path(f"{FUNCTION}:a-${{stageVariables.worker}}")]
    assert invoked_functions(uris, None) is None
    assert invoked_functions(uris[:1], None) == [f"{FUNCTION}:fixed"]
    assert invoked_functions(uris, []) == [f"{FUNCTION}:fixed"]
    assert invoked_functions(uris, [{}]) == [f"{FUNCTION}:fixed"]


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("sqs:path/111122223333/jobs", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
        ("sqs:action/SendMessage", ""),
        ("s3:path/assets/index.html", "arn:aws:s3:::assets"),
        ("s3:path/{bucket}/{key}", ""),
        ("dynamodb:action/GetItem", ""),
    ],
)
def test_a_path_names_its_queue_or_bucket(uri: str, target: str) -> None:
    assert forwarded_to(f"arn:aws:apigateway:eu-west-1:{uri}", HERE) == target
    assert invoked_functions([f"arn:aws:apigateway:eu-west-1:{uri}"], []) == []


def test_a_caller_is_not_a_role() -> None:
    role = "arn:aws:iam::111122223333:role/sender"
    assert assumed_roles(["arn:aws:iam::*:user/*", role, "", role]) == [role]
