/*
title: Azure roles held by principals that were not found
description: >-
  Role assignments that are left over from deleted principals (NOT_FOUND), and those whose
  principal is not in the scan for another reason.
columns:
  principal: Object id of the principal.
  kind: User, Group or ServicePrincipal.
  missing: Why it is missing.
  role: Name of the role.
  scope: What it is held on.
  created: When the role was assigned.
*/
MATCH (grant:AzureRoleAssignment)-[:GRANTED_TO]->(holder)
WHERE holder.missing IS NOT NULL
MATCH (grant)-[:GRANTS_ROLE]->(role:AzureRoleDefinition)
MATCH (grant)-[:GRANTS_ON]->(scope)
RETURN grant.principal_id AS principal, grant.principal_type AS kind, holder.missing AS missing,
       role.name AS role, scope, grant.created AS created
ORDER BY principal, role, scope.id
