"""Who enters an instance that edits its project."""

from typing import Any

import pytest
from support.access_verdicts import verdicts
from support.gcp_worlds import GCPWorld

CHECK = "project_editor_through_default_account"
PROJECT = "//cloudresourcemanager.googleapis.com/projects/p"
VM = "//compute.googleapis.com/projects/p/zones/z/instances/vm"
DEFAULT = "serviceAccount:1-compute@developer.gserviceaccount.com"
ENTER = ["compute.instances.osLogin", "iam.serviceAccounts.actAs"]
SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def verdict(
    *grants: tuple[Any, Any, str], scopes: Any = (SCOPE,), editor: Any = "", unlisted: str = ""
) -> str:
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    found.resource("GCPInstance", VM, "p", scopes=None if scopes is None else list(scopes))
    account = found.resource(
        "GCPServiceAccount",
        "//iam.googleapis.com/projects/p/serviceAccounts/1-compute@developer.gserviceaccount.com",
        "p",
        email=DEFAULT.partition(":")[2],
        disabled=False,
    )
    found.graph.add_edge(VM, account, rel="RUNS_AS", via="service_accounts")
    found.principal("user:u@x")
    found.group("unread@x", None)
    found.role(["compute.instances.create"], "roles/editor")
    if editor is not None:
        found.grant([DEFAULT], None, PROJECT, role="roles/editor", condition=editor)
    for member, permissions, role in grants:
        found.grant([member], permissions, PROJECT, role=role)
    return verdicts(CHECK, found, unlisted)["vm"]


@pytest.mark.parametrize(
    ("grants", "given", "expected"),
    [
        ([("user:u@x", ENTER, "")], {}, "FAIL"),
        ([("user:u@x", ENTER, "")], {"scopes": []}, "PASS"),
        ([("user:u@x", ENTER, "")], {"scopes": None}, "MANUAL"),
        ([("user:u@x", ENTER, "")], {"editor": None}, "PASS"),
        ([("user:u@x", ENTER, "")], {"editor": 'request.host == "x"'}, "MANUAL"),
        ([("user:u@x", ENTER[:1], "")], {}, "PASS"),
        ([("user:u@x", ENTER, ""), ("user:u@x", None, "roles/editor")], {}, "PASS"),
        ([("user:u@x", ENTER, ""), ("group:unread@x", None, "roles/editor")], {}, "MANUAL"),
        ([("group:unread@x", ENTER, "")], {}, "MANUAL"),
        ([("user:u@x", ["compute.instances.setMetadata", *ENTER[1:]], "")], {}, "FAIL"),
        ([], {}, "PASS"),
        ([], {"unlisted": "GCPPolicyBinding"}, "MANUAL"),
    ],
)
def test_nobody_else_than_editors_enters(grants: Any, given: Any, expected: str) -> None:
    assert verdict(*grants, **given) == expected
