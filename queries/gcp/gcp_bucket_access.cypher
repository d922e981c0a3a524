/*
title: How buckets of Google Cloud may become public
description: >-
  Whether access control lists count, what prevents public access, and whether IAM gives
  everybody a role.
columns:
  bucket: Name of the bucket.
  uniform_access: Only IAM decides.
  public_access_prevention: Either `enforced`, or `inherited` from organization policies.
  public_role: A role on the bucket that everybody has; empty for none.
*/
MATCH (bucket:GCPBucket)
WHERE bucket.missing IS NULL
OPTIONAL MATCH (binding:GCPPolicyBinding)-[:GRANTS_ON]->(bucket)
WHERE EXISTS { MATCH (binding)-[:GRANTED_TO]->(:GCPEveryone) }
RETURN bucket.name AS bucket, bucket.uniform_access AS uniform_access,
       bucket.public_access_prevention AS public_access_prevention, binding.name AS public_role
ORDER BY bucket, public_role
