/*
title: Who holds a directory role or may activate it, and where
description: Role assignments and eligibilities, with the direct and nested members of groups.
parameters:
  role:
    type: resource
    labels: [EntraRoleDefinition]
    keys: [id, name]
    description: Name or id of the role; empty for all.
    default: ""
columns:
  role: Name of the role.
  held: active or eligible.
  principal: Who holds it.
  via_group: Name of the group by which it is held; empty if it is held directly.
  scope: What it holds for; empty for a part of an application.
  missing: Why the principal is missing, UNREADABLE for members that were not read; else empty.
*/
MATCH (role:EntraRoleDefinition)<-[:GRANTS_ROLE]-(grant:EntraRoleAssignment)
WHERE $role = '' OR role.id = $role
MATCH (grant)-[:GRANTED_TO]->
      (holder:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
      <-[:MEMBER_OF*0..5]-
      (principal:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT role.name AS role, 'active' AS held, principal,
       CASE WHEN principal.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       principal.missing AS missing
UNION ALL
MATCH (role:EntraRoleDefinition)<-[:GRANTS_ROLE]-(grant:EntraRoleEligibility)
WHERE $role = '' OR role.id = $role
MATCH (grant)-[:GRANTED_TO]->
      (holder:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
      <-[:MEMBER_OF*0..5]-
      (principal:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN DISTINCT role.name AS role, 'eligible' AS held, principal,
       CASE WHEN principal.id = holder.id THEN '' ELSE holder.name END AS via_group, scope,
       principal.missing AS missing
