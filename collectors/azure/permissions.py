"""The actions of Azure's roles that calls need (Azure permissions reference)."""

PERMISSIONS = ("Microsoft.Resources/subscriptions/read",)
"""What finding the subscriptions of a scan needs."""

_TYPES = {
    "firewall_policy_rule_collection_groups": "firewallPolicies/ruleCollectionGroups",
    "public_ip_addresses": "publicIPAddresses",
}
"""The types of resources that the SDK calls otherwise."""
_ACTIONS = {
    "list_network_manager_effective_security_admin_rules": "Microsoft.Network/virtualNetworks/"
    "listNetworkManagerEffectiveSecurityAdminRules/action",
    "subscriptions.get": "Microsoft.Resources/subscriptions/read",
    "tenants.list": "",
}
"""Actions that do not read a type of the network; empty where none is needed."""


def permission_of(service: str, operation: str) -> str:  # noqa: ARG001
    """What a call needs, by the SDK's name of its method; empty if it needs nothing."""
    if operation in _ACTIONS:
        return _ACTIONS[operation]
    group = operation.partition(".")[0]
    first, *others = group.split("_")
    return f"Microsoft.Network/{_TYPES.get(group, first + ''.join(map(str.title, others)))}/read"
