"""Solved escalation labs: each leads from its start to its target, and its mended twin nowhere.

They are public recordings that lie next to the project, if at all; without them there is nothing to
see here.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from servers.moto_server import MotoServer, running_moto
from support.labs import load

LABS = Path(__file__).resolve().parents[3] / "shared/data/aws/iam-labs"
ACCOUNT, TWINS = "111111111111", "222222222222"

pytestmark = [
    pytest.mark.xdist_group("labs"),
    pytest.mark.skipif(not LABS.is_dir(), reason="the recorded labs are not here"),
]


def manifest() -> list[dict[str, Any]]:
    if not LABS.is_dir():
        return []
    found: list[dict[str, Any]] = json.loads((LABS / "manifest.json").read_text())
    return found


def solved() -> list[dict[str, Any]]:
    return [case for case in manifest() if case["id"]]


def people(case: dict[str, Any], account: str) -> list[str]:
    """The users and roles of a lab that its paths may start from."""
    folder = "labs" if account == ACCOUNT else "fixed-twins"
    if not (LABS / folder / case["file"]).exists():
        return []
    details = lab(folder, case["file"], account)["accounts"][account]
    if case["id"]:
        return [case["start"].replace(ACCOUNT, account)]
    return [each["Arn"] for kind in ("User", "Role") for each in details[f"{kind}DetailList"]]


def lab(folder: str, file: str, account: str = ACCOUNT) -> dict[str, Any]:
    text = (LABS / folder / file).read_text().replace(ACCOUNT, account)
    found: dict[str, Any] = json.loads(text)
    return found


@dataclass
class Scanned:
    """Scans of all labs together and of all their twins together, and the command line on them."""

    environment: dict[str, str]
    scans: dict[str, str]

    def clew(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "clew", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def paths(self, scan: str, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(
            self.clew("paths", self.scans[scan], *arguments, "--max", "0", "-f", "json")
        )["paths"]
        return found

    @cached_property
    def to_admin(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """The paths of every start to admin, by scan and start."""
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for scan in self.scans:
            account = TWINS if scan.startswith("fixed") else ACCOUNT
            starts = [one for case in manifest() for one in people(case, account)]
            chosen = [word for start in sorted({*starts}) for word in ("--from", start)]
            found[scan] = {start: [] for start in starts}
            for path in self.paths(scan, *chosen):
                found[scan][path["source"]].append(path)
        return found


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    home = tmp_path_factory.mktemp("labs")
    files = sorted(path.name for path in (LABS / "labs").glob("*.json"))
    twins = sorted(path.name for path in (LABS / "fixed-twins").glob("*.json"))
    with running_moto(MOTO_IAM_LOAD_MANAGED_POLICIES="true") as moto:
        done = Scanned(_environment(home), {})
        for folder, names, account in (
            ("labs", files, ACCOUNT),
            ("fixed-twins", twins, TWINS),
        ):
            for name in names:
                found = lab(folder, name, account)
                load(moto, account, found["accounts"][account], found["resources"])
            done.environment |= _credentials(moto, account)
            scan = done.clew("scan", "aws", "--region", "us-east-1", "-o", str(home / folder))
            done.scans[folder] = scan.strip()
            answers = home / f"{folder}.json"
            answers.write_text(json.dumps({account: _merged(folder, names, account)}))
            imported = done.clew("import", str(answers), "-o", str(home / f"{folder}-imported"))
            done.scans[f"{folder}-imported"] = imported.strip()
    return done


def _merged(folder: str, names: list[str], account: str) -> list[Any]:
    return [lab(folder, name, account)["accounts"][account] for name in names]


def _environment(home: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_DEFAULT_REGION": "us-east-1",
        "CLEW_HOME": str(home / "home"),
        "CLEW_CACHE_DIR": str(home / "cache"),
    }


def _credentials(moto: MotoServer, account: str) -> dict[str, str]:
    answer = moto.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/auditor", RoleSessionName="clew"
    )["Credentials"]
    return {
        "AWS_ENDPOINT_URL": moto.url,
        "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["SessionToken"],
    }


def ends(case: dict[str, Any]) -> list[str]:
    """Where the lab ends; of those that end at a bucket some give only a part of its name."""
    if case["target"] == "admin-equivalent":
        return []
    (bucket,) = (
        resource["arn"]
        for resource in lab("labs", case["file"], case["accounts"][0])["resources"]
        if resource["tf_type"] == "aws_s3_bucket"
    )
    return ["--to", bucket]


def principals(case: dict[str, Any]) -> list[str]:
    """The principals that a path must lead over, as far as the lab itself has them."""
    found = lab("labs", case["file"])
    details = found["accounts"][ACCOUNT]
    present = {
        entry["Arn"]
        for kind in ("UserDetailList", "GroupDetailList", "RoleDetailList")
        for entry in details[kind]
    }
    return [arn for arn in case["via"] if arn in present]


def nodes(path: dict[str, Any]) -> list[str]:
    return [path["source"], *(hop["to"] for hop in path["hops"])]


CASES = pytest.mark.parametrize("case", solved(), ids=lambda case: case["file"].split("__")[-1])


def found_in(scanned: Scanned, scan: str, case: dict[str, Any]) -> list[dict[str, Any]]:
    if ends(case):
        return scanned.paths(scan, "--from", case["start"], *ends(case))
    return scanned.to_admin[scan][case["start"]]


@CASES
def test_the_lab_is_solved_over_its_principals(scanned: Scanned, case: dict[str, Any]) -> None:
    found = found_in(scanned, "labs", case)

    over = principals(case)
    assert [path for path in found if set(over) <= set(nodes(path))], [nodes(p) for p in found]


TO_ADMIN = [case for case in solved() if not ends(case)]


@pytest.mark.parametrize("case", TO_ADMIN, ids=lambda case: case["file"].split("__")[-1])
def test_the_lab_is_solved_from_saved_iam_data(scanned: Scanned, case: dict[str, Any]) -> None:
    found = found_in(scanned, "labs-imported", case)

    over = principals(case)
    assert [path for path in found if set(over) <= set(nodes(path))], [nodes(p) for p in found]


@pytest.mark.parametrize(
    ("case", "scan"),
    [(case, "fixed-twins") for case in solved() if case["has_fixed_twin"]]
    + [(case, "fixed-twins-imported") for case in TO_ADMIN if case["has_fixed_twin"]],
    ids=lambda value: value if isinstance(value, str) else value["file"].split("__")[-1],
)
def test_the_mended_twin_leads_nowhere(scanned: Scanned, case: dict[str, Any], scan: str) -> None:
    mended = json.loads(json.dumps(case).replace(ACCOUNT, TWINS))

    assert found_in(scanned, scan, mended) == []


def test_who_is_admin_is_computed_not_named(scanned: Scanned) -> None:
    (case,) = (each for each in manifest() if "effective-permissions" in each["file"])
    arns = people(case, ACCOUNT)
    admin = {
        path["source"]: path["target_reason"]
        for arn in arns
        for path in scanned.to_admin["labs-imported"][arn]
        if not path["hops"]
    }

    assert sorted(admin) == sorted(arn for arn in arns if "-isAdmin-" in arn)
    assert all(admin.values())
