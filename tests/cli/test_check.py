"""``clew check`` over the demo's scan."""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from clew.checks import Finding, checks
from clew.checks.frameworks import frameworks
from clew.checks.report import ReportedFinding
from clew.cli.check import print_findings

from .conftest import Clew

MFA = "cloudtrail_bucket_requires_mfa_delete"
FIELDS = [
    "id",
    "check",
    "status",
    "severity",
    "provider",
    "service",
    "account",
    "region",
    "resource",
    "resource_label",
    "target",
    "reason",
    "message",
    "evidence",
    "title",
    "why",
    "remediation",
    "references",
    "categories",
    "compliance",
    "tags",
    "failed_calls",
    "time",
    "muted",
    "answer",
]


def test_json_is_a_list_of_findings_with_documented_keys(clew: Clew) -> None:
    done = clew("check", "demo", "-c", MFA, "-f", "json")
    assert done.code == 0
    assert all(list(found) == FIELDS for found in done.json)
    assert {found["target"]: (found["status"], found["reason"]) for found in done.json} == {
        "arn:aws:s3:::clew-prod-trail": ("FAIL", None),
        "arn:aws:s3:::clew-prod-archive": ("MANUAL", "OUT_OF_SCOPE"),
        "arn:aws:s3:::clew-partner-logs": ("MANUAL", "UNKNOWN_OWNER"),
        "arn:aws:s3:::clew-dev-trail": ("MANUAL", "UNREADABLE_FIELD"),
    }
    (failed,) = [found for found in done.json if found["status"] == "FAIL"]
    assert {edge["type"] for edge in failed["evidence"]["edges"]} == {"LOGS_TO"}
    assert ReportedFinding.model_validate(failed)
    (unread,) = [found for found in done.json if found["reason"] == "UNREADABLE_FIELD"]
    assert unread["failed_calls"] == ["s3:GetBucketVersioning"]


def test_every_finding_is_of_a_known_check_and_none_crashed(clew: Clew) -> None:
    done = clew("check", "demo", "-f", "json")
    assert {found["check"] for found in done.json} <= set(checks())
    assert not [found for found in done.json if found["status"] == "ERROR"]
    ids = Counter(found["id"] for found in done.json)
    assert not [id_ for id_, number in ids.items() if number > 1]


def test_a_table_leaves_pass_out_and_says_so(clew: Clew) -> None:
    done = clew("check", "demo", "--service", "cloudtrail")
    lines = done.out.splitlines()
    assert lines[0].split() == [
        "STATUS",
        "SEVERITY",
        "CHECK",
        "ACCOUNT",
        "REGION",
        "RESOURCE",
        "TARGET",
        "REASON",
        "MESSAGE",
    ]
    assert {line.split()[0] for line in lines[1:]} <= {"FAIL", "MANUAL"}
    passed = clew("check", "demo", "--service", "cloudtrail", "--status", "pass", "-f", "json").json
    assert {found["status"] for found in passed} == {"PASS"}
    assert f"Not listed: {len(passed)} PASS." in done.err


def test_csv_holds_every_finding(clew: Clew) -> None:
    rows = list(csv.DictReader(io.StringIO(clew("check", "demo", "-f", "csv").out)))
    assert len(rows) == len(clew("check", "demo", "-f", "json").json)
    assert set(rows[0]) == set(FIELDS) - {"evidence"}


def test_filters_narrow_the_findings(clew: Clew) -> None:
    for option, field, value in (
        ("--severity", "severity", "high"),
        ("--status", "status", "MANUAL"),
        ("--provider", "provider", "aws"),
        ("--service", "service", "s3"),
    ):
        found = clew("check", "demo", option, value, "-f", "json").json
        assert found
        assert {one[field] for one in found} == {value}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--fail-on", "low"), 3),
        (("--fail-on", "medium"), 3),
        (("--fail-on", "MEDIUM", "--status", "PASS"), 3),
        (("--fail-on", "high"), 0),
        ((), 0),
    ],
)
def test_the_exit_code_tells_of_failures_at_or_above_a_severity(
    options: tuple[str, ...], code: int, clew: Clew
) -> None:
    assert clew("check", "demo", "-c", MFA, *options).code == code


@pytest.mark.parametrize(("severity", "code"), [("low", 3), ("medium", 3), ("high", 0)])
def test_what_is_left_open_can_fail_a_pipeline_too(severity: str, code: int, clew: Clew) -> None:
    options = ("-c", MFA, "--status", "PASS", "--fail-on-manual", severity)
    assert clew("check", "demo", *options).code == code


