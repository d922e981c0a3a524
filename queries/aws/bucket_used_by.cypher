/*
title: What a bucket is used by
description: Trails, access logs, distributions, replications and everything else that names it.
parameters:
  bucket:
    type: string
    description: Name of the bucket.
    example: clew-prod-access-logs
columns:
  edge: What the bucket is to its user.
  user: What uses it.
  id: Full identity of what uses it.
*/
MATCH (user)-[edge]->(bucket:AWSS3Bucket)
WHERE bucket.name = $bucket
RETURN edge, user, user.id AS id
ORDER BY id
