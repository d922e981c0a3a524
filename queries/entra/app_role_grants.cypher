/*
title: Which principals hold which app roles
description: >-
  App role assignments, that is application permissions and access to applications: who holds
  them, and on which service principal.
columns:
  principal: Who holds it.
  app_role: The role; empty for the default one.
  resource: Name of the service principal that it opens.
*/
MATCH (assignment:EntraAppRoleAssignment)-[:GRANTED_TO]->(principal)
MATCH (assignment)-[:GRANTS_ON]->(opened:EntraServicePrincipal)
RETURN principal, assignment.app_role AS app_role, opened.name AS resource
ORDER BY resource, app_role, principal.id
