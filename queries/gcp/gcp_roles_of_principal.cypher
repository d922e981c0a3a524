/*
title: What roles a principal of Google Cloud holds
description: >-
  Roles that bindings give to the principal itself or to groups that it is in, up to four groups
  deep.
parameters:
  principal:
    type: resource
    labels: [GCPUser, GCPServiceAccount, GCPGroup, GCPFederatedPrincipal]
    keys: [id, email]
    description: Id or address.
    example: ben@clew.example
columns:
  role: The role.
  scope: Id of what it holds for, with all below.
  holder: Id of the member that the binding names, the principal or a group.
  condition: What must hold besides; empty for nothing.
*/
MATCH (who:GCPUser|GCPServiceAccount|GCPGroup|GCPFederatedPrincipal)
WHERE who.id = $principal
OPTIONAL MATCH (who)-[:MEMBER_OF*1..4]->(team:GCPGroup)
WITH who, collect(DISTINCT team.id) AS teams
MATCH (binding:GCPPolicyBinding)-[:GRANTED_TO]->(holder)
WHERE holder.id = who.id OR holder.id IN teams
RETURN DISTINCT binding.name AS role, binding.scope AS scope, holder.id AS holder,
       binding.condition AS condition
ORDER BY scope, role, holder
