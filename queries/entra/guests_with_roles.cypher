/*
title: Guests with roles
description: >-
  Users of other tenants that hold a directory role or a role of Azure, or may activate one, by
  themselves or by a group. A user whose type was not read is listed too.
columns:
  guest: The user.
  role: Name of the role.
  held: active or eligible.
  via_group: Name of the group by which it is held; empty if it is held directly.
  scope: What it is held on; empty for a part of an application.
  user_type: Guest; empty if it was not read.
*/
MATCH (guest:EntraUser)-[:MEMBER_OF*0..5]->(holder:EntraUser|EntraGroup)
      <-[:GRANTED_TO]-(grant:AzureRoleAssignment|EntraRoleAssignment)
      -[:GRANTS_ROLE]->(role:AzureRoleDefinition|EntraRoleDefinition)
WHERE guest.missing IS NULL AND (guest.user_type = 'Guest' OR guest.user_type IS NULL)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT guest, role.name AS role, 'active' AS held,
       CASE WHEN guest.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       guest.user_type AS user_type
UNION ALL
MATCH (guest:EntraUser)-[:MEMBER_OF*0..5]->(holder:EntraUser|EntraGroup)
      <-[:GRANTED_TO]-(grant:AzureRoleEligibility|EntraRoleEligibility)
      -[:GRANTS_ROLE]->(role:AzureRoleDefinition|EntraRoleDefinition)
WHERE guest.missing IS NULL AND (guest.user_type = 'Guest' OR guest.user_type IS NULL)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT guest, role.name AS role, 'eligible' AS held,
       CASE WHEN guest.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       guest.user_type AS user_type
