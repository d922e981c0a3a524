/*
title: Azure roles that are activated without approval
description: >-
  Eligible roles (Privileged Identity Management) whose activation nobody has to approve. A role
  whose activation rules could not be read is listed too.
columns:
  role: Name of the role.
  principal: Who may activate it.
  scope: What it holds for.
  requires: What activation takes instead; empty if the rules were not read.
  requires_approval: False; empty if the rules were not read.
  missing: Why the principal is missing; empty if it was read.
*/
MATCH (eligibility:AzureRoleEligibility)-[:GRANTS_ROLE]->(role:AzureRoleDefinition)
MATCH (eligibility)-[:GRANTED_TO]->(principal)
MATCH (eligibility)-[:GRANTS_ON]->(scope)
OPTIONAL MATCH (eligibility)-[:HAS_POLICY]->(rules:AzureRoleManagementPolicy)
WITH role, principal, scope, rules
WHERE rules.requires_approval IS NULL OR NOT rules.requires_approval
RETURN role.name AS role, principal, scope, rules.enabled_rules AS requires,
       rules.requires_approval AS requires_approval, principal.missing AS missing
ORDER BY role, principal.id, scope.id
