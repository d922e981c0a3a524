"""Users, groups, applications and service principals, and what is known of those unread."""

import json
from collections.abc import Callable

import pytest
from clew.graph.model import Status
from servers.json_replay import JsonReplay
from support.clouds import Scanned

Scan = Callable[[], Scanned]

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
GRAPH = "00000003-0000-0000-c000-000000000000"
NORTHLIGHT = "c1000000-0000-4000-8000-000000000003"


def test_the_tenant_is_read_whole(entra: JsonReplay, scanned: Scan) -> None:
    found = scanned()
    assert found.names("EntraUser") == {
        "Ada Brook",
        "Ben Osei",
        "Chloe Tran",
        "Dmitri Volk",
        "Eve Lindqvist",
        "Farid Haddad",
        "Grace Ito",
        "Henry Okafor",
        "Iris Novak",
        "Judith Meyer",
    }
    assert found.names("EntraGroup") == {
        "Cloud Admins",
        "Platform Engineers",
        "On-call",
        "Store Managers",
    }
    assert found.names("EntraApplication") == {"shop-api", "deploy-bot", "build-runner"}
    assert found.names("EntraServicePrincipal") == {
        "Microsoft Graph",
        "shop-api",
        "deploy-bot",
        "Northlight Monitor",
        "shop-deploy",
        "shop-deployer",
        "build-runner",
    }
    assert found.incomplete() == set()
    assert not entra.not_recorded


def test_users_say_what_graph_tells_only_when_asked(entra: JsonReplay, scanned: Scan) -> None:
    found = scanned()
    users = {
        each.name: each.model_dump()
        for each in found.collected.resources
        if each.label == "EntraUser"
    }
    assert {name for name, user in users.items() if not user["account_enabled"]} == {"Dmitri Volk"}
    assert {name for name, user in users.items() if user["user_type"] == "Guest"} == {
        "Eve Lindqvist"
    }
    synchronised = {name for name, user in users.items() if user["on_premises_sync_enabled"]}
    assert synchronised == {"Farid Haddad"}


def test_members_and_owners_lead_to_whoever_they_are(entra: JsonReplay, scanned: Scan) -> None:
    found = scanned()
    assert found.edges("MEMBER_OF", target="EntraGroup") == {
        ("Ada Brook", "Cloud Admins"),
        ("Ben Osei", "Platform Engineers"),
        ("Chloe Tran", "Platform Engineers"),
        ("On-call", "Platform Engineers"),
        ("Dmitri Volk", "On-call"),
        ("Eve Lindqvist", "On-call"),
        ("deploy-bot", "On-call"),
        ("Iris Novak", "Store Managers"),
    }
    assert found.edges("OWNED_BY", "EntraApplication") == {
        ("shop-api", "Chloe Tran"),
        ("deploy-bot", "Ben Osei"),
    }
    assert ("Platform Engineers", "shop-api") in found.edges("OWNED_BY", "EntraGroup")


def test_app_roles_are_read_by_their_names(entra: JsonReplay, scanned: Scan) -> None:
    found = scanned()
    assert found.edges("GRANTED_TO", "EntraAppRoleAssignment") == {
        ("AppRoleAssignment.ReadWrite.All of shop-deployer", "shop-deployer"),
        ("RoleManagement.ReadWrite.Directory of deploy-bot", "deploy-bot"),
        ("Application.ReadWrite.All of deploy-bot", "deploy-bot"),
        ("Directory.Read.All of Northlight Monitor", "Northlight Monitor"),
        ("User.Read.All of shop-api", "shop-api"),
        ("Orders.Read.All of Platform Engineers", "Platform Engineers"),
        ("Orders.Read.All of deploy-bot", "deploy-bot"),
        ("access of Eve Lindqvist", "Eve Lindqvist"),
    }
    assert ("access of Eve Lindqvist", "shop-api") in found.edges("GRANTS_ON")


def test_an_application_of_another_tenant_is_known_to_be_there(
    entra: JsonReplay, scanned: Scan
) -> None:
    assert scanned().edges("RUNS_AS") == {
        ("shop-api", "shop-api"),
        ("deploy-bot", "deploy-bot"),
        ("build-runner", "build-runner"),
        (f"{GRAPH}!CROSS_ACCOUNT", "Microsoft Graph"),
        (f"{NORTHLIGHT}!CROSS_ACCOUNT", "Northlight Monitor"),
    }


def test_applications_say_whose_tokens_they_trust_and_keep_no_secret(
    entra: JsonReplay, scanned: Scan
) -> None:
    found = scanned()
    bot = found.named("EntraApplication", "deploy-bot").model_dump()
    trusted = found.named("EntraFederatedIdentityCredential", "github-main").model_dump()
    assert ("github-main", "deploy-bot") in found.edges("PART_OF")
    assert (trusted["issuer"], trusted["subject"], trusted["audiences"]) == (
        "https://token.actions.githubusercontent.com",
        "repo:clew-example/shop:ref:refs/heads/main",
        ["api://AzureADTokenExchange"],
    )
    assert trusted["claims_matching_expression"] == ""
    assert bot["secret_expiries"] == ["2099-12-31T00:00:00Z", "2023-02-01T00:00:00Z"]
    everything = json.dumps([each.model_dump() for each in found.collected.resources])
    assert "x8~" not in everything  # the hint of a secret


