"""``clew can`` and ``clew who-can`` about Google Cloud, on a scan of the recorded estate."""

from pathlib import Path
from typing import Any

import pytest
from clew import pipeline
from clew.collectors.registry import models
from clew.scans.connecting import ScanOptions, connect
from support.demo_estate import Silent, replayed

from .conftest import Clew

pytestmark = pytest.mark.skipif(
    "GCPPolicyBinding" not in {each.label for each in models()},
    reason="allow policies are not collected",
)
READ, KEYS = "storage.objects.get", "iam.serviceAccountKeys.create"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gcp") / "scan"
    with replayed():
        accounts = connect(("gcp",), ScanOptions())
        pipeline.scan(accounts, pipeline.selection(("gcp",)), (), folder, Silent())
    return folder


def answers(clew: Clew, *arguments: Any) -> dict[str, dict[str, Any]]:
    rows = clew(*arguments, "-f", "json").json["answers"]
    return {row["principal"]: row for row in rows}


def test_what_everybody_may_read_hangs_on_the_perimeter(clew: Clew, scanned: Path) -> None:
    found = answers(clew, "who-can", scanned, READ, "clew-shop-assets")
    assert found["allUsers"]["decision"] == "CONDITIONAL"
    assert found["allUsers"]["explanation"] == (
        "allowed by role roles/storage.objectViewer; "
        "whether service perimeter Shop lets it in is not known"
    )


def test_whom_a_denial_excepts_an_owner_s_role_allows_it(clew: Clew, scanned: Path) -> None:
    asked = ("can", scanned, "ada@clew.example", KEYS, "projects/clew-prod")
    (row,) = answers(clew, *asked).values()
    assert row["principal"] == "user:ada@clew.example"
    assert row["explanation"] == "allowed by role roles/owner"


def test_a_denial_by_tag_stops_an_editor(clew: Clew, scanned: Path) -> None:
    asked = ("can", scanned, "chloe@clew.example", KEYS, "projects/clew-prod")
    (row,) = answers(clew, *asked).values()
    assert row["decision"] == "EXPLICITLY_DENIED"
    assert row["explanation"] == "denied by deny policy No keys in production"


def test_both_forms_of_a_permission_are_one(clew: Clew, scanned: Path) -> None:
    one, other = (
        answers(clew, "who-can", scanned, each, "clew-shop-assets")
        for each in (READ, "storage.googleapis.com/objects.get")
    )
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody@clew.example", READ), "No user or service account is called"),
        (("ada@clew.example", READ, "clew-shop-aset"), "Did you mean clew-shop-assets"),
        (("group:on-call@clew.example", READ), "is a GCPGroup, not a user"),
    ],
)
def test_a_question_that_makes_no_sense_is_wrong_usage(
    clew: Clew, scanned: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = clew("can", scanned, *arguments)
    assert done.code == 2
    assert words in done.err


def test_a_principal_has_a_summary_of_all_resources(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "allUsers", READ)
    assert "Allowed on " in done.out + done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo", "first.of.name", "iam:PassRole"),
        ("demo", "first.of.name", "storage.objects.get", "my.bucket.name"),
    ],
)
def test_a_name_with_dots_is_no_permission(clew: Clew, arguments: tuple[str, ...]) -> None:
    done = clew("can", *arguments)
    assert done.code == 2
    assert "is called 'first.of.name'" in done.err


def test_a_bucket_with_dots_is_no_permission(clew: Clew) -> None:
    done = clew("who-can", "demo", "s3:GetObject", "my.bucket.name")
    assert "my.bucket.name" in done.err + done.out
    assert "Give [SCAN]" not in done.err
