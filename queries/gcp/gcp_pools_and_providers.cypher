/*
title: Identity pools, whose tokens they take and under which condition
description: Providers of workload identity pools and workforce pools.
columns:
  pool: Id of the pool.
  provider: Name of the provider.
  issuer: Issuer of its tokens; empty if it takes none of OpenID Connect.
  condition: What a token must say; empty for anything.
  disabled: No token of it is exchanged.
*/
MATCH (provider:GCPWorkloadIdentityProvider|GCPWorkforceProvider)-[:PART_OF]->(pool)
RETURN pool.id AS pool, provider.name AS provider, provider.issuer AS issuer,
       provider.attribute_condition AS condition, provider.disabled AS disabled
ORDER BY pool, provider
