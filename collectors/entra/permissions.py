"""The permissions of Microsoft Graph that calls need (Graph permissions reference)."""

PERMISSIONS = ("Directory.Read.All",)
"""What finding the tenant of a scan needs."""

_BY_PATH = {
    "applications": "Application.Read.All",
    "devices": "Device.Read.All",
    "deviceManagement": "DeviceManagementConfiguration.Read.All",
    "deviceManagement/managedDevices": "DeviceManagementManagedDevices.Read.All",
    "directory/administrativeUnits": "AdministrativeUnit.Read.All",
    "domains": "Domain.Read.All",
    "domains/{id}/federationConfiguration": "Domain-InternalFederation.Read.All",
    "groups": "Group.Read.All",
    "identity/conditionalAccess": "Policy.Read.All",
    "identityGovernance/entitlementManagement": "EntitlementManagement.Read.All",
    "identityGovernance/privilegedAccess/group": "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "policies": "Policy.Read.All",
    "policies/roleManagementPolicyAssignments": "RoleManagementPolicy.Read.Directory",
    "reports/authenticationMethods": "AuditLog.Read.All",
    "roleManagement/directory": "RoleManagement.Read.Directory",
    "roleManagement/directory/roleAssignmentScheduleInstances": (
        "RoleAssignmentSchedule.Read.Directory"
    ),
    "roleManagement/directory/roleEligibilityScheduleInstances": (
        "RoleEligibilitySchedule.Read.Directory"
    ),
    "servicePrincipals": "Application.Read.All",
    "users": "User.Read.All",
}
"""What reading takes, by the beginning of the path: the longest that fits counts."""


def permission_of(service: str, operation: str) -> str:  # noqa: ARG001
    """What a call needs."""
    path = operation.partition("?")[0].split("/")
    beginnings = ("/".join(path[:length]) for length in range(len(path), 0, -1))
    return next((_BY_PATH[each] for each in beginnings if each in _BY_PATH), "Directory.Read.All")
