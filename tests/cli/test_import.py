"""``clew import``, as an auditor uses it."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Clew

ACCOUNT = "111122223333"
ANSWER = {
    "UserDetailList": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann",
            "UserName": "ann",
            "Path": "/",
            "UserPolicyList": [
                {
                    "PolicyName": "all",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
                    },
                }
            ],
        }
    ]
}


def saved(folder: Path, name: str, document: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def test_the_import_is_a_scan_like_any_other(clew: Clew, tmp_path: Path) -> None:
    done = clew("import", saved(tmp_path, "iam.json", ANSWER), "-o", tmp_path / "scan")

    assert (done.code, done.out) == (0, f"{tmp_path / 'scan'}\n")
    assert "without --scps" in done.err.lower()
    users = clew(
        "query",
        tmp_path / "scan",
        "--cypher",
        "MATCH (u:AWSUser)-[:HAS_POLICY]->(p:AWSInlinePolicy) RETURN u.id AS id, p.name AS policy",
        "-f",
        "json",
    )
    assert users.json == [{"id": f"arn:aws:iam::{ACCOUNT}:user/ann", "policy": "all"}]


EXPORT = (
    {
        "name": "//cloudresourcemanager.googleapis.com/projects/1234",
        "asset_type": "cloudresourcemanager.googleapis.com/Project",
        "resource": {"data": {"projectId": "shop", "projectNumber": "1234", "name": "Shop"}},
        "ancestors": ["projects/1234"],
    },
    {
        "name": "//cloudresourcemanager.googleapis.com/projects/1234",
        "asset_type": "cloudresourcemanager.googleapis.com/Project",
        "iam_policy": {"bindings": [{"role": "roles/owner", "members": ["user:ann@x.example"]}]},
        "ancestors": ["projects/1234"],
    },
)


def test_an_export_of_assets_is_imported_beside_saved_iam_data(clew: Clew, tmp_path: Path) -> None:
    export = tmp_path / "assets.jsonl"
    export.write_text("".join(f"{json.dumps(asset)}\n" for asset in EXPORT))
    done = clew("import", export, saved(tmp_path, "iam.json", ANSWER), "-o", tmp_path / "scan")

    assert done.code == 0
    assert f"of {ACCOUNT}, shop." in done.err
    assert "What the export does not tell is unknown" in done.err
    owners = clew(
        "query",
        tmp_path / "scan",
        "--cypher",
        "MATCH (b:GCPPolicyBinding)-[:GRANTED_TO]->(u:GCPUser) RETURN b.name AS role, u.id AS id",
        "-f",
        "json",
    )
    assert owners.json == [{"role": "roles/owner", "id": "user:ann@x.example"}]


def test_a_broken_export_is_a_sentence(clew: Clew, tmp_path: Path) -> None:
    export = tmp_path / "assets.jsonl"
    export.write_text(f"{json.dumps(EXPORT[0])}\nhalf of i")
    done = clew("import", export)
    assert done.code == 1
    assert "Line 2 is no asset of an export" in done.err


def test_several_accounts_make_one_scan(clew: Clew, tmp_path: Path) -> None:
    other = json.loads(json.dumps(ANSWER).replace(ACCOUNT, "444455556666"))
    files = (saved(tmp_path, "a.json", ANSWER), saved(tmp_path, "b.json", other))

    assert clew("import", *files, "-o", tmp_path / "scan").code == 0
    coverage = clew("coverage", tmp_path / "scan", "-f", "json").json
    assert {row["account"] for row in coverage} == {ACCOUNT, "444455556666"}


def test_policies_of_the_organization_are_taken_in(clew: Clew, tmp_path: Path) -> None:
    levels = [[{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}], [{}]]
    done = clew(
        "import",
        saved(tmp_path, "iam.json", ANSWER),
        "--scps",
        saved(tmp_path, "scps.json", levels),
        "-o",
        tmp_path / "scan",
    )
    assert "unknown" not in done.err
    policies = clew(
        "query",
        tmp_path / "scan",
        "--cypher",
        "MATCH (a:AWSAccount)-[:PART_OF]->(o:AWSOrganization)-[:HAS_POLICY]->"
        "(p:AWSOrganizationPolicy) RETURN a.id AS account, p.type AS type",
        "-f",
        "json",
    )
    assert policies.json == [{"account": ACCOUNT, "type": "SERVICE_CONTROL_POLICY"}]


def test_what_was_not_given_is_said_and_leaves_absence_open(clew: Clew, tmp_path: Path) -> None:
    entry: dict[str, Any] = {
        "UserName": "ann",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann",
        "GroupList": "",
    }
    answer = {
        "UserDetailList": [entry],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
        "IsTruncated": True,
        "Marker": "next",
    }
    scan = tmp_path / "scan"
    done = clew("import", saved(tmp_path, "iam.json", answer), "-o", scan)

    assert done.code == 0
    assert "UserDetailList[0].GroupList is not a list" in done.err
    assert "further pages were not given" in done.err
    (row,) = clew("coverage", scan, "-f", "json").json
    assert (row["status"], row["code"]) == ("error", "Truncated")
    assert "Users of account" in clew("paths", scan).err


def test_a_bucket_that_the_files_do_not_hold_may_be_reached(clew: Clew, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    assert clew("import", saved(tmp_path, "iam.json", ANSWER), "-o", scan).code == 0

    done = clew("paths", scan, "--from", "ann", "--to", "arn:aws:s3:::any-bucket", "-f", "json")
    assert done.json["paths"]
    assert all(path["conditional"] for path in done.json["paths"])
    listed = clew("paths", scan, "--to", f"arn:aws:iam::{ACCOUNT}:user/nobody")
    assert listed.code == 2
    assert "Nothing in the scan is called" in listed.err


@pytest.mark.parametrize(
    ("profiles", "is_possible"), [({}, True), ({"InstanceProfileList": []}, False)]
)
def test_a_role_says_that_it_is_in_no_instance_profile(
    clew: Clew, tmp_path: Path, profiles: dict[str, Any], is_possible: bool
) -> None:
    def policy(*actions: str) -> dict[str, Any]:
        return {"Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]}

    def entry(kind: str, name: str, *actions: str) -> dict[str, Any]:
        own = {"PolicyName": "own", "PolicyDocument": policy(*actions)}
        return {
            "Arn": f"arn:aws:iam::{ACCOUNT}:{kind.lower()}/{name}",
            f"{kind}Name": name,
            f"{kind}PolicyList": [own],
        }

    trust = policy("sts:AssumeRole")["Statement"][0] | {
        "Principal": {"Service": "ec2.amazonaws.com"}
    }
    del trust["Resource"]
    answer = {
        "UserDetailList": [entry("User", "ann", "iam:PassRole", "ec2:RunInstances")],
        "GroupDetailList": [],
        "RoleDetailList": [
            entry("Role", "web", "*")
            | {"AssumeRolePolicyDocument": {"Statement": [trust]}, **profiles}
        ],
        "Policies": [],
    }
    scan = tmp_path / "scan"
    assert clew("import", saved(tmp_path, "iam.json", answer), "-o", scan).code == 0
    found = clew("paths", scan, "--from", "ann", "-f", "json").json["paths"]
    assert bool(found) is is_possible


def test_wrong_input_is_one_sentence(clew: Clew, tmp_path: Path) -> None:
    wrong = saved(tmp_path, "wrong.json", {"Buckets": []})
    text = tmp_path / "text"
    text.write_text("{")
    iam = saved(tmp_path, "iam.json", ANSWER)
    foreign = saved(tmp_path, "foreign.json", {"999999999999": []})

    for arguments, code, words in (
        ((wrong,), 1, "UserDetailList"),
        ((text,), 1, "is not JSON"),
        ((tmp_path / "none.json",), 1, "No such file"),
        ((iam, "--scps", foreign), 2, "no account 999999999999"),
        ((iam, "--scps", wrong), 2, "no account Buckets"),
        ((iam, "--scps", saved(tmp_path, "flat.json", [{}])), 2, "list of levels"),
    ):
        done = clew("import", *arguments, "-o", tmp_path / "scan")
        assert done.code == code, done.err
        assert words in done.err
        assert "Traceback" not in done.err
    assert not (tmp_path / "scan").exists()
