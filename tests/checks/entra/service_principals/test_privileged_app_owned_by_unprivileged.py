from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "privileged_app_owned_by_unprivileged"


def tenant() -> SmallTenant:
    found = SmallTenant()
    plain, chief = found.user("plain"), found.user("chief")
    found.assign("Application Administrator", chief)
    for name, owner in (("weak", plain), ("strong", chief)):
        app = found.application(f"app-{name}", owners=[owner])
        bot = found.service_principal(name, application=app)
        found.app_role("RoleManagement.ReadWrite.Directory", bot)
    direct = found.service_principal("direct", owners=[plain])
    found.assign("Global Administrator", direct)
    unread = found.service_principal("unread", owners=None)
    found.app_role("AppRoleAssignment.ReadWrite.All", unread)
    found.app_role("User.Read.All", found.service_principal("harmless", owners=[plain]))
    return found


def test_owners_hold_a_privileged_role_themselves() -> None:
    assert verdicts(CHECK, tenant()) == {
        "weak": "FAIL",
        "strong": "PASS",
        "direct": "FAIL",
        "unread": "MANUAL",
    }


def test_what_the_owner_holds_could_not_be_read() -> None:
    assert verdicts(CHECK, tenant(), unread=["EntraRoleDefinition"])["weak"] == "MANUAL"


def test_which_hold_an_app_role_could_not_be_read() -> None:
    for label in ("EntraAppRoleAssignment", "EntraRoleAssignment", "EntraRoleDefinition"):
        assert verdicts(CHECK, SmallTenant(), unread=[label]) == {TENANT: "MANUAL"}
