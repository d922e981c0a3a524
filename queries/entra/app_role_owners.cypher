/*
title: Owners of applications with app roles
description: >-
  Who owns an application, or its service principal, that holds app roles: an owner can add a secret
  and act with them.
parameters:
  app_role:
    type: string
    description: Only app roles whose name contains this, such as ReadWrite; empty for all.
    default: ""
columns:
  kind: application or service principal.
  owned: Its name.
  owner: Name of who owns it.
  app_role: The role that it holds; empty for mere access, or if its name was not read.
  resource: Name of the service principal that the role gives access to.
  missing: Why the owner is missing, UNREADABLE for owners that were not read; else empty.
*/
MATCH (owned:EntraServicePrincipal)-[:OWNED_BY]->(owner)
MATCH (owned)<-[:GRANTED_TO]-(held:EntraAppRoleAssignment)
      -[:GRANTS_ON]->(opened:EntraServicePrincipal)
WHERE $app_role = '' OR held.app_role IS NULL
      OR toLower(held.app_role) CONTAINS toLower($app_role)
RETURN 'service principal' AS kind, owned.name AS owned, owner.name AS owner,
       held.app_role AS app_role, opened.name AS resource, owner.missing AS missing
UNION ALL
MATCH (owned:EntraApplication)-[:OWNED_BY]->(owner)
MATCH (owned)-[:RUNS_AS]->(account:EntraServicePrincipal)
      <-[:GRANTED_TO]-(held:EntraAppRoleAssignment)-[:GRANTS_ON]->(opened:EntraServicePrincipal)
WHERE $app_role = '' OR held.app_role IS NULL
      OR toLower(held.app_role) CONTAINS toLower($app_role)
RETURN 'application' AS kind, owned.name AS owned, owner.name AS owner,
       held.app_role AS app_role, opened.name AS resource, owner.missing AS missing
