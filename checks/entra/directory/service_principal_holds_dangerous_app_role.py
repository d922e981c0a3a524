"""Service principals whose app roles on Microsoft Graph let them take over the tenant."""

from ...check import Category, Check, Cypher, Severity

_GRAPH = "00000003-0000-0000-c000-000000000000"
_RULE = """
    MATCH (sp:EntraServicePrincipal)
    OPTIONAL MATCH (sp)<-[:GRANTED_TO]-(held:EntraAppRoleAssignment)-[:GRANTS_ON]->
                   (api:EntraServicePrincipal)
    WHERE api.app_id = $graph
    RETURN sp AS resource, held, held.app_role AS role,
           CASE WHEN held IS NULL THEN true ELSE NOT held.app_role IN $roles END AS passed
"""

_ADDS_A_METHOD = "signs in as every user, with a method that it adds"
_RUNS_SCRIPTS = "runs what it likes on managed devices, those of administrators too"

ADMINISTRATION = {
    "Application.ReadUpdate.All": "adds secrets to every application",
    "Application.ReadWrite.All": "adds secrets and owners to every application",
    "AppRoleAssignment.ReadWrite.All": "gives itself every other app role",
    "DeviceManagementConfiguration.ReadWrite.All": _RUNS_SCRIPTS,
    "DeviceManagementRBAC.ReadWrite.All": "gives out the roles of Intune, which run scripts on "
    "managed devices",
    "DeviceManagementScripts.ReadWrite.All": _RUNS_SCRIPTS,
    "Domain.ReadWrite.All": "federates a domain with an identity provider of its own, which signs "
    "in as every user",
    "EntitlementManagement.ReadWrite.All": "gives itself access packages with all that they hold",
    "Organization.ReadWrite.All": "trusts a certificate authority of its own, which signs in as "
    "every user",
    "Policy.ReadWrite.AuthenticationMethod": "allows the methods by which somebody signs in as "
    "another user",
    "Policy.ReadWrite.PermissionGrant": "lets itself be given every other app role",
    "PrivilegedAccess.ReadWrite.AzureADGroup": "joins groups that hold directory roles",
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup": "joins groups that hold directory roles",
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup": "may join groups that hold directory "
    "roles",
    "RoleAssignmentSchedule.ReadWrite.Directory": "gives out every directory role",
    "RoleEligibilitySchedule.ReadWrite.Directory": "makes anyone eligible for every directory role",
    "RoleManagement.ReadWrite.Directory": "gives out every directory role, and joins every group",
    "RoleManagementPolicy.ReadWrite.AzureADGroup": "drops approval and MFA for groups that hold "
    "directory roles",
    "RoleManagementPolicy.ReadWrite.Directory": "drops approval and MFA for every directory role",
    "ServicePrincipalEndpoint.ReadWrite.All": "makes itself owner of every service principal",
    "UserAuthMethod-HardwareOATH.ReadWrite.All": _ADDS_A_METHOD,
    "UserAuthMethod-Passkey.ReadWrite.All": _ADDS_A_METHOD,
    "UserAuthMethod-Phone.ReadWrite.All": _ADDS_A_METHOD,
    "UserAuthMethod-QR.ReadWrite.All": _ADDS_A_METHOD,
    "UserAuthMethod-TAP.ReadWrite.All": _ADDS_A_METHOD,
    "UserAuthenticationMethod.ReadWrite.All": _ADDS_A_METHOD,
}
"""App roles that lead to Global Administrator, and how: by themselves, or with what guards it taken
away."""

GROUPS = {
    "Directory.ReadWrite.All": "changes groups, their members and owners",
    "Group.ReadWrite.All": "changes groups, their members and owners",
    "Group-OnPremisesSyncBehavior.ReadWrite.All": "lets Active Directory decide who is a member",
    "GroupMember.ReadWrite.All": "changes members of groups",
}
"""App roles over groups that may not hold directory roles, but anything else, and what they do."""


def _check(
    name: str, title: str, severity: Severity, roles: dict[str, str], why: str, remediation: str
) -> Check:
    listed = "; ".join(f"{role} ({how})" for role, how in roles.items())
    return Check(
        id=f"service_principal_app_role_{name}",
        title=title,
        provider="entra",
        service="service-principals",
        severity=severity,
        categories=(Category.PERMISSIONS,),
        resource="EntraServicePrincipal",
        what=(
            "No service principal of the tenant, of an application of its own, of another "
            "tenant's or a managed identity, holds one of these app roles on Microsoft Graph: "
            f"{listed}. A disabled one that holds one fails too: anyone who may enable it has the "
            "role."
        ),
        why=why,
        remediation=remediation,
        passes="{resource} holds no such app role on Microsoft Graph.",
        fails="{resource} holds {role} on Microsoft Graph.",
        rule=Cypher(_RULE, {"graph": _GRAPH, "roles": sorted(roles)}),
        pass_requires_listing=("EntraAppRoleAssignment",),
        references=("https://learn.microsoft.com/graph/permissions-reference",),
    )


family = (
    _check(
        "leads_to_administrator",
        "No application can make itself Global Administrator",
        Severity.CRITICAL,
        ADMINISTRATION,
        "Anyone who owns the application, steals one of its secrets or runs code where its managed "
        "identity lies rules the tenant, and every subscription that trusts it, without ever "
        "signing in as a user.",
        "Give the application a narrower role (Application.ReadWrite.OwnedBy, a directory role in "
        "an administrative unit) and take the wide one away: az rest --method delete --url "
        "https://graph.microsoft.com/v1.0/servicePrincipals/ID/appRoleAssignments/ASSIGNMENT",
    ),
    _check(
        "changes_every_group",
        "No application can change the members of every group",
        Severity.HIGH,
        GROUPS,
        "Groups carry access: to subscriptions, applications, mailboxes and files. Anyone who may "
        "put themselves into any of them has what all of them have.",
        "Make the application owner of the groups that it looks after, or give it Group.Create, "
        "and take the wide role away: az rest --method delete --url "
        "https://graph.microsoft.com/v1.0/servicePrincipals/ID/appRoleAssignments/ASSIGNMENT",
    ),
)
