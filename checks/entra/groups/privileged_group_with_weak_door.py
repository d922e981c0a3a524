"""Groups with privileged roles whose owners or eligible members hold less than the group."""

from ...check import Category, Check, Cypher, Severity
from ..privileged import ROLES

_RULE = """
    MATCH (g:EntraGroup)
    WHERE EXISTS {
        MATCH (g)<-[:GRANTED_TO]-(:EntraRoleAssignment|EntraRoleEligibility)
              -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
        WHERE r.template_id IN $roles
    }
    WITH g,
         EXISTS {
             MATCH (g)-[:OWNED_BY]->(owner:EntraUser|EntraServicePrincipal)
             WHERE owner.missing IS NULL AND NOT EXISTS {
                 MATCH (owner)<-[:GRANTED_TO]-(:EntraRoleAssignment)
                       -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
                 WHERE r.template_id IN $roles
             }
         } AS weak
    RETURN g AS resource,
           CASE WHEN weak THEN false WHEN g.owners IS NULL THEN null ELSE true END AS passed
"""

check = Check(
    id="privileged_group_with_weak_door",
    title="Nobody without a privileged role owns a group that holds one",
    provider="entra",
    service="groups",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource="EntraGroup",
    what=(
        "No user or service principal without a privileged directory role of its own owns a group "
        "that holds such a role or is eligible for one. Groups without privileged roles get no "
        "verdict."
    ),
    why=(
        "An owner adds itself to the members, also of a group that may hold roles, and so has the "
        "role without anybody else's doing."
    ),
    remediation=(
        "Remove the owner: az ad group owner remove --group ID --owner-object-id OWNER; let "
        "Privileged Role Administrators manage the group"
    ),
    passes="Nobody without a privileged role owns {resource}.",
    fails="Somebody without a privileged role owns {resource}, which holds one.",
    rule=Cypher(_RULE, {"roles": ROLES}),
    pass_requires_listing=("EntraServicePrincipal", "EntraUser"),
    fail_requires_listing=("EntraRoleAssignment", "EntraRoleDefinition", "EntraRoleEligibility"),
    selected_by=("EntraRoleAssignment", "EntraRoleDefinition", "EntraRoleEligibility"),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept",
    ),
)
