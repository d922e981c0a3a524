"""What a scan tells of each further kind of thing in the demo's tenant."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from clew.graph.model import Status
from servers.json_replay import ESTATE, JsonReplay, load_estate
from support.clouds import Scanned

Scan = Callable[[], Scanned]


def test_roles_lead_to_who_holds_them_and_over_what(scanned: Scan) -> None:
    found = scanned()
    assert found.edges("GRANTED_TO", "EntraRoleAssignment") == {
        ("Privileged Role Administrator", "Cloud Admins"),
        ("Global Administrator", "Judith Meyer"),
        ("Helpdesk Administrator", "Grace Ito"),
        ("User Administrator", "Iris Novak"),
        ("Directory Readers", "Northlight Monitor"),
        ("Credential keeper", "Chloe Tran"),
    }
    assert ("User Administrator", "Stores") in found.edges("GRANTS_ON", "EntraRoleAssignment")
    assert ("Credential keeper", "shop-api") in found.edges("GRANTS_ON", "EntraRoleAssignment")
    assert ("Global Administrator", "Clew Retail") in found.edges(
        "GRANTS_ON", "EntraRoleAssignment"
    )
    assert ("Helpdesk Administrator", "Helpdesk Administrator") in found.edges(
        "GRANTS_ROLE", "EntraRoleAssignment"
    )
    own = found.named("EntraRoleDefinition", "Credential keeper").model_dump()
    assert own["actions"] == ["microsoft.directory/applications/credentials/update"]
    assert own["is_built_in"] is False


def test_eligibility_says_what_activating_takes(scanned: Scan) -> None:
    found = scanned()
    assert found.edges("GRANTED_TO", "EntraRoleEligibility") == {
        ("Global Administrator", "Henry Okafor"),
        ("User Administrator", "Farid Haddad"),
    }
    assert found.edges("APPROVED_BY", "EntraRolePolicy") == {
        ("Global Administrator", "Ada Brook"),
        ("Global Administrator", "Cloud Admins"),
    }
    policy = found.named("EntraRolePolicy", "Global Administrator").model_dump()
    assert policy["requires_approval"] is True
    assert policy["requires"] == ["Justification", "MultiFactorAuthentication"]
    assert found.named("EntraRolePolicy", "User Administrator").model_dump()["approvers"] == []
    assert found.edges("GRANTED_TO", "EntraGroupEligibility") == {("eligible member", "Iris Novak")}
    assert found.edges("GRANTS_ON", "EntraGroupEligibility") == {
        ("eligible member", "Cloud Admins")
    }


def test_units_hold_their_members(scanned: Scan) -> None:
    found = scanned()
    assert found.edges("MEMBER_OF", target="EntraAdministrativeUnit") == {
        ("Eve Lindqvist", "Stores"),
        ("Farid Haddad", "Stores"),
        ("On-call", "Stores"),
        ("Judith Meyer", "Emergency access"),
    }
    restricted = found.named("EntraAdministrativeUnit", "Emergency access").model_dump()
    assert restricted["is_member_management_restricted"] is True


def test_conditional_access_says_whom_it_holds_for(scanned: Scan) -> None:
    found = scanned()
    label = "EntraConditionalAccessPolicy"
    assert found.edges("COVERS", label) == {
        ("Administrators prove it twice", "Global Administrator"),
        ("Administrators prove it twice", "Privileged Role Administrator"),
    }
    assert found.edges("EXCLUDES", label) == {
        ("Administrators prove it twice", "Judith Meyer"),
        ("Managed devices only", "Judith Meyer"),
        ("Managed devices only", "On-call"),
        ("Managed devices only", "Head office"),
    }
    assert found.edges("HAS_POLICY", label) == {
        ("Administrators prove it twice", "Phishing-resistant MFA")
    }
    everybody = found.named(label, "Managed devices only").model_dump()
    assert everybody["includes_all_users"] is True
    assert everybody["controls"] == ["compliantDevice"]
    assert everybody["all_locations"] is True


def test_what_holds_for_the_whole_tenant_is_read(scanned: Scan) -> None:
    found = scanned()
    users = found.named("EntraAuthorizationPolicy", "Authorization Policy").model_dump()
    assert users["users_may_create_applications"] is True
    methods = found.named("EntraAuthenticationMethodsPolicy", "Authentication Methods Policy")
    assert methods.model_dump()["methods_for_all"] == [
        "Fido2",
        "MicrosoftAuthenticator",
        "TemporaryAccessPass",
    ]
    assert (
        found.named("EntraSecurityDefaults", "Security Defaults").model_dump()["is_enabled"]
        is False
    )
    partner = "0b0b0b0b-2222-4333-8444-555566667777"
    assert found.edges("TRUSTS") == {(partner, f"{partner}!CROSS_ACCOUNT")}
    other = found.named("EntraCrossTenantPolicy", partner).model_dump()
    assert other["trusts_mfa"] is True
    assert other["synchronises_users_in"] is True
    stores = found.named("EntraDomain", "stores.clew.example").model_dump()
    assert stores["federation_issuer"] == "https://login.stores.clew.example/adfs/services/trust"
    assert found.named("EntraDomain", "clew.example").model_dump()["federation_issuer"] == ""


def test_access_packages_say_what_they_give_and_who_approves(scanned: Scan) -> None:
    found = scanned()
    assert found.edges("GRANTS_ON", "EntraAccessPackage") == {
        ("Platform starter", "Platform Engineers"),
        ("Cloud administration", "Cloud Admins"),
    }
    assert found.edges("APPROVED_BY", "EntraAccessPackagePolicy") == {("Engineers", "Ada Brook")}
    assert found.edges("GRANTED_TO", "EntraAccessPackagePolicy") == {
        ("Engineers", "Platform Engineers")
    }


def test_devices_and_consent_lead_to_users(scanned: Scan) -> None:
    found = scanned()
    assert ("LAPTOP-BEN", "Ben Osei") in found.edges("OWNED_BY", "EntraDevice")
    assert found.edges("PART_OF", "IntuneManagedDevice") == {
        ("LAPTOP-ADA", "LAPTOP-ADA"),
        ("LAPTOP-BEN", "LAPTOP-BEN"),
    }
    wide = found.named("EntraDelegatedGrant", "openid User.Read Mail.Read").model_dump()
    assert wide["consent_type"] == "AllPrincipals"
    assert wide["scopes"] == ["openid", "User.Read", "Mail.Read"]
    assert found.edges("COVERS", "EntraDelegatedGrant") == {("User.Read", "Chloe Tran")}


def test_a_missing_licence_is_said_and_never_none(entra: JsonReplay, scanned: Scan) -> None:
    entra.deny("roleEligibilityScheduleInstances", 400, "AadPremiumLicenseRequired")
    entra.deny("privilegedAccess/group", 400, "AadPremiumLicenseRequired")
    entra.deny(
        "userRegistrationDetails", 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    )
    answer = {
        "error": {"code": "BadRequest", "message": "Request not applicable to target tenant."}
    }
    entra._answers["/v1.0/deviceManagement/managedDevices"] = {"status": 400, "body": answer}
    found = scanned()
    assert found.incomplete() == {
        "EntraRoleEligibility",
        "EntraGroupEligibility",
        "EntraAuthenticationMethods",
        "IntuneManagedDevice",
    }
    unread = {each.label: each for each in found.collected.reads if each.status != Status.OK}
    assert {each.status for each in unread.values()} == {Status.UNSUPPORTED}


def test_one_malformed_object_loses_no_other(entra: JsonReplay, scanned: Scan) -> None:
    users = entra._answers["/v1.0/users"]["value"]
    entra._answers["/v1.0/users"] = {
        "value": [{**users[0], "accountEnabled": "yes"}, "text", {"displayName": "?"}, *users[1:]]
    }
    path = "/v1.0/servicePrincipals/d0000000-0000-4000-8000-000000000001/appRoleAssignedTo"
    held = entra._answers[path]["value"]
    entra._answers[path] = {"value": [{**held[0], "principalId": 5}, *held[1:]]}
    found = scanned()
    assert len(found.names("EntraUser")) == len(users) - 1
    assert found.incomplete() == {"EntraUser", "EntraAppRoleAssignment"}
    assert found.coverage("users").code == "MalformedAnswer"
    granted = found.edges("GRANTED_TO", "EntraAppRoleAssignment")
    assert ("Application.ReadWrite.All of deploy-bot", "deploy-bot") in granted
    assert ("Orders.Read.All of deploy-bot", "deploy-bot") in granted


@pytest.mark.parametrize("operation", ["roleAssignments", "roleDefinitions"])
def test_a_denied_listing_of_roles_leaves_the_others_whole(
    operation: str, entra: JsonReplay, scanned: Scan
) -> None:
    entra.deny(f"roleManagement/directory/{operation}")
    found = scanned()
    label = {"roleAssignments": "EntraRoleAssignment", "roleDefinitions": "EntraRoleDefinition"}
    assert found.incomplete() == {label[operation]}


def test_hidden_members_that_may_not_be_seen_are_not_none(entra: JsonReplay, scanned: Scan) -> None:
    group = entra._answers["/v1.0/groups"]["value"][0]
    entra._answers["/v1.0/groups"] = {"value": [{**group, "visibility": "HiddenMembership"}]}
    entra._answers[f"/v1.0/groups/{group['id']}/members"] = {"value": []}
    assert ("(unread members)!UNREADABLE", group["displayName"]) in scanned().edges("MEMBER_OF")


def test_many_objects_are_asked_about_in_few_calls(entra: JsonReplay, scanned: Scan) -> None:
    entra.page_size = 999
    group = entra._answers["/v1.0/groups"]["value"][1]
    ids = [f"b0000000-0000-4000-8000-{number:012x}" for number in range(100, 300)]
    entra._answers["/v1.0/groups"] = {"value": [{**group, "id": id_} for id_ in ids]}
    for id_ in ids:
        for kind in ("members", "owners"):
            entra._answers[f"/v1.0/groups/{id_}/{kind}"] = {"value": []}
    scanned()
    calls = [call for call in entra.calls if not call.in_batch]
    about_groups = [call for call in entra.calls if "/groups/b" in call.path]
    assert len(about_groups) == 400
    assert len(calls) < 90


SECRETS = {
    "secretText": "hunter2-secret-text",
    "hint": "hunter2-hint",
    "key": "hunter2-key-material",
    "signingCertificate": "hunter2-certificate",
}


def test_no_secret_gets_into_a_snapshot(entra: JsonReplay, scanned: Scan) -> None:
    def seeded(value: Any) -> Any:
        if isinstance(value, list):
            return [seeded(each) for each in value]
        if isinstance(value, dict):
            return {name: SECRETS.get(name, seeded(each)) for name, each in value.items()}
        return value

    entra._answers.update({path: seeded(each) for path, each in entra._answers.items()})
    found = scanned()
    assert "hunter2" in json.dumps(entra._answers)
    everything = json.dumps([each.model_dump() for each in found.collected.resources])
    assert "hunter2" not in everything
    assert load_estate(ESTATE / "entra").keys() == entra._answers.keys()
