"""Access packages that give privileged access to anyone who asks."""

from ...check import Category, Check, Cypher, Severity
from ..privileged import ROLES

_RULE = """
    MATCH (policy:EntraAccessPackagePolicy)-[:PART_OF]->(package:EntraAccessPackage)
    WITH policy, package,
         EXISTS {
             MATCH (package)-[:GRANTS_ON]->(:EntraGroup)<-[:GRANTED_TO]-
                   (:EntraRoleAssignment|EntraRoleEligibility)
                   -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
             WHERE r.template_id IN $roles
         } OR EXISTS {
             MATCH (package)-[:GRANTS_ON]->(r:EntraRoleDefinition)
             WHERE r.template_id IN $roles
         } AS strong
    RETURN policy AS resource, package,
           CASE WHEN package.gives IS NULL THEN null
                WHEN NOT strong THEN true
                WHEN policy.allowed_targets IN ['notSpecified', ''] THEN true
                ELSE policy.requires_approval END AS passed
"""

check = Check(
    id="access_package_shortcut",
    title="Privileged access by access packages has to be approved",
    provider="entra",
    service="access-packages",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource="EntraAccessPackagePolicy",
    what=(
        "Every policy by which users may ask for an access package that gives a privileged "
        "directory role, or a group that holds one, has somebody approve the request."
    ),
    why=(
        "Without approval anyone who may ask gets the role at once: a stolen account of anybody in "
        "the policy's scope is an administrator's."
    ),
    remediation=(
        "Require approval by somebody who may not ask by the same policy: Identity Governance, "
        "Access packages, the package, Policies, Require approval"
    ),
    passes="What {resource} gives is not privileged, or somebody approves it.",
    fails="{resource} gives privileged access to anyone who may ask, without approval.",
    rule=Cypher(_RULE, {"roles": ROLES}),
    pass_requires_listing=(
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraRoleEligibility",
    ),
    references=(
        "https://learn.microsoft.com/entra/id-governance/entitlement-management-access-package-approval-policy",
    ),
)
