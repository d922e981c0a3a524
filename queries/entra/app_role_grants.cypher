/*
title: Principals with app roles
description: >-
  App role assignments (application permissions and access to applications): which principal has
  them, and on which service principal.
columns:
  principal: Who has it.
  app_role: The role; empty for the default one.
  resource: Name of the service principal that it gives access to.
*/
MATCH (assignment:EntraAppRoleAssignment)-[:GRANTED_TO]->(principal)
MATCH (assignment)-[:GRANTS_ON]->(opened:EntraServicePrincipal)
RETURN principal, assignment.app_role AS app_role, opened.name AS resource
ORDER BY resource, app_role, principal.id
