"""``clew can`` and ``clew who-can``, on the demo's scan."""

import csv
import io
from pathlib import Path

import pytest
from clew.collectors.aws import authorization_details
from clew.pipeline import import_snapshot
from support.demo_estate import Silent
from support.identities import ACCOUNT, Identities, allow, trust

from .conftest import Clew

ALICE = "arn:aws:iam::111122223333:user/alice"
BOB = "arn:aws:iam::111122223333:user/bob"
DATA = "arn:aws:s3:::clew-prod-data"
ANYONE_S = "arn:aws:iam::444455556666:role/dev-anyone"


def test_an_allowed_action_is_explained_by_the_statement_that_allows_it(clew: Clew) -> None:
    done = clew("can", "demo", "alice", "s3:GetObject", f"{DATA}/orders.csv")
    assert done.code == 0
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["decision"] == "ALLOWED"
    assert lines["principal"] == ALICE
    assert lines["why"] == "allowed by statement 1 of arn:aws:iam::aws:policy/AdministratorAccess"


def test_json_holds_every_key(clew: Clew) -> None:
    (row,) = clew("can", "demo", ALICE, "s3:GetObject", f"{DATA}/a", "-f", "json").json
    assert row == {
        "principal": ALICE,
        "action": "s3:GetObject",
        "resource": f"{DATA}/a",
        "decision": "ALLOWED",
        "decided_by": "identity",
        "explanation": "allowed by statement 1 of arn:aws:iam::aws:policy/AdministratorAccess",
        "statements": [
            {
                "policy": "arn:aws:iam::aws:policy/AdministratorAccess",
                "index": 0,
                "sid": "",
                "effect": "Allow",
            }
        ],
        "open_keys": [],
        "unread": [],
    }


def test_a_denial_names_what_denies(clew: Clew) -> None:
    by_group = clew("can", "demo", "bob", "secretsmanager:GetSecretValue", "*")
    assert "EXPLICITLY_DENIED" in by_group.out
    assert "group/readers/inline_policy/no-secrets" in by_group.out
    by_organization = clew("can", "demo", "dora", "cloudtrail:StopLogging", "*")
    assert "service_control_policy/p-clewguard1" in by_organization.out


@pytest.mark.parametrize("kind", ["service", "resource"])
def test_a_control_policy_that_was_not_read_is_named(clew: Clew, kind: str, tmp_path: Path) -> None:
    here = Identities()
    here.user("ada", allow("sts:AssumeRole"))
    role = here.role("target", trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    levels = {ACCOUNT: [[], []]}
    collected = authorization_details.collect({ACCOUNT: [here.answer]}, levels, levels)
    for one in collected.resources:
        if one.id.endswith(f"/{kind}_control_policy/1-0"):
            one.document = None  # type: ignore[attr-defined]
    import_snapshot(collected, tmp_path / "scan", Silent())
    (row,) = clew("can", tmp_path / "scan", "ada", "sts:AssumeRole", role, "-f", "json").json
    assert row["decision"] == "CONDITIONAL"
    assert row["unread"] == [f"what {kind} control policy 1-0 forbids, which could not be read"]


def test_a_boundary_is_named_with_what_there_would_be_without_it(clew: Clew) -> None:
    rows = clew("can", "demo", "lambda-exec", "logs:CreateLogGroup", "*", "-f", "json").json
    assert [row["decision"] for row in rows] == ["ALLOWED"]
    out = clew("can", "demo", "bob", "iam:ListUsers", "*").out
    assert "the permissions boundary does not allow it" in out
    assert "boundary    arn:aws:iam::aws:policy/PowerUserAccess" in out
    assert "without it  allowed by statement" in out


def test_without_a_resource_it_says_where_and_on_how_much(clew: Clew) -> None:
    done = clew("can", "demo", "app-instance", "s3:GetObject", "-f", "json")
    everything, some = done.json
    assert (everything["resource"], everything["decision"]) == ("*", "IMPLICITLY_DENIED")
    assert some["resource"].startswith(DATA)
    assert some["decision"] == "ALLOWED"
    assert "resources of s3 in the scan, it is allowed on" in done.err


def test_context_settles_a_condition(clew: Clew) -> None:
    asked = ("can", "demo", "alice", "sts:AssumeRole", ANYONE_S, "-f", "json")
    (open_row,) = clew(*asked).json
    assert open_row["decision"] == "CONDITIONAL"
    assert open_row["open_keys"] == ["sts:ExternalId"]
    (row,) = clew(*asked, "--context", "sts:ExternalId=dev").json
    assert row["decision"] == "ALLOWED"
    (row,) = clew(*asked, "--context", "sts:ExternalId=other").json
    assert row["decision"] == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("alise", "s3:GetObject"), "Did you mean alice?"),
        (("alice", "s3:Get*"), "stands for many actions"),
        (("alice",), "Give a principal, an action"),
        (("alice", "GetObject", "*"), "Give a principal, an action"),
        (("arn:aws:iam::111122223333:user/alise", "s3:GetObject"), "There is no"),
        (("arn:aws:s3:::bucket", "s3:GetObject"), "is not the ARN of a principal"),
        (("alice", "s3:GetObject", "--context", "aws:username"), "is not KEY=VALUE"),
    ],
)
def test_a_question_that_makes_no_sense_is_wrong_usage(
    clew: Clew, arguments: tuple[str, ...], words: str
) -> None:
    done = clew("can", "demo", *arguments)
    assert done.code == 2
    assert words in done.err
    assert not done.out


def test_who_can_lists_the_certain_before_the_conditional(clew: Clew) -> None:
    done = clew("who-can", "demo", "s3:GetObject", f"{DATA}/*", "-f", "json")
    rows = done.json
    assert ALICE in {row["principal"] for row in rows}
    assert {row["decision"] for row in rows} <= {"ALLOWED", "CONDITIONAL"}
    decisions = [row["decision"] for row in rows]
    assert decisions == sorted(decisions)
    assert f"{decisions.count('ALLOWED')} principals allowed" in done.err


def test_who_can_names_whom_a_resource_s_policy_lets_in_from_outside(clew: Clew) -> None:
    rows = clew("who-can", "demo", "sts:AssumeRole", ANYONE_S, "-f", "json").json
    anyone = next(row for row in rows if row["principal"] == "arn:aws:iam::*:root")
    assert anyone["decision"] == "CONDITIONAL"
    assert anyone["open_keys"] == ["sts:ExternalId"]
    role = "arn:aws:iam::111122223333:role/partner-audit"
    rows = clew("who-can", "demo", "sts:AssumeRole", role, "-f", "json").json
    assert "arn:aws:iam::999900001111:root" in {row["principal"] for row in rows}


def test_csv_has_one_line_a_principal(clew: Clew) -> None:
    done = clew("who-can", "demo", "kms:Decrypt", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert ALICE in {row["principal"] for row in rows}
    assert {row["action"] for row in rows} == {"kms:Decrypt"}
