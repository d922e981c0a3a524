/*
title: References that could not be read
description: >-
  The target may exist: the listing that would show it was denied or failed, or the field that names
  it could not be read. Checks that depend on one of these are MANUAL.
columns:
  source: Id of the resource that refers.
  direction: out if the edge leads from the source to the target, in if from the target to it.
  edge: The edge; its property via names the field that refers.
  target: What could not be read.
*/
MATCH (a)-[edge]->(b)
WHERE edge.via IS NOT NULL AND (a.missing = 'UNREADABLE' OR b.missing = 'UNREADABLE')
RETURN CASE WHEN a.missing IS NULL THEN a.id ELSE b.id END AS source,
       CASE WHEN a.missing IS NULL THEN 'out' ELSE 'in' END AS direction, edge,
       CASE WHEN a.missing IS NULL THEN b ELSE a END AS target
ORDER BY source, target.id
