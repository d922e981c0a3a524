/*
title: References that could not be followed for lack of a permission
description: >-
  The target may exist; the listing that would tell was denied or failed, or the field that names
  it could not be read. Every verdict that rests on one of these is MANUAL.
columns:
  source: Id of the resource that refers.
  edge: The edge; its property via names the field.
  target: What could not be read.
*/
MATCH (holder)-[edge]->(target)
WHERE target.missing = 'UNREADABLE'
RETURN holder.id AS source, edge, target
ORDER BY source, target.id
