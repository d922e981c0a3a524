from clew.collectors.entra.base import identity
from clew.collectors.entra.service_principals import DelegatedGrant
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "foreign_app_with_strong_grant"
OTHER = "0b0b0b0b-2222-4333-8444-555566667777"


def tenant() -> SmallTenant:
    found = SmallTenant()
    theirs = {"app_owner_organization_id": OTHER, "verified_publisher": ""}
    strong = found.service_principal("strong", **theirs)
    found.service_principal("weak", **theirs)
    verified = found.service_principal("verified", **theirs | {"verified_publisher": "Northlight"})
    consented = found.service_principal("consented", **theirs)
    ours = found.service_principal("ours", verified_publisher="")
    found.change(found.graph_api, app_owner_organization_id="f8cdef31-a31e-4b4a-93e4-5f571e91255a")
    for each in (strong, verified, ours):
        found.app_role("RoleManagement.ReadWrite.Directory", each)
    for number, scope in enumerate(("Mail.Read", "User.Read")):
        found.add(
            DelegatedGrant(
                id=identity(TENANT, "oauth2PermissionGrants", str(number)),
                name=scope,
                account=TENANT,
                region="global",
                client=consented,
                resource=found.graph_api,
                user="",
                consent_type="AllPrincipals",
                scopes=[scope],
            )
        )
    return found


def test_strong_permissions_are_those_of_verified_publishers() -> None:
    assert verdicts(CHECK, tenant()) == {
        "strong": "FAIL",
        "consented": "FAIL",
        "weak": "PASS",
        "verified": "PASS",
        "ours": "PASS",
    }


def test_what_could_not_be_listed_is_not_none() -> None:
    assert verdicts(CHECK, tenant(), unread=["EntraDelegatedGrant"])["weak"] == "MANUAL"
