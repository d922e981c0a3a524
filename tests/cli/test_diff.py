"""``clew diff`` over the demo, and the demo with one policy changed."""

import json
from pathlib import Path

import pytest
from clew.collectors.scan import Collected
from clew.graph.snapshot import Snapshot
from clew.scans.bundled import open_demo
from clew.scans.diff_documents import DiffAnswer
from support.rebuilding import rebuilt

from .conftest import Clew

HUGO = "arn:aws:iam::111122223333:user/hugo"
POLICY = f"{HUGO}/inline_policy/onboarding"
HARMLESS = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The demo with another policy for one user."""

    def change(collected: Collected) -> None:
        for place, resource in enumerate(collected.resources):
            if resource.id == POLICY:
                document = json.dumps({"Statement": [HARMLESS]})
                changed = resource.model_copy(update={"document": document})
                collected.resources[place] = changed

    return rebuilt(open_demo(), tmp_path_factory.mktemp("changed") / "scan", change)


def test_one_changed_policy_cuts_paths_and_is_named(clew: Clew, changed: Snapshot) -> None:
    before = clew("paths", "demo", "-f", "json").json["paths"]
    after = clew("paths", changed.path, "-f", "json").json["paths"]
    done = clew("diff", "demo", changed.path, "-f", "json", "--fail-on-new-path")
    assert done.code == 0
    answer = DiffAnswer.model_validate(done.json)
    assert [(each.change, each.id) for each in answer.resources] == [("changed", POLICY)]
    (field,) = answer.resources[0].fields
    assert field.name == "document"
    assert field.parts
    removed = [each for each in answer.paths if each.change == "removed"]
    assert removed
    assert len(removed) == len(before) - len(after)
    assert {each.change for each in answer.paths} == {"removed"}
    for each in removed:
        assert each.hop is not None
        cut = each.path.hops[each.hop]
        assert POLICY in {statement.policy for statement in cut.statements}
        assert each.why
        assert all("onboarding" in why and "Statement" in why for why in each.why)
    assert {each.source for each in answer.edges} == {HUGO}
    assert {each.change for each in answer.edges} <= {"removed", "changed"}
    # What of the account was not read may let somebody do the same: some are MANUAL, not PASS.
    assert {each.change for each in answer.findings} <= {"resolved", "undecided"}
    assert {each.old_status for each in answer.findings} == {"FAIL"}


def test_the_other_way_round_the_paths_are_new(clew: Clew, changed: Snapshot) -> None:
    done = clew("diff", changed.path, "demo", "--only", "paths", "--fail-on-new-path")
    assert done.code == 3
    assert done.out.startswith("Attack paths: ")
    assert " new" in done.out.splitlines()[0]
    assert "onboarding" in done.out


def test_findings_that_fail_now_end_a_pipeline(clew: Clew, changed: Snapshot) -> None:
    only = ("--only", "findings", "-f", "json")
    back = clew("diff", changed.path, "demo", *only)
    failing = [each for each in back.json["findings"] if each["change"] == "failing"]
    assert failing
    assert back.code == 0
    severity = failing[0]["finding"]["severity"]
    assert clew("diff", changed.path, "demo", *only, "--fail-on-new", severity).code == 3
    assert clew("diff", "demo", changed.path, *only, "--fail-on-new", "low").code == 0


def test_nothing_changed_is_said(clew: Clew) -> None:
    done = clew("diff", "demo", "demo")
    assert (done.code, done.out) == (0, "")
    assert "Nothing changed in what both scans read." in done.err


def test_markdown_escapes_what_others_wrote(clew: Clew, changed: Snapshot, tmp_path: Path) -> None:
    file = tmp_path / "change.md"
    done = clew("diff", "demo", changed.path, "-f", "markdown", "-o", file, "--only", "paths")
    assert done.code == 0
    lines = file.read_text().splitlines()
    assert lines[0].startswith("## Changes from ")
    assert any(line.startswith("- **gone** ") for line in lines)


def test_a_scan_that_there_is_not_is_an_error(clew: Clew) -> None:
    done = clew("diff", "demo", "nowhere")
    assert done.code == 2
    assert "There is no scan 'nowhere'" in done.err
