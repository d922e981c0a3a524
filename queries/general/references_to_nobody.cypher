/*
title: Global names that none of the scanned accounts owns
description: >-
  Buckets and other globally named resources that a scanned resource refers to, that exist or may
  exist, and that belong to none of the scanned accounts.
columns:
  source: Id of the resource that refers.
  direction: out if the edge leads from the source to the target, in if from the target to it.
  edge: The edge; its property via names the field that refers.
  target: What it refers to.
*/
MATCH (a)-[edge]->(b)
WHERE edge.via IS NOT NULL AND (a.missing = 'UNKNOWN_OWNER' OR b.missing = 'UNKNOWN_OWNER')
RETURN CASE WHEN a.missing IS NULL THEN a.id ELSE b.id END AS source,
       CASE WHEN a.missing IS NULL THEN 'out' ELSE 'in' END AS direction, edge,
       CASE WHEN a.missing IS NULL THEN b ELSE a END AS target
ORDER BY source, target.id
