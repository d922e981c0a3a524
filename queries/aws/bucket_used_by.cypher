/*
title: What a bucket is used by
description: Trails, access logs, distributions, replications and everything else that refers to it.
parameters:
  bucket:
    type: resource
    labels: [AWSS3Bucket]
    keys: [id, name]
    description: Name or ARN of the bucket.
    example: clew-prod-access-logs
columns:
  edge: How it uses the bucket.
  user: What uses it.
  id: Full identity of what uses it.
*/
MATCH (user)-[edge]->(bucket:AWSS3Bucket)
WHERE bucket.id = $bucket
RETURN edge, user, user.id AS id
ORDER BY id
