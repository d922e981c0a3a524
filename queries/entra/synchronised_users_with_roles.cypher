/*
title: Users from Active Directory with roles
description: >-
  Users synchronised from on-premises that hold a directory role or a role of Azure, or may activate
  one, by themselves or by a group: anyone who rules Active Directory can sign in as them. A user of
  whom it was not read whether it is synchronised is listed too.
columns:
  user: The user.
  domain: Domain that it comes from.
  role: Name of the role.
  held: active or eligible.
  via_group: Name of the group by which it is held; empty if it is held directly.
  scope: What it is held on; empty for a part of an application.
  synchronised: True; empty if it was not read.
*/
MATCH (user:EntraUser)-[:MEMBER_OF*0..5]->(holder:EntraUser|EntraGroup)
      <-[:GRANTED_TO]-(grant:AzureRoleAssignment|EntraRoleAssignment)
      -[:GRANTS_ROLE]->(role:AzureRoleDefinition|EntraRoleDefinition)
WHERE user.missing IS NULL
  AND (user.on_premises_sync_enabled OR user.on_premises_sync_enabled IS NULL)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT user, user.on_premises_domain_name AS domain, role.name AS role, 'active' AS held,
       CASE WHEN user.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       user.on_premises_sync_enabled AS synchronised
UNION ALL
MATCH (user:EntraUser)-[:MEMBER_OF*0..5]->(holder:EntraUser|EntraGroup)
      <-[:GRANTED_TO]-(grant:AzureRoleEligibility|EntraRoleEligibility)
      -[:GRANTS_ROLE]->(role:AzureRoleDefinition|EntraRoleDefinition)
WHERE user.missing IS NULL
  AND (user.on_premises_sync_enabled OR user.on_premises_sync_enabled IS NULL)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT user, user.on_premises_domain_name AS domain, role.name AS role,
       'eligible' AS held,
       CASE WHEN user.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       user.on_premises_sync_enabled AS synchronised
