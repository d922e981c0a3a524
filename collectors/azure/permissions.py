"""The actions of Azure's roles that calls need (Azure permissions reference)."""

PERMISSIONS = ("Microsoft.Resources/subscriptions/read",)
"""What finding the subscriptions of a scan needs."""

_TYPES = {
    "firewall_policy_rule_collection_groups": "firewallPolicies/ruleCollectionGroups",
    "public_ip_addresses": "publicIPAddresses",
    "public_ip_prefixes": "publicIPPrefixes",
}
"""The types of resources that the SDK calls otherwise."""
_OF_AUTHORIZATION = (
    "deny_assignments",
    "policy_assignments",
    "role_assignment_schedule_instances",
    "role_assignments",
    "role_definitions",
    "role_eligibility_schedule_instances",
    "role_management_policy_assignments",
)
"""The types of resources of Microsoft.Authorization, which all are read alike."""
_ACTIONS = {
    "list_network_manager_effective_security_admin_rules": "Microsoft.Network/virtualNetworks/"
    "listNetworkManagerEffectiveSecurityAdminRules/action",
    "management_groups.get_descendants": "Microsoft.Management/managementGroups/descendants/read",
    "management_groups.list": "Microsoft.Management/managementGroups/read",
    "management_locks.list_at_subscription_level": "Microsoft.Authorization/locks/read",
    "registration_assignments.list": "Microsoft.ManagedServices/registrationAssignments/read",
    "registration_definitions.list": "Microsoft.ManagedServices/registrationDefinitions/read",
    "subscriptions.get": "Microsoft.Resources/subscriptions/read",
    "tenants.list": "",
}
"""Actions that do not read a type of the network; empty where none is needed."""


def permission_of(service: str, operation: str) -> str:  # noqa: ARG001
    """What a call needs, by the SDK's name of its method, or by the type in ARM that it reads;
    empty if it needs nothing."""
    if operation in _ACTIONS:
        return _ACTIONS[operation]
    if "/" in operation:
        return f"{operation}/read"
    group = operation.partition(".")[0]
    first, *others = group.split("_")
    provider = "Authorization" if group in _OF_AUTHORIZATION else "Network"
    named = _TYPES.get(group, first + "".join(map(str.title, others)))
    return f"Microsoft.{provider}/{named}/read"
