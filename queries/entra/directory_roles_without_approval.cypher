/*
title: Directory roles that are activated without approval
description: >-
  Eligible roles (Privileged Identity Management) whose activation nobody has to approve. A role
  whose activation rules could not be read is listed too.
columns:
  role: Name of the role.
  principal: Who may activate it.
  requires: What activation takes instead; empty if the rules were not read.
  maximum_duration: For how long it can be activated.
  requires_approval: False; empty if the rules were not read.
  missing: Why the principal is missing; empty if it was read.
*/
MATCH (eligibility:EntraRoleEligibility)-[:GRANTS_ROLE]->(role:EntraRoleDefinition)
MATCH (eligibility)-[:GRANTED_TO]->(principal)
OPTIONAL MATCH (rules:EntraRolePolicy)-[:COVERS]->(role)
WITH role, principal, rules
WHERE rules.requires_approval IS NULL OR NOT rules.requires_approval
RETURN role.name AS role, principal, rules.requires AS requires,
       rules.maximum_duration AS maximum_duration,
       rules.requires_approval AS requires_approval, principal.missing AS missing
ORDER BY role, principal.id
