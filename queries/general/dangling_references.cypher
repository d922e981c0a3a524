/*
title: References to what no longer exists
description: >-
  The resource that is referred to should be where everything was listed, and is not there. Anyone
  who can create it again under the same name gets what is sent to it.
columns:
  source: Id of the resource that refers.
  direction: out if the edge leads from the source to the target, in if from the target to it.
  edge: The edge; its property via names the field that refers.
  target: The resource that does not exist.
*/
MATCH (a)-[edge]->(b)
WHERE edge.via IS NOT NULL AND (a.missing = 'NOT_FOUND' OR b.missing = 'NOT_FOUND')
RETURN CASE WHEN a.missing IS NULL THEN a.id ELSE b.id END AS source,
       CASE WHEN a.missing IS NULL THEN 'out' ELSE 'in' END AS direction, edge,
       CASE WHEN a.missing IS NULL THEN b ELSE a END AS target
ORDER BY source, target.id
