"""What a shell is offered where a name has been begun."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from clew.checks import checks
from clew.queries.library import library


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("clew check de", {"demo"}),
        (
            "clew check demo -c cloudtrail_b",
            {id_ for id_ in checks() if id_.startswith("cloudtrail_b")},
        ),
        (
            "clew check --service clou",
            {
                "cloudbuild",
                "cloudfront",
                "cloudsql",
                "cloudtrail",
                "cloudwatch",
            },
        ),
        ("clew query demo key_", {name for name in library() if name.startswith("key_")}),
        ("clew list checks s3_bucket_pub", {i for i in checks() if i.startswith("s3_bucket_pub")}),
        ("clew list labels AWSCloudTrailT", {"AWSCloudTrailTrail"}),
        ("clew choke", {"choke-points"}),
    ],
)
def test_names_are_completed(line: str, offered: set[str], tmp_path: Path) -> None:
    words = line.split()
    done = subprocess.run(
        [sys.executable, "-m", "clew"],
        env={
            **os.environ,
            "CLEW_HOME": str(tmp_path),
            "_CLEW_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(done.stdout.split()) == offered, done.stderr
