/*
title: Roles that identities from outside hold in Google Cloud
description: Bindings to identities of pools, GitHub's and Kubernetes' among them.
columns:
  identity: Id of the identity or set of identities.
  is_set: It stands for more than one.
  role: The role.
  scope: Id of what it holds for.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTED_TO]->(who:GCPFederatedPrincipal)
RETURN who.id AS identity, who.is_set AS is_set, binding.name AS role, binding.scope AS scope
ORDER BY identity, role, scope
