"""Imports, scans and policy tests that are not as they should be: whatever a file holds, a command
does its work or says in a sentence why it cannot. CLEW_TEST_ODD_INPUTS says how many are tried."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.mutating import as_file, mutated_bytes

from .conftest import Clew, Done

TRIED = int(os.environ.get("CLEW_TEST_ODD_INPUTS", "80"))
ACCOUNT = "111122223333"
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}},
        }
    ],
}
ATTACHED = [{"PolicyName": "all", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/all"}]
IAM = {
    "UserDetailList": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann",
            "UserName": "ann",
            "UserId": "AIDA1",
            "Path": "/",
            "CreateDate": "2024-01-01T00:00:00Z",
            "GroupList": ["team"],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
            "AttachedManagedPolicies": ATTACHED,
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": ATTACHED[0]["PolicyArn"],
            },
            "Tags": [{"Key": "team", "Value": "a"}],
        }
    ],
    "GroupDetailList": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:group/team",
            "GroupName": "team",
            "Path": "/",
            "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
            "AttachedManagedPolicies": ATTACHED,
        }
    ],
    "RoleDetailList": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/web",
            "RoleName": "web",
            "Path": "/",
            "AssumeRolePolicyDocument": TRUST,
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
            "AttachedManagedPolicies": ATTACHED,
            "RoleLastUsed": {"LastUsedDate": "2024-01-01T00:00:00Z", "Region": "us-east-1"},
            "InstanceProfileList": [
                {
                    "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/web",
                    "InstanceProfileName": "web",
                    "Path": "/",
                    "Roles": [{"Arn": f"arn:aws:iam::{ACCOUNT}:role/web"}],
                }
            ],
        }
    ],
    "Policies": [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/all",
            "PolicyName": "all",
            "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": ALLOW}],
        }
    ],
    "IsTruncated": False,
}
CASE = {
    "id": "one",
    "principal": f"arn:aws:iam::{ACCOUNT}:user/ann",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::bucket/key",
    "resource_account": ACCOUNT,
    "context": {"aws:SourceIp": "203.0.113.7", "aws:PrincipalTag/team": ["a"]},
    "identity_policies": [ALLOW],
    "resource_policy": TRUST,
    "permissions_boundaries": [ALLOW],
    "session_policies": [ALLOW],
    "endpoint_policies": [ALLOW],
    "scps": [[ALLOW]],
    "rcps": [[ALLOW]],
    "expected": "ALLOWED",
}
Try = Callable[[Clew, Path, Path, Random], Done]


def imported(clew: Clew, folder: Path, whole: Path, random: Random) -> Done:
    """A saved answer that was changed, and now and then what its scan says."""
    form: Any = random.choice([IAM, [IAM, IAM], {ACCOUNT: IAM}, {ACCOUNT: [IAM]}])
    (folder / "iam.json").write_bytes(as_file(form, random))
    (folder / "scps.json").write_bytes(as_file([[ALLOW], [ALLOW]], random))
    more = ["--scps", folder / "scps.json"] if random.random() < 0.2 else []
    done = clew("import", folder / "iam.json", *more, "-o", folder / "scan")
    if done.code == 0 and random.random() < 0.3:
        return clew(random.choice(["paths", "check"]), folder / "scan", "-f", "json")
    return done


def opened(clew: Clew, folder: Path, whole: Path, random: Random) -> Done:
    """A scan of which a file was changed, with its checksum or without."""
    scan = folder / "scan"
    shutil.copytree(whole, scan)
    manifest = json.loads((scan / "manifest.json").read_text())
    name = random.choice([*manifest["files"], *["manifest.json", "coverage.parquet"] * 6])
    content = (scan / name).read_bytes()
    if name == "manifest.json":
        (scan / name).write_bytes(as_file(manifest, random))
    else:
        content = mutated_bytes(content, random)
        (scan / name).write_bytes(content)
        if random.random() < 0.8:
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
            (scan / "manifest.json").write_text(json.dumps(manifest))
    query = ("query", scan, "--cypher", "MATCH (u:AWSUser) RETURN u.id AS id")
    return clew(*random.choice([("coverage", scan), ("paths", scan), ("check", scan), query]))


def simulated(clew: Clew, folder: Path, whole: Path, random: Random) -> Done:
    """A policy test that was changed, after one that was not."""
    whole_line = json.dumps(CASE).encode()
    (folder / "cases.jsonl").write_bytes(whole_line + b"\n" + as_file(CASE, random) + b"\n")
    strict = ["--strict"] if random.random() < 0.5 else []
    return clew("simulate", folder / "cases.jsonl", *strict)


@pytest.mark.parametrize("attempt", [imported, opened, simulated])
def test_odd_input_is_refused_in_a_sentence(
    clew: Clew, tmp_path: Path, attempt: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "iam.json").write_text(json.dumps(IAM))
    whole = tmp_path / "whole"
    assert clew("import", tmp_path / "iam.json", "-o", whole).code == 0
    wrong = []
    for seed in range(TRIED // 3):
        folder = tmp_path / f"{attempt.__name__}-{seed}"
        folder.mkdir()
        done = attempt(clew, folder, whole, Random(seed))
        if done.code not in (0, 1, 2, 3) or "Traceback" in done.err or "itself failed" in done.err:
            wrong.append(f"{attempt.__name__}, seed {seed}: {done.code}: {done.err[-300:]}")
        shutil.rmtree(folder)
    assert not wrong, "\n".join(wrong)
