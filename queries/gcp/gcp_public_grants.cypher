/*
title: Resources of Google Cloud that everybody has a role on
description: >-
  Bindings to `allUsers` (without signing in) and `allAuthenticatedUsers` (any Google account).
columns:
  scope: Id of the resource.
  role: The role.
  who: Either `allUsers` or `allAuthenticatedUsers`.
  condition: What must hold besides; empty for nothing.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTED_TO]->(everybody:GCPEveryone)
RETURN binding.scope AS scope, binding.name AS role, everybody.id AS who,
       binding.condition AS condition
ORDER BY scope, role, who
