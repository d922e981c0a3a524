"""The demo's tenant answers as Microsoft Graph does: all of it parses into the SDK's own models."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from kiota_serialization_json.json_parse_node import JsonParseNode
from servers.json_replay import ESTATE, load_estate

ANSWERS = load_estate(ESTATE / "entra")
MODELS = {
    r"organization": "Organization",
    r"domains": "Domain",
    r"domains/[^/]+/federationConfiguration": "InternalDomainFederation",
    r"reports/authenticationMethods/userRegistrationDetails": "UserRegistrationDetails",
    r"users": "User",
    r"groups": "Group",
    r"devices": "Device",
    r"(groups|directory/administrativeUnits)/[^/]+/(members|owners)": "DirectoryObject",
    r"(applications|servicePrincipals)/[^/]+/owners": "DirectoryObject",
    r"devices/[^/]+/registeredOwners": "DirectoryObject",
    r"directory/administrativeUnits": "AdministrativeUnit",
    r"applications": "Application",
    r"applications/[^/]+/federatedIdentityCredentials": "FederatedIdentityCredential",
    r"servicePrincipals": "ServicePrincipal",
    r"servicePrincipals/[^/]+/appRoleAssignedTo": "AppRoleAssignment",
    r"oauth2PermissionGrants": "OAuth2PermissionGrant",
    r"roleManagement/directory/roleDefinitions": "UnifiedRoleDefinition",
    r"roleManagement/directory/roleAssignments": "UnifiedRoleAssignment",
    r"roleManagement/directory/roleEligibilityScheduleInstances": (
        "UnifiedRoleEligibilityScheduleInstance"
    ),
    r"roleManagement/directory/roleAssignmentScheduleInstances": (
        "UnifiedRoleAssignmentScheduleInstance"
    ),
    r"policies/roleManagementPolicyAssignments": "UnifiedRoleManagementPolicyAssignment",
    r"identityGovernance/privilegedAccess/group/eligibilityScheduleInstances": (
        "PrivilegedAccessGroupEligibilityScheduleInstance"
    ),
    r"identity/conditionalAccess/policies": "ConditionalAccessPolicy",
    r"identity/conditionalAccess/namedLocations": "NamedLocation",
    r"policies/authenticationStrengthPolicies": "AuthenticationStrengthPolicy",
    r"policies/authorizationPolicy": "AuthorizationPolicy",
    r"policies/authenticationMethodsPolicy": "AuthenticationMethodsPolicy",
    r"policies/defaultAppManagementPolicy": "TenantAppManagementPolicy",
    r"policies/identitySecurityDefaultsEnforcementPolicy": (
        "IdentitySecurityDefaultsEnforcementPolicy"
    ),
    r"policies/crossTenantAccessPolicy/default": "CrossTenantAccessPolicyConfigurationDefault",
    r"policies/crossTenantAccessPolicy/partners": "CrossTenantAccessPolicyConfigurationPartner",
    r"policies/crossTenantAccessPolicy/partners/[^/]+/identitySynchronization": (
        "CrossTenantIdentitySyncPolicyPartner"
    ),
    r"identityGovernance/entitlementManagement/accessPackages": "AccessPackage",
    r"identityGovernance/entitlementManagement/assignmentPolicies": "AccessPackageAssignmentPolicy",
    r"deviceManagement": "DeviceManagement",
    r"deviceManagement/managedDevices": "ManagedDevice",
    r"deviceManagement/deviceCompliancePolicies": "DeviceCompliancePolicy",
}
"""The SDK's models, by what a path fully matches."""


@pytest.mark.parametrize("path", sorted(ANSWERS))
def test_an_answer_parses_into_the_sdks_model(path: str) -> None:
    (name,) = {
        model for form, model in MODELS.items() if re.fullmatch(form, path.removeprefix("/v1.0/"))
    }
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    words = words.replace("o_auth_2permission", "o_auth2_permission")
    model = getattr(import_module(f"msgraph.generated.models.{words}"), name)
    answer = ANSWERS[path]
    for raw in answer.get("value", [answer]):
        node = JsonParseNode(raw)
        parsed = node.get_object_value(type(model.create_from_discriminator_value(node)))
        assert list(_left_over(parsed)) == []


def _left_over(value: Any, place: str = "") -> Iterator[str]:
    """The members that models do not know, by place."""
    for each in value if isinstance(value, list) else [value]:
        for name in getattr(each, "additional_data", None) or {}:
            if not name.startswith("@odata."):
                yield f"{place}.{name}"
        for name, member in vars(each).items() if hasattr(each, "additional_data") else ():
            if name not in ("additional_data", "backing_store"):
                yield from _left_over(member, f"{place}.{name}")
