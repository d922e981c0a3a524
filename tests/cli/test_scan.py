"""``clew scan``, over a replayed account with the real SDK."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clew import pipeline
from clew.cli import scans
from clew.cli.begun import Begun
from clew.graph.snapshot import Snapshot
from servers.aws_replay import AwsReplay
from servers.aws_replay.routing import WireRequest, read_scope
from servers.aws_replay.wire import Reply
from support.interrupting import as_from_a_terminal

from .conftest import ACCOUNT, Clew

MFA = "cloudtrail_bucket_requires_mfa_delete"


def test_a_scan_is_written_named_and_found_again(
    account: AwsReplay, clew: Clew, home: Path
) -> None:
    done = clew("scan", "aws", "--service", "cloudtrail")
    assert done.code == 0
    folder = Path(done.out.strip())
    assert folder.parent == home / "scans"
    assert not pipeline.partial(folder).exists()
    assert f"aws {ACCOUNT}: " in done.err
    assert "1 UNKNOWN_OWNER" in done.err
    assert "Next: clew check" in done.err
    found = {
        (one["status"], one["reason"], one["target"]) for one in clew("check", "-f", "json").json
    }
    assert ("FAIL", None, "arn:aws:s3:::logs") in found
    assert ("MANUAL", "UNKNOWN_OWNER", "arn:aws:s3:::elsewhere") in found


def test_a_service_narrows_what_is_reported_not_what_is_linked(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    done = clew("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "scan")
    assert f"clew check {tmp_path / 'scan'}" in done.err
    scan = Snapshot.open(tmp_path / "scan")
    assert scan.scope.reported == ["cloudtrail"]
    assert "AWSS3Bucket" in scan.scope.labels
    assert "AWSEC2Instance" not in scan.scope.labels
    checked = {one["service"] for one in clew("check", tmp_path / "scan", "-f", "json").json}
    assert checked == {"cloudtrail"}


def test_a_tag_narrows_what_is_reported_not_what_is_read(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    whole, tagged = tmp_path / "whole", tmp_path / "tagged"
    clew("scan", "aws", "--service", "cloudtrail", "-o", whole)
    done = clew("scan", "aws", "--service", "cloudtrail", "--tag", "team=nobody", "-o", tagged)
    assert done.code == 0
    one, other = Snapshot.open(whole), Snapshot.open(tagged)
    assert other.scope.tags == ["team=nobody"]
    assert {label: one.node_count(label) for label in one.labels} == {
        label: other.node_count(label) for label in other.labels
    }
    everything, narrowed = clew("check", whole, "-f", "json"), clew("check", tagged, "-f", "json")
    assert {one["id"] for one in narrowed.json} == {
        one["id"] for one in everything.json if one["tags"] is None
    }
    assert len(narrowed.json) < len(everything.json)
    assert "about resources without the tag team=nobody" in " ".join(narrowed.err.split())
    assert clew("check", tagged, "--tag", "team", "-f", "json").code == 2


def test_what_cannot_be_read_is_counted_and_strict_makes_it_an_error(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    account.deny("s3", "GetBucketVersioning")
    options = ("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "scan")
    done = clew(*options, "--strict")
    assert done.code == 4
    assert "1 denied" in done.err
    assert clew(*options).code == 0
    (denied,) = [
        one
        for one in clew("coverage", tmp_path / "scan", "-f", "json").json
        if one["status"] == "denied"
    ]
    assert denied["operation"] == "GetBucketVersioning"
    assert denied["code"] == "AccessDenied"


def test_a_whole_scan_is_not_incomplete_under_strict(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    done = clew("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "s", "--strict")
    left = clew("coverage", tmp_path / "s").out
    assert done.code == 0, left


def test_credentials_regions_and_profiles_that_do_not_exist(account: AwsReplay, clew: Clew) -> None:
    done = clew("scan", "aws", "--region", "us-easy-1")
    assert (done.code, "no AWS region 'us-easy-1'" in done.err) == (1, True)
    done = clew("scan", "aws", "--profile", "nobody")
    assert (done.code, "no AWS profile 'nobody'" in done.err) == (1, True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del os.environ[name]
    done = clew("scan", "aws")
    assert (done.code, "No AWS credentials were found" in done.err) == (1, True)


def test_a_folder_that_is_not_a_scan_is_not_written_over(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    done = clew("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "photos")
    assert (done.code, "is not a scan" in done.err) == (2, True)


def slow_buckets(account: AwsReplay, patch: pytest.MonkeyPatch) -> threading.Event:
    """Lets no bucket be listed until an event."""
    answer, done = account.handle, threading.Event()

    def handle(request: WireRequest) -> Reply:
        scope = read_scope(request)
        if scope and scope.signing_name == "s3":
            done.wait(600)
        return answer(request)

    patch.setattr(account, "handle", handle)
    return done


def begin(*options: str) -> "subprocess.Popen[str]":
    """Scans in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "clew", "scan", "aws", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_from_a_terminal,
    )


def wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ready()


def trails_are_kept(account: AwsReplay, target: Path) -> bool:
    asked = sum(call.operation == "DescribeTrails" for call in account.calls)
    results = [file.read_text() for file in pipeline.partial(target).glob("*.json")]
    return 0 < asked == sum("AWSCloudTrailTrail" in result for result in results)


def test_two_scans_at_once_never_meet(
    account: AwsReplay, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = slow_buckets(account, monkeypatch)
    both = [begin("--service", service) for service in ("cloudtrail", "s3")]
    wait_for(lambda: len(list((home / "scans").glob("*.partial/started"))) == 2)
    done.set()
    ended = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    folders = [Path(out.strip()) for out, _ in ended]
    assert {*folders} == {*scans.kept()}
    reported = [Snapshot.open(folder).scope.reported for folder in folders]
    assert reported == [["cloudtrail"], ["s3"]]


def test_a_scan_that_still_runs_is_left_alone(
    account: AwsReplay, clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "scan"
    done = slow_buckets(account, monkeypatch)
    process = begin("--service", "cloudtrail", "-o", str(target))
    wait_for(lambda: (pipeline.partial(target) / "started").exists())
    for more in ((), ("--resume",)):
        refused = clew("scan", "aws", "--service", "cloudtrail", "-o", target, *more)
        assert refused.code == 1
        sentence = f"Error: Another scan is writing to {target}: process {process.pid}."
        assert " ".join(refused.err.split()) == sentence
    done.set()
    process.communicate(timeout=300)
    assert process.returncode == 0


def test_a_killed_scan_is_resumed_with_what_it_was_begun_with(
    account: AwsReplay, clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = slow_buckets(account, monkeypatch)
    began = ("--service", "cloudtrail", "--region", "us-east-1", "--exclude", "sns")
    process = begin(*began)
    wait_for(lambda: len(list((tmp_path / "home" / "scans").glob("*.partial"))) == 1)
    (place,) = (tmp_path / "home" / "scans").glob("*.partial")
    target = place.with_suffix("")
    wait_for(lambda: trails_are_kept(account, target))
    process.kill()
    process.communicate()
    done.set()

    other = clew("scan", "aws", "--region", "eu-west-1", "--resume")
    assert (other.code, "begun with another --region" in other.err) == (2, True)
    account.calls.clear()
    resumed = clew("scan", "aws", "--resume")
    assert (resumed.code, resumed.out.strip()) == (0, str(target))
    assert "DescribeTrails" not in {call.operation for call in account.calls}
    scope = Snapshot.open(target).scope
    assert (scope.reported, scope.regions) == (["cloudtrail"], {ACCOUNT: ["us-east-1"]})
    assert "AWSSNSTopic" not in scope.labels


def test_the_accounts_that_a_scan_began_with_must_be_found_to_resume_it(
    account: AwsReplay, clew: Clew, home: Path
) -> None:
    regions = {"aws": {ACCOUNT: ["us-east-1"], "444455556666": ["us-east-1"]}}
    assert scans.claim(home / "scans" / "2025-01-01")
    Begun(providers=["aws"], regions=regions).write(pipeline.partial(home / "scans" / "2025-01-01"))
    done = clew("scan", "aws", "--resume")
    assert done.code == 1
    assert "aws 444455556666, which these credentials do not find" in " ".join(done.err.split())


def test_what_is_left_out_is_out_of_scope(account: AwsReplay, clew: Clew, tmp_path: Path) -> None:
    target = tmp_path / "scan"
    done = clew("scan", "aws", "--service", "cloudtrail", "--exclude", "s3", "-o", target)
    assert done.code == 0
    assert "s3" not in {call.service for call in account.calls}
    (buckets,) = {row["missing"] for row in Snapshot.open(target).nodes("AWSS3Bucket").to_pylist()}
    assert buckets == "OUT_OF_SCOPE"
    done = clew("scan", "aws", "--exclude", "us-easy-1")
    assert (done.code, "no AWS region 'us-easy-1'" in done.err) == (1, True)
    done = clew("scan", "entra", "--exclude", "usres")
    assert (done.code, "reads a service 'usres'" in done.err) == (2, True)


def test_an_interrupted_scan_keeps_its_work_and_goes_on(
    account: AwsReplay, clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "scan"
    interrupted = slow_buckets(account, monkeypatch)
    process = begin("--service", "cloudtrail", "-o", str(target))
    wait_for(lambda: trails_are_kept(account, target))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    interrupted.set()
    assert process.returncode == 130
    assert out == ""
    assert "are kept. Resume with: clew scan aws --service cloudtrail" in err
    assert f"-o {target} --resume" in err
    assert not target.exists()

    refused = clew("scan", "aws", "--service", "cloudtrail", "-o", target)
    assert (refused.code, "add --resume" in refused.err) == (2, True)
    account.calls.clear()
    done = clew("scan", "aws", "--service", "cloudtrail", "-o", target, "--resume")
    assert done.code == 0
    assert not pipeline.partial(target).exists()
    assert "DescribeTrails" not in {call.operation for call in account.calls}
    assert Snapshot.open(target).nodes("AWSCloudTrailTrail").num_rows == 2


@pytest.mark.parametrize("room", [300, 4_000, 12_000])
def test_a_full_disk_keeps_the_work_and_the_scan_goes_on(
    account: AwsReplay, clew: Clew, tmp_path: Path, room: int
) -> None:
    """A limit on how long files may be: of the first listing's file, of a later one's, of the
    scan's own."""
    resource = pytest.importorskip("resource")
    target = tmp_path / "scan"
    options = ("scan", "aws", "--service", "cloudtrail", "-o", target)
    clew("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "with room")
    calls = len(account.calls)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        done = clew(*options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1].startswith(
        f"Error: The scan cannot be written to {target} (File too large). "
    )
    assert f"-o {target} --resume" in done.err
    assert not target.exists()
    kept = list(pipeline.partial(target).glob("*.json"))
    assert f"{len(kept)} of " in done.err
    assert len(list(pipeline.partial(target).glob("*.part"))) == 0

    account.calls.clear()
    done = clew(*options, "--resume")
    assert done.code == 0
    assert len(account.calls) < calls or not kept
    assert Snapshot.open(target).nodes("AWSCloudTrailTrail").num_rows == 2


def test_only_the_owner_may_read_what_a_scan_leaves(
    account: AwsReplay, clew: Clew, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it goes on, and in the cache that answers are made from."""
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    seen: dict[Path, int] = {}
    collect = pipeline._finish

    def look(*arguments: Any) -> Snapshot:
        seen.update({path: path.stat().st_mode for path in home.rglob("*")})
        return collect(*arguments)

    monkeypatch.setattr(pipeline, "_finish", look)
    monkeypatch.setattr(Snapshot, "is_small", False)  # of a large one the graph lies on disk
    done = clew("scan", "aws", "--service", "cloudtrail")
    assert clew("query", "--cypher", "RETURN 1 AS one").code == 0
    made = {
        path: path.stat().st_mode
        for top in (home, tmp_path / "cache")
        for path in (top, *top.rglob("*"))
    }
    assert {path.suffix for path in seen} >= {".json", ".partial"}
    assert {path.suffix for path in made} >= {".parquet", ".json", ".lbug"}
    assert Path(done.out.strip()) in made
    for path, mode in {**seen, **made}.items():
        assert stat.S_IMODE(mode) == (0o700 if stat.S_ISDIR(mode) else 0o600), path


def test_the_newest_interrupted_scan_of_the_same_clouds_is_resumed(
    account: AwsReplay, clew: Clew, home: Path
) -> None:
    for time_, clouds in (("2025-01-01", ["aws"]), ("2025-01-02", ["azure", "aws"])):
        assert scans.claim(home / "scans" / time_)
        Begun(providers=clouds).write(pipeline.partial(home / "scans" / time_))
    services = Begun(providers=["aws"], services=["cloudtrail"])
    services.write(pipeline.partial(home / "scans" / "2025-01-01"))
    done = clew("scan", "aws", "--service", "cloudtrail", "--resume")
    assert done.out.strip() == str(home / "scans" / "2025-01-01")
    assert scans.kept() == [home / "scans" / "2025-01-01"]
    assert pipeline.partial(home / "scans" / "2025-01-02").exists()
    refused = clew("scan", "aws", "--service", "cloudtrail", "--resume")
    assert (refused.code, "No scan of aws was interrupted" in refused.err) == (2, True)


def test_an_account_that_cannot_be_entered_is_manual_not_passed_over(
    account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    done = clew(
        *("scan", "aws", "--service", "cloudtrail", "-o", tmp_path / "scan"),
        *("--role-arn", f"arn:aws:iam::{ACCOUNT}:role/audit"),
        *("--role-arn", "arn:aws:iam::444455556666:role/audit"),
    )
    assert done.code == 0
    assert "1 denied" in done.err
    findings = clew("check", tmp_path / "scan", "-f", "json", "-c", MFA).json
    (shut,) = [found for found in findings if found["account"] == "444455556666"]
    assert (shut["status"], shut["reason"]) == ("MANUAL", "UNREADABLE")
    assert shut["resource_label"] == "AWSAccount"
    assert "FAIL" in {found["status"] for found in findings}
