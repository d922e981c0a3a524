/*
title: Global names that none of the scanned accounts owns
description: >-
  Buckets and other globally named resources that something here refers to, that exist or may
  exist, and that belong to none of the scanned accounts.
columns:
  source: Id of the resource that refers.
  edge: The edge.
  target: What it refers to.
*/
MATCH (holder)-[edge]->(target)
WHERE target.missing = 'UNKNOWN_OWNER'
RETURN holder.id AS source, edge, target
ORDER BY source, target.id
