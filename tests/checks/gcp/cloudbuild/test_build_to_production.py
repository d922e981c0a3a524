"""Builds that others write and that change production."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.access_verdicts import verdicts
from support.gcp_worlds import TREE, GCPWorld

CHECK = "build_to_production"
BUILDER = "serviceAccount:build@p.iam.gserviceaccount.com"
WRITE, READ = ["run.services.update"], ["run.services.get"]


def world(
    permissions: list[str] | None = None,
    on: str = "projects/q",
    *,
    repository: str | None = "https://github.com/org/app",
    labels: list[str] | None = (),  # type: ignore[assignment]
    **fields: Any,
) -> GCPWorld:
    """A trigger whose account holds a role on another project."""
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o", tags=[])
    found.scope("projects/q", "organizations/o", tags=None if labels is None else list(labels))
    found.scope("projects/prod", "organizations/o", tags=["env=production"])
    account = found.principal(BUILDER)
    known = {
        "disabled": False,
        "github_repository": repository,
        "connected_repository": "",
    }
    trigger = found.resource(
        "GCPCloudBuildTrigger",
        "//cloudbuild.googleapis.com/projects/p/triggers/t",
        "p",
        **(known | fields),
    )
    found.graph.add_edge(trigger, account, rel="RUNS_AS", via="service_account")
    found.grant([BUILDER], permissions, f"{TREE}{on}")
    return found


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (world(WRITE, "projects/prod"), "FAIL"),
        (world(WRITE, "organizations/o"), "FAIL"),
        (world(READ, "projects/prod"), "PASS"),
        (world(WRITE, "projects/q"), "PASS"),
        (world(WRITE, "projects/q", labels=None), "MANUAL"),
        (world(WRITE, "projects/q", labels=["env=prod"]), "FAIL"),
        (world(WRITE, "projects/prod", repository=""), "PASS"),
        (world(WRITE, "projects/prod", repository=None), "MANUAL"),
        (world(WRITE, "projects/prod", disabled=True), "PASS"),
        (world(None, "projects/prod"), "MANUAL"),
    ],
)
def test_others_change_production_by_a_build(found: GCPWorld, expected: str) -> None:
    assert verdicts(CHECK, found) == {"t": expected}


def test_who_edits_the_trigger_writes_the_build() -> None:
    found = world(WRITE, "projects/prod", repository="")
    found.grant([found.principal("user:u@x")], ["cloudbuild.builds.update"], f"{TREE}projects/p")
    assert verdicts(CHECK, found) == {"t": "FAIL"}


def test_an_account_that_was_not_scanned_is_manual() -> None:
    found = world(WRITE, "projects/prod")
    (account,) = (each for each in found.graph if each.endswith(BUILDER.partition(":")[2]))
    found.graph.nodes[account]["missing"] = MissingReason.CROSS_ACCOUNT
    assert verdicts(CHECK, found) == {"t": "MANUAL"}
