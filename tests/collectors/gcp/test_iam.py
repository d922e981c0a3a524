"""The tree above projects, who holds which role where, and what limits it, from a replayed
organization."""

import json
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.gcp import session
from clew.collectors.gcp.session import ENDPOINT, GCPOptions, connect
from clew.graph.model import Status
from servers.json_replay import ESTATE, GCP, JsonReplay, load_estate
from support.clouds import Scanned, scan

RESOURCE_MANAGER = "//cloudresourcemanager.googleapis.com"
ORGANIZATION = f"{RESOURCE_MANAGER}/organizations/345678901234"


@pytest.fixture
def gcp(gcp_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    return _named(gcp_replay, monkeypatch)


def _named(replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    monkeypatch.setenv(ENDPOINT, replay.url)
    monkeypatch.setattr(session, "PATIENCE", 3.0)
    return replay


def scanned(folder: Path, *projects: str) -> Scanned:
    return scan(folder, connect(GCPOptions(projects)))


def resources(found: Scanned) -> dict[str, dict[str, Any]]:
    return {each.id: each.model_dump() for each in found.collected.resources}


def test_projects_lie_in_folders_and_an_organization(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("PART_OF", "GCPProject") == {
        ("clew-prod", "Shop"),
        ("clew-dev", "clew.example"),
    }
    assert found.edges("PART_OF", "GCPFolder") == {("Shop", "clew.example")}
    organization = found.named("GCPOrganization", "clew.example").model_dump()
    assert (organization["id"], organization["customer_id"]) == (ORGANIZATION, "C0clew001")
    assert found.incomplete() == set()
    assert not gcp.not_recorded


def test_what_is_above_a_project_is_there_even_if_it_may_not_be_read(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    gcp.deny("/v3/folders/456789012345")
    found = scanned(tmp_path, "clew-prod")
    (folder,) = [each for each in found.collected.resources if each.label == "GCPFolder"]
    assert (folder.name, folder.model_dump()["state"]) == (None, None)
    assert found.edges("PART_OF", "GCPFolder") == {("None", "clew.example")}


def test_roles_are_held_by_members_on_scopes(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("GRANTED_TO", target="GCPServiceAccount") == {
        ("projects/clew-prod/roles/shopDeployer", "deployer@clew-prod.iam.gserviceaccount.com"),
        ("roles/editor", "123456789012-compute@developer.gserviceaccount.com"),
        (
            "roles/editor",
            "123456789012@cloudservices.gserviceaccount.com!CROSS_ACCOUNT",
        ),
        ("roles/editor", "deployer@clew-prod.iam.gserviceaccount.com"),
        (
            "roles/iam.serviceAccountTokenCreator",
            "shop-app@clew-prod.iam.gserviceaccount.com",
        ),
        ("roles/owner", "order-loader@clew-dev.iam.gserviceaccount.com"),
    }
    assert found.edges("GRANTED_TO", target="GCPGroup") == {
        ("roles/compute.viewer", "Engineers"),
        ("roles/editor", "Engineers"),
        ("roles/resourcemanager.organizationAdmin", "Cloud Admins"),
    }
    assert ("roles/iam.serviceAccountUser", "etl@clew-dev.iam.gserviceaccount.com") in found.edges(
        "GRANTS_ON", target="GCPServiceAccount"
    )
    assert found.edges("GRANTS_ON", target="GCPFolder") == {
        ("roles/compute.viewer", "Shop"),
        ("roles/editor", "Shop"),
    }
    assert ("organizations/345678901234/roles/policySteward", "Policy Steward") in found.edges(
        "GRANTS_ROLE"
    )


def test_conditions_and_deleted_members_are_kept(gcp: JsonReplay, tmp_path: Path) -> None:
    bindings = [
        each
        for each in resources(scanned(tmp_path)).values()
        if "digest" in each and each["scope"].endswith(("folders/456789012345", "clew-prod"))
    ]
    by_role = {(each["name"], each["condition_title"]): each for each in bindings}
    until = by_role["roles/editor", "Until 2027"]
    assert until["condition"] == 'request.time < timestamp("2027-01-01T00:00:00Z")'
    viewer = by_role["roles/viewer", ""]
    assert viewer["principals"] == ["user:eve@partner.example"]
    assert viewer["members"][0].startswith("deleted:serviceAccount:importer@")


def test_groups_have_members_and_groups_in_them(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("MEMBER_OF", target="GCPGroup") == {
        ("ada@clew.example", "Cloud Admins"),
        ("ben@clew.example", "Engineers"),
        ("On-call", "Engineers"),
        ("dmitri@clew.example", "On-call"),
        ("shop-app@clew-prod.iam.gserviceaccount.com", "On-call"),
    }
    on_call = found.named("GCPGroup", "On-call").model_dump()
    assert on_call["expiring_members"] == ["user:dmitri@clew.example=2026-12-31T00:00:00Z"]


def test_who_is_in_an_unread_group_is_unknown(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.deny("groups/02/memberships")
    found = scanned(tmp_path)
    assert found.named("GCPGroup", "Engineers").model_dump()["members"] is None
    gcp.deny("cloudidentity.googleapis.com/v1/groups")
    found = scanned(tmp_path / "none")
    assert found.incomplete() == {"GCPGroup"}
    assert ("roles/editor", "group:engineers@clew.example!UNREADABLE") not in found.edges("-")
    group = found.graph.nodes["group:engineers@clew.example"]
    assert (group.label, group.missing) == ("GCPGroup", "UNREADABLE")


def test_denials_have_their_rules_and_their_exceptions(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    policy = found.named("GCPDenyPolicy", "No keys in production").model_dump()
    assert policy["id"] == f"{ORGANIZATION}/denyPolicies/no-keys"
    (rule,) = json.loads(policy["rules"])
    assert rule["deniedPermissions"] == ["iam.googleapis.com/serviceAccountKeys.create"]
    assert found.edges("BOUNDED_BY", target="GCPDenyPolicy") == {
        ("clew.example", "No keys in production"),
        ("allUsers", "No keys in production"),
    }
    assert found.edges("EXCLUDES") == {("No keys in production", "Cloud Admins")}


def test_a_denial_whose_rules_are_unread_may_deny_anything(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.deny("denypolicies/no-keys")
    policy = scanned(tmp_path).named("GCPDenyPolicy", "No keys in production").model_dump()
    assert (policy["rules"], policy["principals"], policy["excluded"]) == (None, None, None)


def test_boundaries_hold_for_sets_of_principals(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("HAS_POLICY") == {("CI stays within", "Own organization only")}
    assert found.edges("COVERS", "GCPPrincipalAccessBoundary") == {
        ("Own organization only", "clew.example")
    }
    assert found.edges("COVERS", "GCPPrincipalAccessBoundaryBinding") == {
        ("CI stays within", "ci-pool")
    }


def test_pools_say_whose_tokens_they_take(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    github = found.named("GCPWorkloadIdentityProvider", "github").model_dump()
    assert github["issuer"] == "https://token.actions.githubusercontent.com"
    assert github["attribute_condition"] == "assertion.repository_owner == 'clew-example'"
    assert "attribute.repository=assertion.repository" in github["attribute_mapping"]
    pools = "//iam.googleapis.com/projects/clew-prod/locations/global/workloadIdentityPools"
    aws = found.graph.nodes[f"{pools}/ci-pool/providers/aws-prod"].model_dump()
    assert (aws["aws_account"], aws["issuer"]) == ("111122223333", "")
    assert found.edges("PART_OF", "GCPWorkforceProvider") == {("entra", "clew-staff")}
    assert found.edges("MEMBER_OF", "GCPFederatedPrincipal") == {
        ("clew-example/shop", "ci-pool"),
        ("arn:aws:sts::111122223333:assumed-role/order-feed", "feeds"),
        # Of a cluster's own pool no listing tells.
        ("ns/shop/sa/web", "clew-prod.svc.id.goog!UNREADABLE"),
    }


def test_keys_belong_to_service_accounts(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert {target for _, target in found.edges("PART_OF", "GCPServiceAccountKey")} == {
        "deployer@clew-prod.iam.gserviceaccount.com",
        "etl@clew-dev.iam.gserviceaccount.com",
    }
    disabled = [
        each["name"]
        for each in resources(found).values()
        if each.get("disabled") and "email" in each
    ]
    assert disabled == ["retired@clew-prod.iam.gserviceaccount.com"]


def test_constraints_and_tags_stand_where_they_were_set(gcp: JsonReplay, tmp_path: Path) -> None:
    found = scanned(tmp_path)
    assert found.edges("BOUNDED_BY", target="GCPOrgPolicy") == {
        ("clew.example", "compute.requireOsLogin"),
        ("clew.example", "iam.allowedPolicyMemberDomains"),
        ("Shop", "storage.publicAccessPrevention"),
        ("clew-prod", "iam.disableServiceAccountKeyCreation"),
    }
    enforced = {
        each["name"]: each["enforced"]
        for each in resources(found).values()
        if "inherit_from_parent" in each
    }
    assert enforced == {
        "compute.requireOsLogin": True,
        "iam.allowedPolicyMemberDomains": False,
        "storage.publicAccessPrevention": False,
        "iam.disableServiceAccountKeyCreation": True,
    }
    assert found.edges("MEMBER_OF", "GCPProject") == {("clew-prod", "281475000000011")}
    assert found.edges("MEMBER_OF", "GCPTagBinding") == {("281475000000011", "prod")}


def test_without_asset_inventory_products_tell_the_same_and_the_coverage_says_so(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    whole = scanned(tmp_path / "whole")
    for code, status in (("forbidden", Status.DENIED), ("SERVICE_DISABLED", Status.UNSUPPORTED)):
        gcp.reset()
        gcp.deny("cloudasset", code=code)
        found = scanned(tmp_path / code)
        now, before = resources(found), resources(whole)
        assert all(now[each] == before[each] for each in now)
        # What only Asset Inventory tells, roles on other resources among it, is not "none".
        lost = {each.label for each in whole.collected.resources if each.id not in now}
        assert lost == {
            "GCPBigQueryDataset",
            "GCPComposerEnvironment",
            "GCPCryptoKey",
            "GCPDataprocCluster",
            "GCPKeyRing",
            "GCPPolicyBinding",
        }
        assert lost <= found.incomplete()
        ended = {
            (each.operation, each.status)
            for each in found.collected.coverage
            if each.service == "iam" and each.account == "clew-prod"
        }
        assert {("assets.list", status), ("serviceAccounts.list", Status.OK)} <= ended


def test_an_organization_is_asked_once_and_its_projects_where_it_refuses(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    whole = scanned(tmp_path / "whole")
    asked = {call.path for call in gcp.calls if "cloudasset" in call.path}
    assert asked == {"/cloudasset.googleapis.com/v1/organizations/345678901234/assets"}
    gcp.deny("organizations/345678901234/assets")
    found = scanned(tmp_path / "projects")
    assert resources(found) == resources(whole)
    assert found.incomplete() == set()
    named = scanned(tmp_path / "named", "clew-prod", "clew-dev")
    assert resources(named) == resources(whole)


def test_where_the_tree_is_unknown_what_it_hands_down_is_not_none(
    gcp: JsonReplay, tmp_path: Path
) -> None:
    gcp.deny("getAncestry")
    found = scanned(tmp_path)
    assert found.incomplete() >= {
        "GCPOrganization",
        "GCPFolder",
        "GCPPolicyBinding",
        "GCPDenyPolicy",
        "GCPPrincipalAccessBoundary",
        "GCPOrgPolicy",
        "GCPGroup",
        "GCPRole",
        "GCPTagKey",
    }
    assert "GCPServiceAccount" not in found.incomplete()


def test_what_is_above_projects_is_unread_for_each_of_them(gcp: JsonReplay, tmp_path: Path) -> None:
    gcp.deny("organizations/345678901234:getIamPolicy")
    found = scanned(tmp_path)
    assert "GCPPolicyBinding" in found.incomplete("clew-prod") & found.incomplete("clew-dev")
    asked = [call for call in gcp.calls if call.path.endswith("345678901234:getIamPolicy")]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "spoiled",
    [
        {"assets": [], "nextPageToken": ""},
        {"readTime": "2026-01-01T00:00:00Z", "assets": [{"name": "x"}]},
        {"readTime": "2026-01-01T00:00:00Z", "assets": {}},
    ],
)
def test_a_spoiled_inventory_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoiled: Any
) -> None:
    estate = load_estate(ESTATE / "gcp")
    estate["/cloudasset.googleapis.com/v1/projects/clew-dev/assets"] = spoiled
    with JsonReplay(GCP, estate) as replay:
        _named(replay, monkeypatch)
        found = scanned(tmp_path, "clew-dev")
    failed = {each.service for each in found.collected.coverage if each.code == "MalformedAnswer"}
    assert {"iam", "iam-policies"} <= failed
    assert "GCPPolicyBinding" in found.incomplete()
