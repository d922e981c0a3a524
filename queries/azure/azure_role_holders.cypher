/*
title: Who holds an Azure role, and where
description: >-
  Role assignments, with the direct and nested members of groups. A role that is held on something
  is held on all below it.
parameters:
  role:
    type: resource
    labels: [AzureRoleDefinition]
    keys: [id, name]
    description: >-
      Name or id of the role; empty for Owner, User Access Administrator and Role Based Access
      Control Administrator.
    default: ""
columns:
  role: Name of the role.
  scope: What it is held on.
  principal: Who holds it.
  via_group: Name of the group by which it is held; empty if it is held directly.
  condition: Condition of the assignment; empty for none.
  missing: Why the principal is missing, UNREADABLE for members that were not read; else empty.
*/
MATCH (role:AzureRoleDefinition)<-[:GRANTS_ROLE]-(grant:AzureRoleAssignment)
WHERE role.id = $role OR ($role = '' AND role.id IN [
    '/providers/microsoft.authorization/roledefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    '/providers/microsoft.authorization/roledefinitions/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    '/providers/microsoft.authorization/roledefinitions/f58310d9-a9f6-439a-9e8d-f62e7b41a168'])
MATCH (grant)-[:GRANTS_ON]->(scope)
MATCH (grant)-[:GRANTED_TO]->
      (holder:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
      <-[:MEMBER_OF*0..5]-
      (principal:EntraUser|EntraGroup|EntraServicePrincipal|UnknownResource)
RETURN DISTINCT role.name AS role, scope, principal,
       CASE WHEN principal.id = holder.id THEN '' ELSE holder.name END AS via_group,
       grant.condition AS condition, principal.missing AS missing
ORDER BY role, scope.id, via_group, principal.id
