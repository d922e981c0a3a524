"""Microsoft's own directory roles, as far as who takes over whom depends on them.

Ids, names and actions are those of the built-in roles reference, who may reset whose password those
of "Who can reset passwords", which roles can be held over a unit those of "Assign roles with
administrative unit scope" (learn.microsoft.com/entra/identity/role-based-access-control). Every
other role of Microsoft's counts as what its definition in the tenant says.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from .actions import spelled_out

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"


class BuiltInRole(NamedTuple):
    """A role of Microsoft's."""

    name: str
    actions: tuple[str, ...] = ()
    """Without the namespace ``microsoft.directory``."""
    resets: tuple[str, ...] = ()
    """The names of the only roles that a user may hold for it to reset that user's password."""
    resets_everybody: bool = False
    over_units: bool = False
    """It can be held over an administrative unit."""
    reads: bool = False
    """It lets a service principal or a guest read the directory."""


_PASSWORD = ("users/password/update", "users/invalidateAllRefreshTokens")
_METHODS = (
    "users/authenticationMethods/create",
    "users/authenticationMethods/delete",
    "users/authenticationMethods/basic/update",
)
_SENSITIVE = (
    "users/basic/update",
    "users/delete",
    "users/disable",
    "users/enable",
    "users/restore",
    "users/userPrincipalName/update",
)
_GROUPS = (
    "groups/members/update",
    "groups/owners/update",
    "groups/dynamicMembershipRule/update",
    "groups/create",
)
_UNIFIED = ("groups.unified/members/update", "groups.unified/owners/update")
_SECURITY = ("groups.security/members/update", "groups.security/owners/update")
_APPLICATIONS = (
    "applications/credentials/update",
    "applications/owners/update",
    "servicePrincipals/credentials/update",
    "servicePrincipals/owners/update",
    "servicePrincipals/appRoleAssignedTo/update",
    "servicePrincipals/enable",
    "servicePrincipals/disable",
    "servicePrincipals/synchronizationCredentials/manage",
    "oAuth2PermissionGrants/allProperties/allTasks",
)
_OWNERS = ("applications/owners/update", "servicePrincipals/owners/update")
_FEDERATION = (
    "domains/federation/update",
    "domains/federationConfiguration/create",
    "domains/federationConfiguration/basic/update",
)
_ROLES = (
    "roleAssignments/allProperties/allTasks",
    "roleDefinitions/allProperties/allTasks",
    "roleAssignmentSchedules/allProperties/allTasks",
    "roleEligibilitySchedules/allProperties/allTasks",
    "roleManagementPolicies/allProperties/allTasks",
    "privilegedAccessGroups/allProperties/allTasks",
    "groupsAssignableToRoles/allProperties/update",
    "groupsAssignableToRoles/create",
    "administrativeUnits/allProperties/allTasks",
    "permissionGrantPolicies/allProperties/update",
    "servicePrincipals/appRoleAssignedTo/update",
    "servicePrincipals/managePermissionGrantsForAll.microsoft-company-admin",
    "oAuth2PermissionGrants/allProperties/allTasks",
)
_CONDITIONAL_ACCESS = ("conditionalAccessPolicies/basic/update",)
_DEVICE_SECRETS = ("deviceLocalCredentials/password/read", "bitlockerKeys/key/read")
_SCRIPTS = ("deviceManagementScripts/allProperties/allTasks",)

_FEW = ("Directory Readers", "Guest Inviter", "Password Administrator")
_READERS = (
    "Message Center Reader",
    "Reports Reader",
    "Usage Summary Reports Reader",
    "User Experience Success Manager",
)

