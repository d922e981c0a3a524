/*
title: What applications of other tenants hold
description: >-
  App roles, directory roles, roles of Azure and delegated permissions of applications that another
  tenant registered, Microsoft's own included: anyone who steals their secrets there acts here.
columns:
  application: The service principal.
  tenant: Tenant that registered it.
  publisher: Its verified publisher; empty if Microsoft has verified none.
  holds: The role or permissions.
  target: What it holds them on; empty for a part of an application.
*/
MATCH (registered:EntraApplication)-[:RUNS_AS]->(application:EntraServicePrincipal)
      <-[:GRANTED_TO]-
      (grant:AzureRoleAssignment|EntraAppRoleAssignment|EntraDelegatedGrant|EntraRoleAssignment)
WHERE registered.account <> application.account
OPTIONAL MATCH (grant)-[:GRANTS_ROLE]->(role:AzureRoleDefinition|EntraRoleDefinition)
OPTIONAL MATCH (grant)-[:GRANTS_ON]->(opened)
RETURN application, registered.account AS tenant, application.verified_publisher AS publisher,
       CASE WHEN role IS NOT NULL THEN role.name WHEN grant.app_role <> '' THEN grant.app_role
            ELSE grant.name END AS holds, opened AS target
ORDER BY application.id, holds, opened.id
