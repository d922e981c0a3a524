/*
title: References to what no longer exists
description: >-
  What is referred to lies where everything was read, and is not there. Whoever can make it again
  under the same name gets what is sent to it.
columns:
  source: Id of the resource that refers.
  edge: The edge; its property via names the field.
  target: The resource that does not exist.
*/
MATCH (holder)-[edge]->(target)
WHERE target.missing = 'NOT_FOUND'
RETURN holder.id AS source, edge, target
ORDER BY source, target.id
