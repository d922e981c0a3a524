"""The permissions of Google Cloud that calls need (IAM permissions reference)."""

PERMISSIONS = ("resourcemanager.projects.get",)
"""What finding the projects of a scan needs."""

_PERMISSIONS = {
    "assets.list": "cloudasset.assets.listResource",
    "denypolicies.get": "iam.denypolicies.get",
    "denypolicies.list": "iam.denypolicies.list",
    "folders.get": "resourcemanager.folders.get",
    "folders.getIamPolicy": "resourcemanager.folders.getIamPolicy",
    "groups.list": "",
    "groups.memberships.list": "",
    "keys.list": "iam.serviceAccountKeys.list",
    "networkFirewallPolicies.aggregatedList": "compute.firewallPolicies.list",
    "organizations.get": "resourcemanager.organizations.get",
    "organizations.getIamPolicy": "resourcemanager.organizations.getIamPolicy",
    "organizations.roles.list": "iam.roles.list",
    "policyBindings.list": "iam.policybindings.list",
    "principalAccessBoundaryPolicies.list": "iam.principalaccessboundarypolicies.list",
    "projects.get": "resourcemanager.projects.get",
    "projects.getAncestry": "resourcemanager.projects.get",
    "projects.getIamPolicy": "resourcemanager.projects.getIamPolicy",
    "projects.roles.list": "iam.roles.list",
    "providers.list": "iam.workloadIdentityPoolProviders.list",
    "regionNetworkFirewallPolicies.getEffectiveFirewalls": (
        "compute.networks.getRegionEffectiveFirewalls"
    ),
    "serviceAccounts.getIamPolicy": "iam.serviceAccounts.getIamPolicy",
    "serviceAccounts.list": "iam.serviceAccounts.list",
    "tagBindings.list": "resourcemanager.hierarchyNodes.listTagBindings",
    "tagKeys.list": "resourcemanager.tagKeys.list",
    "tagValues.list": "resourcemanager.tagValues.list",
    "workforcePools.list": "iam.workforcePools.list",
    "workforcePools.providers.list": "iam.workforcePoolProviders.list",
    "workloadIdentityPools.list": "iam.workloadIdentityPools.list",
}
"""Those of methods that they do not take their names from."""


def permission_of(service: str, operation: str) -> str:
    """What a call needs, by the API's name of its method; empty if it needs no permission of IAM,
    as groups do, which an administrator of Workspace gives leave to read."""
    resource, _, method = operation.partition(".")
    verb = "list" if method == "aggregatedList" else method
    return _PERMISSIONS.get(operation, f"{service}.{resource}.{verb}")
