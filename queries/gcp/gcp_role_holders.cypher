/*
title: Who holds a role of Google Cloud
description: Principals that hold the role by a binding, and where; groups are not resolved.
parameters:
  role:
    type: resource
    labels: [GCPRole]
    keys: [id, role, name]
    description: The role, as bindings name it, or its title.
    example: roles/owner
columns:
  principal: Who holds it.
  scope: Id of what it holds for, with all below.
  condition: What must hold besides; empty for nothing.
  missing: Why who holds it was not read; empty if it was.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTS_ROLE]->(role:GCPRole)
WHERE role.id = $role
MATCH (binding)-[:GRANTED_TO]->(principal)
RETURN principal.id AS principal, binding.scope AS scope, binding.condition AS condition,
       principal.missing AS missing
ORDER BY scope, principal
