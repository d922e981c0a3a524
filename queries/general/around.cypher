/*
title: Everything connected to a resource
description: Every edge from or to the resource, with what is at the other end.
parameters:
  id:
    type: resource
    keys: [id, name]
    description: Full identity (ARN, ARM id, full resource name) or unique name of the resource.
    example: arn:aws:s3:::clew-prod-trail
columns:
  direction: out if the edge leads from the resource, in if it leads to it.
  edge: The edge; its type says how the two are related.
  other: The resource at the other end.
  missing: Why the other end is missing; empty if it was read.
*/
MATCH (resource)-[edge]->(other)
WHERE resource.id = $id
RETURN 'out' AS direction, edge, other, other.missing AS missing
UNION ALL
MATCH (resource)<-[edge]-(other)
WHERE resource.id = $id
RETURN 'in' AS direction, edge, other, other.missing AS missing
