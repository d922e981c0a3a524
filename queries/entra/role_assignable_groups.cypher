/*
title: Role-assignable groups, their roles and owners
description: >-
  Groups that may hold directory roles; an owner adds members, who then hold them. A group of which
  it was not read whether it may is listed too.
columns:
  holder: The group.
  role: Name of a directory role that it holds or may activate; empty for none.
  owner: Who owns it; empty for nobody.
  missing: Why the owner is missing, UNREADABLE for owners that were not read; else empty.
*/
MATCH (holder:EntraGroup)
WHERE holder.missing IS NULL
  AND (holder.is_assignable_to_role OR holder.is_assignable_to_role IS NULL)
OPTIONAL MATCH (holder)<-[:GRANTED_TO]-(:EntraRoleAssignment|EntraRoleEligibility)
               -[:GRANTS_ROLE]->(role:EntraRoleDefinition)
OPTIONAL MATCH (holder)-[:OWNED_BY]->(owner)
RETURN DISTINCT holder, role.name AS role, owner, owner.missing AS missing
ORDER BY holder.id, role, owner.id
