/*
title: What runs as a managed identity
description: >-
  Resources of Azure and the managed identities whose rights the code on them has: user-assigned
  ones, which several resources may share, and those that belong to one resource.
parameters:
  identity:
    type: resource
    labels: [AzureUserAssignedIdentity, EntraServicePrincipal]
    keys: [id, name]
    description: Name or id of the identity; empty for all.
    default: ""
columns:
  identity: The identity.
  kind: user-assigned or system-assigned.
  resource: What runs as it.
  missing: Why the identity is missing; empty if it was read.
*/
MATCH (resource)-[:RUNS_AS]->(identity:AzureUserAssignedIdentity|EntraServicePrincipal)
WHERE ($identity = '' OR identity.id = $identity)
  AND NOT resource.id STARTS WITH '//graph.microsoft.com/'
RETURN identity,
       CASE WHEN identity.id STARTS WITH '/subscriptions/' THEN 'user-assigned'
            ELSE 'system-assigned' END AS kind,
       resource, identity.missing AS missing
ORDER BY identity.id, resource.id
