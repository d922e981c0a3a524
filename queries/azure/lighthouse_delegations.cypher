/*
title: What is delegated to other tenants by Azure Lighthouse
description: Roles that principals of another tenant hold on a subscription or resource group.
columns:
  offer: Name of the offer.
  tenant: The tenant whose principals hold the role; empty if the offer was not read.
  role: Name of the role; empty if the offer was not read.
  scope: What it is held on.
  missing: CROSS_ACCOUNT if that tenant was not scanned.
*/
MATCH (delegation:AzureLighthouseDelegation)
WHERE delegation.missing IS NULL
OPTIONAL MATCH (delegation)-[:TRUSTS]->(tenant:EntraTenant)
OPTIONAL MATCH (delegation)-[:GRANTS_ROLE]->(role:AzureRoleDefinition)
OPTIONAL MATCH (delegation)-[:GRANTS_ON]->(scope)
RETURN delegation.name AS offer, tenant, role.name AS role, scope, tenant.missing AS missing
ORDER BY delegation.id, role
