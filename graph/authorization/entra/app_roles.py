"""App roles on Microsoft Graph that change who holds what, and what each allows in the whole tenant
(Microsoft Graph permissions reference; tiers as aztier.com ranks them)."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from .actions import spelled_out

GRAPH = "00000003-0000-0000-c000-000000000000"
"""Client id of Microsoft Graph, whose app roles are meant."""
OLD_GRAPH = "00000002-0000-0000-c000-000000000000"
"""That of Azure AD Graph, which is the same to who may consent."""


class AppRole(NamedTuple):
    """An app role on Microsoft Graph."""

    actions: tuple[str, ...]
    """Without the namespace if that is ``microsoft.directory``."""
    tier: int
    """0 if it leads to Global Administrator, 1 if it leads to much else."""
    over_administrators: bool = False
    """What it allows on users holds for administrators too."""
    only_owned: bool = False
    """It holds for applications that the holder owns."""


_CREDENTIALS = (
    "applications/credentials/update",
    "servicePrincipals/credentials/update",
)
_OWNERS = ("applications/owners/update", "servicePrincipals/owners/update")
_MEMBERS = ("groups/members/update",)
_GROUPS = (*_MEMBERS, "groups/owners/update", "groups/dynamicMembershipRule/update")
_ADDS_METHODS = AppRole(("users/authenticationMethods/create",), 0, over_administrators=True)
_SCRIPTS = AppRole(("deviceManagementScripts/allProperties/allTasks",), 0)

APP_ROLES: Mapping[str, AppRole] = {
    "RoleManagement.ReadWrite.Directory": AppRole(
        (
            "roleAssignments/allProperties/allTasks",
            "roleDefinitions/allProperties/allTasks",
            "groupsAssignableToRoles/members/update",
            "groupsAssignableToRoles/owners/update",
        ),
        0,
    ),
    "AppRoleAssignment.ReadWrite.All": AppRole(
        (
            "servicePrincipals/appRoleAssignedTo/update",
            "servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin",
        ),
        0,
    ),
    "Application.ReadWrite.All": AppRole((*_CREDENTIALS, *_OWNERS), 0),
    "Application.ReadUpdate.All": AppRole(_CREDENTIALS, 0),
    "Application.ReadWrite.OwnedBy": AppRole((*_CREDENTIALS, *_OWNERS), 1, only_owned=True),
    "AgentIdentityBlueprint.AddRemoveCreds.All": AppRole(
        ("agentIdentityBlueprints/credentials/update",), 1
    ),
    "AgentIdentityBlueprint.ReadWrite.All": AppRole(
        (
            "agentIdentityBlueprints/credentials/update",
            "agentIdentityBlueprints/owners/update",
        ),
        1,
    ),
    "RoleAssignmentSchedule.ReadWrite.Directory": AppRole(
        ("roleAssignmentSchedules/allProperties/allTasks",), 0
    ),
    "RoleEligibilitySchedule.ReadWrite.Directory": AppRole(
        ("roleEligibilitySchedules/allProperties/allTasks",), 0
    ),
    "PrivilegedAccess.ReadWrite.AzureADGroup": AppRole(
        (
            "privilegedAccessGroups/assignments/create",
            "privilegedAccessGroups/eligibilities/create",
        ),
        0,
    ),
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup": AppRole(
        ("privilegedAccessGroups/assignments/create",), 0
    ),
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup": AppRole(
        ("privilegedAccessGroups/eligibilities/create",), 0
    ),
    "RoleManagementPolicy.ReadWrite.Directory": AppRole(
        ("roleManagementPolicies/allProperties/allTasks",), 0
    ),
    "RoleManagementPolicy.ReadWrite.AzureADGroup": AppRole(
        ("groupManagementPolicies/allProperties/allTasks",), 0
    ),
    "UserAuthenticationMethod.ReadWrite.All": _ADDS_METHODS,
    "UserAuthMethod-TAP.ReadWrite.All": _ADDS_METHODS,
    "UserAuthMethod-Phone.ReadWrite.All": _ADDS_METHODS,
    "UserAuthMethod-QR.ReadWrite.All": _ADDS_METHODS,
    "UserAuthMethod-HardwareOATH.ReadWrite.All": _ADDS_METHODS,
    "UserAuthMethod-Passkey.ReadWrite.All": _ADDS_METHODS,
    "Policy.ReadWrite.AuthenticationMethod": AppRole(("userCredentialPolicies/basic/update",), 0),
    "Directory.ReadWrite.All": AppRole(_GROUPS, 1),
    "Group.ReadWrite.All": AppRole(_GROUPS, 1),
    "GroupMember.ReadWrite.All": AppRole(_MEMBERS, 1),
    "User-PasswordProfile.ReadWrite.All": AppRole(("users/password/update",), 1),
    "User.ReadWrite.All": AppRole(("users/basic/update",), 1),
    "SignInIdentifier.ReadWrite.All": AppRole(("users/basic/update",), 1),
    "User.EnableDisableAccount.All": AppRole(("users/enable", "users/disable"), 1),
    "Domain.ReadWrite.All": AppRole(
        (
            "domains/federation/update",
            "domains/federationConfiguration/create",
            "domains/federationConfiguration/basic/update",
        ),
        0,
    ),
    "Organization.ReadWrite.All": AppRole(("organization/certificateAuthorities/update",), 0),
    "EntitlementManagement.ReadWrite.All": AppRole(
        ("entitlementManagement/allProperties/allTasks",), 0
    ),
    "Policy.ReadWrite.PermissionGrant": AppRole(
        ("permissionGrantPolicies/allProperties/update",), 0
    ),
    "DelegatedPermissionGrant.ReadWrite.All": AppRole(
        ("oAuth2PermissionGrants/allProperties/allTasks",), 1
    ),
    "DeviceManagementConfiguration.ReadWrite.All": _SCRIPTS,
    "DeviceManagementScripts.ReadWrite.All": _SCRIPTS,
    "DeviceManagementRBAC.ReadWrite.All": _SCRIPTS,
    "Policy.ReadWrite.ConditionalAccess": AppRole(("conditionalAccessPolicies/basic/update",), 1),
    "AdministrativeUnit.ReadWrite.All": AppRole(("administrativeUnits/members/update",), 1),
    "Group-OnPremisesSyncBehavior.ReadWrite.All": AppRole(
        ("groups/onPremisesSyncBehavior/update",), 1
    ),
    "Synchronization.ReadWrite.All": AppRole(
        ("servicePrincipals/synchronizationCredentials/manage",), 1
    ),
    "DelegatedAdminRelationship.ReadWrite.All": AppRole(
        ("delegatedAdminRelationships/accessAssignments/create",), 1
    ),
    "ServicePrincipalEndpoint.ReadWrite.All": AppRole(("servicePrincipalEndpoints/update",), 1),
    "Mail.ReadWrite": AppRole(("microsoft.office365.exchange/mailboxes/messages/read",), 1),
    "Mail.Read": AppRole(("microsoft.office365.exchange/mailboxes/messages/read",), 1),
    "Files.ReadWrite.All": AppRole(("microsoft.office365.sharePoint/sites/files/read",), 1),
    "Sites.FullControl.All": AppRole(("microsoft.office365.sharePoint/sites/files/read",), 1),
}
"""By the value that stands in tokens."""

READING = frozenset(
    {
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "User.Read.All",
        "User.ReadWrite.All",
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    }
)
"""Those that let a service principal read the directory."""


@cache
def actions_of(value: str) -> frozenset[str]:
    """What an app role allows."""
    role = APP_ROLES.get(value)
    return frozenset(map(spelled_out, role.actions if role else ()))
