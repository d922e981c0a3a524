"""Owners of applications that hold more than they do."""

from ....graph.authorization.entra.app_roles import GRAPH
from ...check import Category, Check, Cypher, Severity
from ..privileged import HIGHEST, ROLES, TIER_0

_RULE = """
    MATCH (sp:EntraServicePrincipal)
    WHERE EXISTS {
        MATCH (sp)<-[:GRANTED_TO]-(held:EntraAppRoleAssignment)
              -[:GRANTS_ON]->(api:EntraServicePrincipal)
        WHERE api.app_id = $graph AND held.app_role IN $app_roles
    } OR EXISTS {
        MATCH (sp)<-[:GRANTED_TO]-(:EntraRoleAssignment)-[:GRANTS_ROLE]->(r:EntraRoleDefinition)
        WHERE r.template_id IN $highest
    }
    OPTIONAL MATCH (application:EntraApplication)-[:RUNS_AS]->(sp)
    WITH sp, application,
         EXISTS {
             MATCH (sp)-[:OWNED_BY]->(owner:EntraUser)
             WHERE owner.missing IS NULL AND NOT EXISTS {
                 MATCH (owner)<-[:GRANTED_TO]-(:EntraRoleAssignment)
                       -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
                 WHERE r.template_id IN $roles
             }
         } OR EXISTS {
             MATCH (application)-[:OWNED_BY]->(owner:EntraUser)
             WHERE owner.missing IS NULL AND NOT EXISTS {
                 MATCH (owner)<-[:GRANTED_TO]-(:EntraRoleAssignment)
                       -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
                 WHERE r.template_id IN $roles
             }
         } AS weak
    RETURN sp AS resource, application,
           CASE WHEN weak THEN false
                WHEN sp.owners IS NULL THEN null
                WHEN application IS NOT NULL AND application.owners IS NULL
                     AND application.missing IS NULL THEN null
                ELSE true END AS passed
"""

check = Check(
    id="privileged_app_owned_by_unprivileged",
    title="Nobody without a privileged role owns a privileged application",
    provider="entra",
    service="service-principals",
    severity=Severity.CRITICAL,
    categories=(Category.PERMISSIONS,),
    resource="EntraServicePrincipal",
    what=(
        "No user without a privileged directory role of its own owns an application, or its "
        "service principal, that holds an app role on Microsoft Graph or a directory role which "
        "leads to Global Administrator. Service principals without such a role get no verdict."
    ),
    why=(
        "An owner adds a secret and signs in as the application: anyone who takes over the owner, "
        "which is guarded like any user, rules the tenant."
    ),
    remediation=(
        "Remove the owner: az ad app owner remove --id APPLICATION --owner-object-id ID; keep the "
        "application in the hands of those who hold such roles anyway"
    ),
    passes="No user without a privileged role owns {resource}.",
    fails="A user without a privileged role owns {resource}, which leads to Global Administrator.",
    rule=Cypher(_RULE, {"graph": GRAPH, "app_roles": TIER_0, "highest": HIGHEST, "roles": ROLES}),
    pass_requires_listing=("EntraUser",),
    fail_requires_listing=("EntraRoleAssignment", "EntraRoleDefinition"),
    selected_by=("EntraAppRoleAssignment", "EntraRoleAssignment", "EntraRoleDefinition"),
    references=(
        "https://learn.microsoft.com/entra/identity/enterprise-apps/overview-assign-app-owners",
    ),
)
