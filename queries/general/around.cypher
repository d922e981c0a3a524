/*
title: Everything around one resource
description: Every edge that leads from the resource or to it, with what is at the other end.
parameters:
  id:
    type: string
    description: Full identity of the resource (ARN, ARM id, full resource name).
    example: arn:aws:s3:::clew-prod-trail
columns:
  direction: out if the edge leads from the resource, in if it leads to it.
  edge: The edge; its type says what the one is to the other.
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
