"""Groups with strong Azure roles of which others than administrators decide who is in them."""

from ....graph.attack.azure.role_choices import OWNER
from ...check import Category, Check, Cypher, Severity
from ..privileged import ROLES

_STRONG = {
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Owner": OWNER,
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
}
_WIDE = "/|/subscriptions/[^/]+|/providers/microsoft.management/managementgroups/[^/]+"
"""Scopes as wide as a subscription, or wider."""

_RULE = """
    MATCH (g:EntraGroup)
    OPTIONAL MATCH (g)-[:MEMBER_OF*0..5]->(holder:EntraGroup)<-[:GRANTED_TO]-
                   (grant:AzureRoleAssignment|AzureRoleEligibility)
                   -[:GRANTS_ROLE]->(r:AzureRoleDefinition)
    WHERE r.id IN $strong AND (grant.scope IS NULL OR grant.scope =~ $wide)
    WITH g, holder, grant, r,
         EXISTS {
             MATCH (other:EntraGroup)<-[:GRANTED_TO]-
                   (elsewhere:AzureRoleAssignment|AzureRoleEligibility)
                   -[:GRANTS_ROLE]->(strong:AzureRoleDefinition)
             WHERE strong.id IN $strong AND other.members IS NULL
               AND (other.missing IS NULL OR other.missing <> 'NOT_FOUND')
               AND (elsewhere.scope IS NULL OR elsewhere.scope =~ $wide)
               AND (other.is_assignable_to_role IS NULL OR NOT other.is_assignable_to_role)
         } AS hides_groups,
         EXISTS {
             MATCH (admins:EntraGroup)<-[:GRANTED_TO]-(:EntraRoleAssignment)
                   -[:GRANTS_ROLE]->(role:EntraRoleDefinition)
             WHERE role.template_id IN $privileged AND admins.members IS NULL
               AND (admins.missing IS NULL OR admins.missing <> 'NOT_FOUND')
         } AS hides_owners,
         EXISTS {
             MATCH (g)-[:OWNED_BY]->(owner:EntraUser|EntraServicePrincipal)
             WHERE owner.missing IS NULL AND NOT EXISTS {
                 MATCH (owner)<-[:GRANTED_TO]-(:EntraRoleAssignment)
                       -[:GRANTS_ROLE]->(role:EntraRoleDefinition)
                 WHERE role.template_id IN $privileged
             } AND NOT EXISTS {
                 MATCH (owner)-[:MEMBER_OF*1..5]->(:EntraGroup)<-[:GRANTED_TO]-
                       (:EntraRoleAssignment)-[:GRANTS_ROLE]->(role:EntraRoleDefinition)
                 WHERE role.template_id IN $privileged
             }
         } AS weakly_owned
    WITH g, holder, grant, r, hides_groups, hides_owners, weakly_owned,
         CASE WHEN 'DynamicMembership' IN g.group_types THEN 'a rule decides who is in it'
              WHEN g.on_premises_sync_enabled THEN 'Active Directory decides who is in it'
              WHEN 'Unified' IN g.group_types AND g.visibility = 'Public'
              THEN 'anybody in the tenant may join it'
              WHEN NOT g.is_assignable_to_role
              THEN 'anyone who may change ordinary groups decides who is in it'
              WHEN weakly_owned AND NOT hides_owners
              THEN 'somebody without a privileged role owns it'
              ELSE '' END AS why
    RETURN g AS resource, holder, grant, r.name AS role, grant.scope AS scope, why,
           CASE WHEN grant IS NULL AND NOT hides_groups THEN true
                WHEN grant IS NULL OR grant.scope IS NULL THEN null
                WHEN why <> '' THEN false
                WHEN weakly_owned OR g.is_assignable_to_role IS NULL OR g.owners IS NULL THEN null
                ELSE true END AS passed,
           CASE WHEN grant IS NULL AND hides_groups
                THEN ['which groups are in one that holds a strong Azure role']
                WHEN grant IS NOT NULL AND why = '' AND weakly_owned
                THEN ['who is in a group that holds a privileged role']
                ELSE [] END AS unread
"""

check = Check(
    id="azure_role_by_open_group",
    title="Only administrators decide who is in a group that holds a strong Azure role",
    provider="entra",
    service="groups",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource="EntraGroup",
    what=(
        f"No group holds {', '.join(sorted(_STRONG))} on a subscription, a management group or "
        "everything, or is eligible for one of them, by itself or by a group that it is in, unless "
        "it is role-assignable and anyone who owns it holds a privileged directory role. "
        "Conditions of the role assignment do not count."
    ),
    why=(
        "Administrators of groups, applications that change groups, owners, and in a public group "
        "anybody in the tenant add members; anyone who may set the attributes that a rule asks for "
        "adds itself. Each new member holds the role over all that the subscription has. Only a "
        "role-assignable group is closed to all but a few administrators and its owners."
    ),
    remediation=(
        "Make a role-assignable group without owners, and give it the role in the place of this "
        "one: az rest --method post --url https://graph.microsoft.com/v1.0/groups --body "
        "'{\"isAssignableToRole\": true, …}'; az role assignment delete --assignee ID --role ROLE "
        "--scope SCOPE"
    ),
    passes="{resource} holds no strong Azure role, or only administrators decide who is in it.",
    fails="{resource} has {role} over {scope}, and {why}.",
    rule=Cypher(
        _RULE,
        {
            "strong": sorted(
                f"/providers/microsoft.authorization/roledefinitions/{each}"
                for each in _STRONG.values()
            ),
            "wide": _WIDE,
            "privileged": ROLES,
        },
    ),
    pass_requires_listing=(
        "AzureRoleAssignment",
        "AzureRoleEligibility",
        "EntraGroup",
        "EntraServicePrincipal",
        "EntraUser",
    ),
    fail_requires_listing=("EntraRoleAssignment", "EntraRoleDefinition"),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept",
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
    ),
)
