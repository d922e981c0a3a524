"""Service accounts that are administrators, and keys of theirs."""

from typing import Any

import pytest
from clew.collectors.gcp.iam import ServiceAccount, ServiceAccountKey
from clew.collectors.gcp.iam_policies import PolicyBinding
from support import judging
from support.access_verdicts import verdicts
from support.gcp_estates import PROJECT, TREE, estate, organization, project, resource
from support.gcp_worlds import GCPWorld

ADMIN = "iam_sa_no_administrative_privileges"
KEYS = "service_account_key_of_admin"
SA = "serviceAccount:a@p.iam.gserviceaccount.com"
NEVER = "9999-12-31T23:59:59Z"


def world(
    role: str, permissions: list[str] | None = None, on: str = "projects/p", **grant: Any
) -> tuple[GCPWorld, str]:
    """An account that holds a role."""
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("folders/f", "organizations/o")
    found.scope("projects/p", "folders/f")
    account = found.principal(SA)
    if role:
        found.role(permissions, role)
    scope = f"//cloudresourcemanager.googleapis.com/{on}"
    if on.startswith("//"):
        scope = found.resource("GCPBucket", on, "p")
    members = grant.pop("members", [SA])
    found.grant(members, permissions, scope, role=role, **grant)
    return found, account


def with_key(found: GCPWorld, account: str, **fields: Any) -> GCPWorld:
    known = {"key_type": "USER_MANAGED", "disabled": False, "valid_before": NEVER, **fields}
    key = found.resource("GCPServiceAccountKey", f"{account}/keys/k", "p", **known)
    found.graph.add_edge(key, account, rel="PART_OF", via="service_account")
    return found


@pytest.mark.parametrize(
    ("given", "admin", "key"),
    [
        (("roles/owner", ["resourcemanager.projects.setIamPolicy"]), "FAIL", "FAIL"),
        (("roles/editor", ["storage.buckets.create"]), "FAIL", "FAIL"),
        (("roles/editor", ["storage.buckets.create"], "organizations/o"), "FAIL", "FAIL"),
        (("roles/storage.admin", ["storage.buckets.create"]), "FAIL", "PASS"),
        (("projects/p/roles/r", ["resourcemanager.projects.setIamPolicy"]), "FAIL", "FAIL"),
        (
            ("roles/r", ["resourcemanager.folders.setIamPolicy"], "folders/f"),
            "FAIL",
            "FAIL",
        ),
        (("projects/p/roles/r", None), "MANUAL", "MANUAL"),
        (("roles/viewer", ["storage.buckets.list"]), "PASS", "PASS"),
        (
            ("roles/storage.admin", ["storage.objects.get"], "//storage.googleapis.com/b"),
            "PASS",
            "PASS",
        ),
    ],
)
def test_some_roles_make_an_administrator(given: Any, admin: str, key: str) -> None:
    found, account = world(*given)
    assert verdicts(ADMIN, found)[SA.partition(":")[2]] == admin
    assert verdicts(KEYS, with_key(found, account))["k"] == key


@pytest.mark.parametrize("check", [ADMIN, KEYS])
def test_conditions_groups_and_everybody(check: str) -> None:
    def verdict(*unlisted: str, **grant: Any) -> str:
        found, account = world("roles/owner", ["resourcemanager.projects.setIamPolicy"], **grant)
        found.group("known@x", [account])
        found.group("unread@x", None)
        (verdict,) = verdicts(check, with_key(found, account), *unlisted).values()
        return verdict

    assert verdict(condition='request.host == "x"') == "MANUAL"
    assert verdict(members=["group:known@x"]) == "FAIL"
    assert verdict(members=["group:unread@x"]) == "MANUAL"
    assert verdict(members=["allAuthenticatedUsers"]) == "FAIL"
    assert verdict(members=["user:u@x"]) == "PASS"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "FAIL"),
        ({"disabled": True}, "PASS"),
        ({"disabled": None}, "MANUAL"),
        ({"valid_before": "2025-01-01T00:00:00Z"}, "PASS"),
        ({"key_type": "SYSTEM_MANAGED"}, None),
    ],
)
def test_a_key_must_open_something(fields: Any, expected: str | None) -> None:
    found, account = world("roles/owner", ["resourcemanager.projects.setIamPolicy"])
    assert verdicts(KEYS, with_key(found, account, **fields)).get("k") == expected


def test_a_denial_stops_what_the_role_allows() -> None:
    found, account = world("roles/r", ["resourcemanager.projects.setIamPolicy"])
    with_key(found, account)
    denied = "cloudresourcemanager.googleapis.com/projects.setIamPolicy"
    scope = "//cloudresourcemanager.googleapis.com/projects/p"
    found.deny(["principalSet://goog/public:all"], [denied], scope)
    assert verdicts(KEYS, found)["k"] == "PASS"
    assert verdicts(KEYS, with_key(*world("roles/owner", [])), "GCPDenyPolicy")["k"] == "FAIL"


def test_a_disabled_account_passes() -> None:
    found, account = world("roles/owner", ["resourcemanager.projects.setIamPolicy"])
    found.graph.nodes[account]["disabled"] = True
    with_key(found, account)
    assert verdicts(ADMIN, found)[SA.partition(":")[2]] == "PASS"
    assert verdicts(KEYS, found)["k"] == "PASS"


def test_a_scan_keeps_times_as_texts() -> None:
    """The same on an estate that was stored and loaded again."""
    id_ = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/a"
    account = resource(ServiceAccount, id_, name="a", email="a@x.example", disabled=False)
    keys = [
        resource(
            ServiceAccountKey,
            f"{id_}/keys/{year}",
            service_account=id_,
            key_type="USER_MANAGED",
            valid_before=f"{year}-12-31T23:59:59Z",
            disabled=False,
        )
        for year in (2020, 9999)
    ]
    scope = f"{TREE}projects/{PROJECT}"
    binding = resource(
        PolicyBinding,
        f"{scope}/iamPolicyBindings/b",
        name="roles/owner",
        scope=scope,
        members=["serviceAccount:a@x.example"],
        principals=[id_],
        condition="",
    )
    found = judging.verdicts(
        KEYS, estate(organization(), project(PROJECT), account, binding, *keys)
    )
    assert found["9999"] == "FAIL"
    assert found["2020"] in ("PASS", "FAIL")  # when the scan began is not known here