def test_members_that_may_not_be_read_are_unread_for_that_group(
    entra: JsonReplay, scanned: Scan
) -> None:
    entra.deny("groups/b0000000-0000-4000-8000-000000000001/members")
    found = scanned()
    assert found.incomplete() == set()
    assert ("(unread members)!UNREADABLE", "Cloud Admins") in found.edges("MEMBER_OF")
    assert ("Ben Osei", "Platform Engineers") in found.edges("MEMBER_OF")
    record = found.coverage("groups/{id}/members")
    assert (record.status, record.code) == (Status.DENIED, "Authorization_RequestDenied")


def test_a_denied_listing_makes_its_targets_unreadable(entra: JsonReplay, scanned: Scan) -> None:
    entra.deny("/v1.0/users")
    entra.deny("d0000000-0000-4000-8000-000000000001/appRoleAssignedTo")
    found = scanned()
    assert found.incomplete() == {"EntraUser", "EntraAppRoleAssignment"}
    ada = "a0000000-0000-4000-8000-000000000001"
    assert (f"{ada}!UNREADABLE", "Cloud Admins") in found.edges("MEMBER_OF")
    assert ("Orders.Read.All of deploy-bot", "deploy-bot") in found.edges("GRANTED_TO")


def test_a_member_that_is_gone_is_not_found(entra: JsonReplay, scanned: Scan) -> None:
    path = "/v1.0/groups/b0000000-0000-4000-8000-000000000001/members"
    gone = {"@odata.type": "#microsoft.graph.user", "id": "a0000000-0000-4000-8000-00000000dead"}
    device = {
        "@odata.type": "#microsoft.graph.device",
        "id": "a1000000-0000-4000-8000-000000000001",
    }
    entra._answers[path] = {"value": [gone, device]}
    found = scanned()
    assert (f"{gone['id']}!NOT_FOUND", "Cloud Admins") in found.edges("MEMBER_OF")
    assert found.edges("MEMBER_OF", "EntraDevice", "EntraGroup") == {
        (
            f"{device['id']}!NOT_FOUND",
            "Cloud Admins",
        )
    }


def test_throttling_is_waited_for_and_ends(entra: JsonReplay, scanned: Scan) -> None:
    entra.throttle("/v1.0/applications?", times=1)
    entra.throttle("/v1.0/servicePrincipals?")
    found = scanned()
    assert found.incomplete() == {"EntraServicePrincipal", "EntraAppRoleAssignment"}
    assert found.coverage("servicePrincipals").status == Status.THROTTLED
    calls = [call for call in entra.calls if call.path == "/v1.0/servicePrincipals"]
    assert len(calls) == 3


GROUP = "groups/b0000000-0000-4000-8000-000000000001/members"


@pytest.mark.parametrize("asked", ["/v1.0/$batch", GROUP])
def test_a_throttled_batch_or_a_part_of_one_is_waited_for(
    entra: JsonReplay, scanned: Scan, asked: str
) -> None:
    unthrottled = scanned()
    entra.reset()
    entra.throttle(asked, times=2)
    found = scanned()
    assert [call.status for call in entra.calls].count(429) == 2
    assert found.collected.resources == unthrottled.collected.resources
    assert found.collected.coverage == unthrottled.collected.coverage
    assert found.incomplete() == set()


def test_a_part_of_a_batch_that_is_always_throttled_is_unread_alone(
    entra: JsonReplay, scanned: Scan
) -> None:
    entra.throttle(GROUP)
    found = scanned()
    assert found.coverage("groups/{id}/members").status == Status.THROTTLED
    assert ("(unread members)!UNREADABLE", "Cloud Admins") in found.edges("MEMBER_OF")
    assert ("Ben Osei", "Platform Engineers") in found.edges("MEMBER_OF")
    calls = [call for call in entra.calls if call.path == f"/v1.0/{GROUP}"]
    assert [call.status for call in calls] == [429, 429, 429]


@pytest.mark.parametrize("asked", ["/v1.0/applications?", GROUP])
def test_what_takes_too_long_is_not_waited_for(
    entra: JsonReplay, scanned: Scan, asked: str
) -> None:
    entra.retry_after = 3600
    entra.throttle(asked)
    found = scanned()
    assert [call.status for call in entra.calls].count(429) == 1
    assert Status.THROTTLED in {each.status for each in found.collected.coverage}


def test_batches_that_are_always_throttled_leave_nothing_whole(
    entra: JsonReplay, scanned: Scan
) -> None:
    entra.throttle("/v1.0/$batch")
    found = scanned()
    assert found.coverage("groups/{id}/members").status == Status.THROTTLED
    assert ("(unread members)!UNREADABLE", "Cloud Admins") in found.edges("MEMBER_OF")
    assert ("(unread members)!UNREADABLE", "Platform Engineers") in found.edges("MEMBER_OF")
    assert "EntraAppRoleAssignment" in found.incomplete()
