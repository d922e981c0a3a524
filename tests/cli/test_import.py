"""``clew import``, as an auditor uses it."""

import json
from pathlib import Path
from typing import Any

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
