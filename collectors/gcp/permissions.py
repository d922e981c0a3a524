"""The permissions of Google Cloud that calls need (IAM permissions reference)."""

PERMISSIONS = ("resourcemanager.projects.get",)
"""What finding the projects of a scan needs."""

_PERMISSIONS = {
    "networkFirewallPolicies.aggregatedList": "compute.firewallPolicies.list",
    "projects.get": "resourcemanager.projects.get",
    "regionNetworkFirewallPolicies.getEffectiveFirewalls": (
        "compute.networks.getRegionEffectiveFirewalls"
    ),
}
"""Those of methods that they do not take their names from."""


def permission_of(service: str, operation: str) -> str:
    """What a call needs, by the API's name of its method."""
    resource, _, method = operation.partition(".")
    verb = "list" if method == "aggregatedList" else method
    return _PERMISSIONS.get(operation, f"{service}.{resource}.{verb}")