BUILT_IN: Mapping[str, BuiltInRole] = {
    GLOBAL_ADMINISTRATOR: BuiltInRole(
        "Global Administrator",
        (
            *_ROLES,
            *_PASSWORD,
            *_METHODS,
            *_SENSITIVE,
            *_GROUPS,
            *_APPLICATIONS,
            *_FEDERATION,
            *_CONDITIONAL_ACCESS,
            *_DEVICE_SECRETS,
            *_SCRIPTS,
            "allEntities/allTasks",
        ),
        resets_everybody=True,
        reads=True,
    ),
    PRIVILEGED_ROLE_ADMINISTRATOR: BuiltInRole("Privileged Role Administrator", _ROLES, reads=True),
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: BuiltInRole(
        "Privileged Authentication Administrator",
        (*_PASSWORD, *_METHODS, *_SENSITIVE),
        resets_everybody=True,
        over_units=True,
        reads=True,
    ),
    "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8": BuiltInRole(
        "Partner Tier2 Support",
        (*_PASSWORD, *_SENSITIVE, *_GROUPS, *_APPLICATIONS, "roleAssignments/create"),
        resets_everybody=True,
        reads=True,
    ),
    "4ba39ca4-527c-499a-b93d-d9b492c50246": BuiltInRole(
        "Partner Tier1 Support",
        (*_PASSWORD, *_SENSITIVE, *_GROUPS, *_APPLICATIONS),
        reads=True,
    ),
    "966707d0-3269-4727-9be2-8c3a10f19b9d": BuiltInRole(
        "Password Administrator", _PASSWORD, resets=_FEW, over_units=True
    ),
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": BuiltInRole(
        "Helpdesk Administrator",
        _PASSWORD,
        resets=(*_FEW, *_READERS, "Helpdesk Administrator"),
        over_units=True,
    ),
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": BuiltInRole(
        "Authentication Administrator",
        (*_PASSWORD, *_METHODS, *_SENSITIVE),
        resets=(*_FEW, *_READERS, "Authentication Administrator"),
        over_units=True,
    ),
    "fe930be7-5e62-47db-91af-98c3a49a38b1": BuiltInRole(
        "User Administrator",
        (
            *_PASSWORD,
            *_SENSITIVE,
            *_GROUPS,
            "servicePrincipals/appRoleAssignedTo/update",
            "entitlementManagement/allProperties/allTasks",
            "oAuth2PermissionGrants/allProperties/allTasks",
        ),
        resets=(
            *_FEW,
            *_READERS,
            "Helpdesk Administrator",
            "User Administrator",
            "Groups Administrator",
        ),
        over_units=True,
        reads=True,
    ),
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": BuiltInRole(
        "Groups Administrator", _GROUPS, over_units=True
    ),
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": BuiltInRole("Application Administrator", _APPLICATIONS),
    "158c047a-c907-4556-b7ef-446551a6b5f7": BuiltInRole(
        "Cloud Application Administrator", _APPLICATIONS
    ),
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": BuiltInRole(
        "Hybrid Identity Administrator",
        (
            *_OWNERS,
            *_FEDERATION,
            "servicePrincipals/appRoleAssignedTo/update",
            "servicePrincipals/enable",
            "servicePrincipals/synchronizationCredentials/manage",
        ),
    ),
    "8329153b-31d0-4727-b945-745eb3bc5f31": BuiltInRole(
        "Domain Name Administrator", ("domains/allProperties/allTasks", *_FEDERATION)
    ),
    "be2f45a1-457d-42af-a067-6ec1fa63bc45": BuiltInRole(
        "External Identity Provider Administrator", _FEDERATION
    ),
    "194ae4cb-b126-40b2-bd5b-6091b380977d": BuiltInRole(
        "Security Administrator", (*_FEDERATION, *_CONDITIONAL_ACCESS), reads=True
    ),
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": BuiltInRole(
        "Conditional Access Administrator", _CONDITIONAL_ACCESS
    ),
    "0526716b-113d-4c15-b2c8-68e3c22b9f80": BuiltInRole(
        "Authentication Policy Administrator", ("userCredentialPolicies/basic/update",)
    ),
    "9360feb5-f418-4baa-8175-e2a00bac4301": BuiltInRole("Directory Writers", _GROUPS, reads=True),
    "3a2c62db-5318-420d-8d74-23affee5d9d5": BuiltInRole(
        "Intune Administrator", (*_UNIFIED, *_SECURITY, *_DEVICE_SECRETS, *_SCRIPTS)
    ),
    "11451d60-acb2-45eb-a7d6-43d0f0125c13": BuiltInRole(
        "Windows 365 Administrator", (*_UNIFIED, *_SECURITY)
    ),
    "b5a8dcf3-09d5-43a9-a639-8e29ef291470": BuiltInRole("Knowledge Administrator", _SECURITY),
    "744ec460-397e-42ad-a462-8b3f9747a02c": BuiltInRole("Knowledge Manager", _SECURITY),
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": BuiltInRole(
        "Identity Governance Administrator",
        ("groups/members/update", "entitlementManagement/allProperties/allTasks"),
    ),
    "59d46f88-662b-457b-bceb-5c3809e5908f": BuiltInRole(
        "Lifecycle Workflows Administrator",
        ("lifecycleWorkflows/workflows/allProperties/allTasks",),
    ),
    "29232cdf-9323-42fd-ade2-1d097af3e4de": BuiltInRole("Exchange Administrator", _UNIFIED),
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": BuiltInRole(
        "SharePoint Administrator", _UNIFIED, over_units=True
    ),
    "69091246-20e8-4a56-aa4d-066075b2a7a8": BuiltInRole(
        "Teams Administrator", _UNIFIED, over_units=True
    ),
    "810a2642-a034-447f-a5e8-41beaa378541": BuiltInRole("Yammer Administrator", _UNIFIED),
    "7698a772-787b-4ac8-901f-60d6b08affd2": BuiltInRole(
        "Cloud Device Administrator", _DEVICE_SECRETS, over_units=True
    ),
    "d29b2b05-8046-44ba-8758-1e26182fcf32": BuiltInRole(
        "Directory Synchronization Accounts", ("onPremisesSynchronization/users/update",)
    ),
    "a92aed5d-d78a-4d16-b381-09adb37eb3b0": BuiltInRole(
        "On Premises Directory Sync Account", ("onPremisesSynchronization/users/update",)
    ),
    "e3973bdf-4987-49ae-837a-ba8e231c7286": BuiltInRole(
        "Azure DevOps Administrator", ("azureDevOps/allEntities/allTasks",)
    ),
    "db506228-d27e-4b7d-95e5-295956d6615f": BuiltInRole(
        "Agent ID Administrator", ("agentIdentityBlueprints/credentials/update",)
    ),
    "d2562ede-74db-457e-a7b6-544e236ebb61": BuiltInRole(
        "AI Administrator", ("agentIdentityBlueprints/credentials/update",)
    ),
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": BuiltInRole("Directory Readers", reads=True),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": BuiltInRole("Global Reader", reads=True),
    "5d6b6bb7-de71-4623-b4af-96380a352509": BuiltInRole("Security Reader", reads=True),
    "95e79109-95c0-4d8e-aee3-d01accf2d47b": BuiltInRole("Guest Inviter"),
    "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b": BuiltInRole("Message Center Reader"),
    "4a5d8f65-41da-4de4-8968-e035b65339cf": BuiltInRole("Reports Reader"),
    "75934031-6c7e-415a-99d7-48dbd49e875e": BuiltInRole("Usage Summary Reports Reader"),
    "27460883-1df1-4691-b032-3b79643e5e63": BuiltInRole("User Experience Success Manager"),
    "58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d": BuiltInRole(
        "Attribute Assignment Administrator", over_units=True
    ),
    "ffd52fa5-98dc-465c-991d-fc073eb59f8f": BuiltInRole(
        "Attribute Assignment Reader", over_units=True
    ),
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": BuiltInRole("License Administrator", over_units=True),
    "644ef478-e28f-4e28-b9dc-3fdde9aa0b1f": BuiltInRole("Printer Administrator", over_units=True),
    "3d762c5a-1b6c-493f-843e-55a3b42923d4": BuiltInRole(
        "Teams Devices Administrator", over_units=True
    ),
}
"""By the id of the template, which is the same in every tenant."""


@cache
def by_name() -> Mapping[str, str]:
    """The ids by name."""
    return {role.name: id_ for id_, role in BUILT_IN.items()}


@cache
def actions_of(template: str) -> frozenset[str]:
    """What a built-in role allows."""
    role = BUILT_IN.get(template)
    return frozenset(map(spelled_out, role.actions if role else ()))
