"""The permissions of Google Cloud that calls need (IAM permissions reference)."""

PERMISSIONS = ("resourcemanager.projects.get",)
"""What finding the projects of a scan needs."""

_PERMISSIONS = {
    "assets.list": "cloudasset.assets.listResource",
    "clusters.list": "container.clusters.list",
    "cryptoKeys.list": "cloudkms.cryptoKeys.list",
    "denypolicies.get": "iam.denypolicies.get",
    "denypolicies.list": "iam.denypolicies.list",
    "folders.get": "resourcemanager.folders.get",
    "folders.getIamPolicy": "resourcemanager.folders.getIamPolicy",
    "groups.list": "",
    "groups.memberships.list": "",
    "instanceGroups.listInstances": "compute.instanceGroups.list",
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
    "regionInstanceGroups.listInstances": "compute.instanceGroups.list",
    "serviceAccounts.getIamPolicy": "iam.serviceAccounts.getIamPolicy",
    "serviceAccounts.list": "iam.serviceAccounts.list",
    "functions.list": "cloudfunctions.functions.list",
    "tagBindings.list": "resourcemanager.hierarchyNodes.listTagBindings",
    "tagKeys.list": "resourcemanager.tagKeys.list",
    "tagValues.list": "resourcemanager.tagValues.list",
    "triggers.list": "cloudbuild.builds.list",
    "workforcePools.list": "iam.workforcePools.list",
    "workforcePools.providers.list": "iam.workforcePoolProviders.list",
    "workloadIdentityPools.list": "iam.workloadIdentityPools.list",
    "folders.sinks.list": "logging.sinks.list",
    "organizations.sinks.list": "logging.sinks.list",
    "projects.locations.keys.list": "apikeys.keys.list",
    "projects.locations.buckets.list": "logging.buckets.list",
    "timeSeries.list": "monitoring.timeSeries.list",
    "firewallPolicies.list": "compute.firewallPolicies.list",
}
"""Those of methods that they do not take their names from."""
_OF_COMPUTE = ("disks", "instance-groups", "load-balancing")
"""Collectors of what the compute API lists."""


def permission_of(service: str, operation: str) -> str:
    """What a call needs, by the API's name of its method; empty if it needs no permission of IAM,
    as groups do, which an administrator of Workspace gives leave to read."""
    resource, _, method = operation.partition(".")
    verb = "list" if method == "aggregatedList" else method
    product = "compute" if service in _OF_COMPUTE else service
    return _PERMISSIONS.get(operation, f"{product}.{resource}.{verb}")
