/*
title: Custom Azure roles, and which of them may assign roles
description: >-
  Roles made by the tenant, with how often each is assigned or may be activated. Anyone who holds
  one that writes role assignments can give itself any role.
columns:
  role: Name of the role.
  may_assign_roles: >-
    Whether its actions cover the writing of role assignments, wildcards included; what notActions
    and conditions take away again is not subtracted. Empty if its permissions were not read.
  grants: How many assignments and eligibilities there are of it.
  assignable_scopes: Where it can be assigned.
  permissions: What it allows, entry by entry.
*/
MATCH (definition:AzureRoleDefinition)
WHERE definition.missing IS NULL AND (definition.is_custom OR definition.is_custom IS NULL)
RETURN definition.name AS role,
       definition.permissions =~ '(?is).*"actions":[^:]*"(([*]|m[^"/]*[*])(t?e|[^"]*([*]|[*]t?e|ite))?|microsoft[.]authorization/[^"]*([*]|[*]t?e|ite))".*'
           AS may_assign_roles,
       COUNT { MATCH (grant:AzureRoleAssignment|AzureRoleEligibility)-[:GRANTS_ROLE]->(definition) }
           AS grants,
       definition.assignable_scopes AS assignable_scopes, definition.permissions AS permissions
ORDER BY role, definition.id
