/*
title: Owners and editors of Google Cloud
description: Principals with the basic roles owner and editor, on any level.
columns:
  role: Owner or editor.
  principal: Id of who holds it.
  scope: Id of the project, folder or organization.
  condition: What must hold besides; empty for nothing.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTED_TO]->(principal)
WHERE binding.name IN ['roles/owner', 'roles/editor']
RETURN binding.name AS role, principal.id AS principal, binding.scope AS scope,
       binding.condition AS condition
ORDER BY role, scope, principal
