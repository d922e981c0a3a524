"""Users from Active Directory who hold privileged roles."""

from ...check import Category, Check, Cypher, Severity
from ..privileged import ROLES

_RULE = """
    MATCH (u:EntraUser)
    WITH u,
         EXISTS {
             MATCH (u)<-[:GRANTED_TO]-(:EntraRoleAssignment|EntraRoleEligibility)
                   -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
             WHERE r.template_id IN $roles
         } OR EXISTS {
             MATCH (u)-[:MEMBER_OF*1..5]->(:EntraGroup)<-[:GRANTED_TO]-
                   (:EntraRoleAssignment|EntraRoleEligibility)
                   -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
             WHERE r.template_id IN $roles
         } AS holds,
         EXISTS {
             MATCH (g:EntraGroup)<-[:GRANTED_TO]-(:EntraRoleAssignment|EntraRoleEligibility)
                   -[:GRANTS_ROLE]->(r:EntraRoleDefinition)
             WHERE r.template_id IN $roles AND g.members IS NULL
         } AS hidden
    RETURN u AS resource,
           CASE WHEN u.on_premises_sync_enabled = false THEN true
                WHEN holds THEN NOT u.on_premises_sync_enabled
                WHEN hidden THEN null
                ELSE true END AS passed,
           CASE WHEN hidden AND NOT holds
                THEN ['who is in a group that holds a privileged role'] ELSE [] END AS unread
"""

check = Check(
    id="synced_account_privileged",
    title="No user from Active Directory holds a privileged role",
    provider="entra",
    service="users",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource="EntraUser",
    what=(
        "No user that is synchronised from Active Directory holds a privileged directory role, or "
        "is eligible for one, by itself or by a group."
    ),
    why=(
        "Anyone who rules Active Directory, or the server that synchronises, sets the password of "
        "such a user, and with it takes the role: the cloud is then no better guarded than the "
        "oldest domain controller."
    ),
    remediation=(
        "Give the role to a user that was made in the cloud, and take it away from this one: az "
        "rest --method delete --url https://graph.microsoft.com/v1.0/roleManagement/directory/"
        "roleAssignments/ID"
    ),
    passes="{resource} is not synchronised from Active Directory, or holds no privileged role.",
    fails="{resource} is synchronised from Active Directory and holds a privileged role.",
    rule=Cypher(_RULE, {"roles": ROLES}),
    pass_requires_listing=(
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        "EntraRoleEligibility",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
    ),
)