def test_the_failed_calls_that_leave_most_findings_open_are_said(clew: Clew) -> None:
    done = clew("check", "demo", "-c", MFA)
    assert "leave the most of them open: s3:GetBucketVersioning (1)." in done.err


def test_a_check_that_crashes_is_a_finding_and_fails_the_run(
    clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("clew.checks.runner._verdicts", lambda *_: 1 / 0)
    done = clew("check", "demo", "-c", MFA, "-f", "json", "--fail-on", "medium")
    assert [found["status"] for found in done.json] == ["ERROR"]
    assert done.code == 3


def test_it_says_which_checks_were_skipped_and_why(clew: Clew, account: object) -> None:
    clew("scan", "aws", "--service", "sns")
    err = clew("check", "--service", "cloudtrail").err
    assert "skipped: their services were left out of the scan." in err


def test_output_goes_to_a_file_and_nothing_to_standard_output(clew: Clew, tmp_path: Path) -> None:
    done = clew("check", "demo", "-c", MFA, "-f", "json", "-o", tmp_path / "found.json")
    assert done.out == ""
    assert (tmp_path / "found.json").read_text().startswith("[\n")


def test_a_terminal_shows_findings_in_its_width_and_nothing_is_cut(
    clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    found = [Finding.model_validate(one) for one in clew("check", "demo", "-f", "json").json[:40]]
    stream = Terminal()
    print_findings(found, stream)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in stream.getvalue().splitlines()]
    assert all(len(line) <= 80 for line in lines)
    text = "".join("".join(line[18:].split()) for line in lines)
    for one in found:
        assert "".join(one.message.split()) in text
        assert one.check in text


def test_what_the_same_words_say_of_many_resources_is_printed_once(
    clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    named = [part for id_ in checks() if id_.startswith("paths_") for part in ("-c", id_)]
    manual = clew("check", "demo", *named, "--status", "MANUAL", "-f", "json").json
    found = [Finding.model_validate(one) for one in manual]
    alike = [
        one for one in found if "ListProjects" in one.message and one.account == "111122223333"
    ]
    stream = Terminal()
    print_findings(found, stream)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in stream.getvalue().splitlines()]
    folded = [
        line for line in lines if "ListProjects" in line and f"{len(alike)} resources" in line
    ]
    assert len(folded) == 1
    assert len(lines) < 3 * len(found)


def test_a_resource_is_shown_by_its_id(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    failed = clew("check", "demo", "--service", "s3", "--status", "FAIL", "-f", "json").json
    stream = Terminal()
    print_findings([Finding.model_validate(one) for one in failed], stream)
    assert all(one["resource"] in stream.getvalue() for one in failed)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


MUTES = f"""
mutes:
  - check: {MFA}
    resource: arn:aws:cloudtrail:us-east-1:111122223333:trail/{{trail}}
    why: accepted
answers:
  - check: {MFA}
    account: "444455556666"
    verdict: {{verdict}}
    who: ann
    when: 2026-01-01
"""


@pytest.fixture(scope="module")
def failed_trail() -> str:
    """The trail that the demo's one FAIL of the check is about."""
    from clew import open_scan

    (found,) = [one for one in open_scan("demo").findings(checks=[MFA]) if one.status == "FAIL"]
    return found.resource.rpartition("/")[2]


def mutes(folder: Path, trail: str, verdict: str = "PASS") -> Path:
    file = folder / "mutes.yaml"
    file.write_text(MUTES.format(trail=trail, verdict=verdict))
    return file


def test_a_muted_finding_is_listed_and_does_not_count(
    clew: Clew, tmp_path: Path, failed_trail: str
) -> None:
    command = ("check", "demo", "-c", MFA, "--fail-on", "low")
    assert clew(*command).code == 3
    file = mutes(tmp_path, failed_trail)
    done = clew(*command, "--mutes", file, "-f", "json")
    assert done.code == 0
    (failed,) = [found for found in done.json if found["status"] == "FAIL"]
    assert failed["muted"] == {"why": "accepted", "until": None}
    assert "Muted: accepted" in clew(*command, "--mutes", file).out


def test_an_answer_is_shown_beside_the_manual_finding(
    clew: Clew, tmp_path: Path, failed_trail: str
) -> None:
    command = ("check", "demo", "-c", MFA, "--account", "444455556666", "-f", "json")
    done = clew(*command, "--mutes", mutes(tmp_path, failed_trail), "--fail-on-manual", "low")
    assert done.code == 0
    assert {found["status"] for found in done.json} == {"MANUAL"}
    assert {found["answer"]["verdict"] for found in done.json} == {"PASS"}
    assert "no finding fits what begins on line 3" in done.err
    wrong = mutes(tmp_path, failed_trail, "FAIL")
    assert clew(*command, "--mutes", wrong, "--fail-on", "low").code == 3
    assert clew(*command, "--fail-on-manual", "low").code == 3


def test_a_wrong_file_of_mutes_is_one_sentence(clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "mutes.yaml"
    file.write_text("mutes:\n  - chek: x\n")
    done = clew("check", "demo", "--mutes", file)
    assert done.code == 1
    assert f"{file}, line 2: a mute has no field 'chek'" in done.err
    assert clew("check", "demo", "--mutes", tmp_path / "none").code == 1


def test_which_checks_run_can_stand_in_a_file(clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "checks.txt"
    file.write_text(f"# ours\n{MFA}  # MFA\n\ncloudtrail_logs_s3_bucket_access_logging_enabled\n")
    found = clew("check", "demo", "--checks-file", file, "--exclude", MFA, "-f", "json").json
    assert {each["check"] for each in found} == {"cloudtrail_logs_s3_bucket_access_logging_enabled"}
    file.write_text("# nothing\n")
    assert clew("check", "demo", "--checks-file", file).code == 2
    refused = clew("check", "demo", "--exclude", "cloudtrail_bucket_requires_mfa_delet")
    assert (refused.code, MFA in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("option", "value"), [("--account", "444455556666"), ("--region", "eu-west-1")]
)
def test_findings_are_narrowed_and_what_is_left_out_is_said(
    clew: Clew, option: str, value: str
) -> None:
    done = clew("check", "demo", "--service", "cloudtrail", option, value, "-f", "json")
    key = option.removeprefix("--")
    assert done.json
    assert {each[key] for each in done.json} <= {value, None, "global"}
    assert "Left out: " in done.err


def test_a_framework_is_told_requirement_by_requirement(clew: Clew) -> None:
    done = clew("check", "demo", "--compliance", "cis-aws-3.0", "-f", "json")
    assert done.code == 0
    stands = {row["requirement"]: row["status"] for row in done.json}
    assert len(stands) == 62
    assert stands["1.3"] == "UNDECIDABLE"
    assert stands["1.4"] == "NOT_COVERED"
    assert stands["3.4"] in ("FAIL", "MANUAL")
    assert all(row["checks"] for row in done.json if row["status"] in ("PASS", "PARTLY"))
    table = clew("check", "demo", "--compliance", "cis-aws-3.0")
    assert re.search(r"^1\.4 +not covered +The root user has no access keys$", table.out, re.M)
    (note,) = set(re.findall(r"^1\.3 +not decidable \((\d)\) ", table.out, re.M))
    assert f"\n({note}) No API tells of them.\n" in table.out
    assert clew("check", "demo", "--compliance", "cis-aws-3").code == 2
    assert clew("check", "demo", "--compliance", "cis-aws-3.0", "-f", "sarif").code == 2
    listed = clew("list", "compliance", "-f", "json").json
    assert {row["name"] for row in listed} == {*frameworks()}
    assert all(
        row["in_part"] <= row["with_checks"] <= row["requirements"] - row["undecidable"]
        for row in listed
    )


def test_a_general_framework_is_never_passed_wholly(clew: Clew) -> None:
    done = clew("check", "demo", "--compliance", "soc-2", "--provider", "aws", "-f", "json")
    stands = {row["requirement"]: row for row in done.json}
    assert len(stands) == 61
    assert "PASS" not in {row["status"] for row in done.json}
    assert stands["CC1.1"]["status"] == "UNDECIDABLE"
    assert stands["CC1.1"]["note"]
    assert stands["CC6.6"]["status"] == "FAIL"
    unread = {checks()[each].provider for each in stands["CC6.6"]["not_run"]}
    assert unread == {"azure", "gcp"}


def test_checks_of_a_category_are_run(clew: Clew) -> None:
    done = clew("check", "demo", "--category", "backup", "-f", "json")
    assert done.json
    assert all("backup" in row["categories"] for row in done.json)
    listed = clew("list", "checks", "--category", "backup", "-f", "json").json
    assert {row["check"] for row in done.json} <= {row["id"] for row in listed}
    assert all("backup" in row["categories"] for row in listed)
    assert clew("check", "demo", "--category", "nothing").code == 2
