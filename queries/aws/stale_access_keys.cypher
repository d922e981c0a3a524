/*
title: Access keys that were not used for long
description: Active keys last used before a day, or never used although made before it.
parameters:
  before:
    type: string
    description: The day, as 2025-12-31.
    example: "2025-06-01"
columns:
  user: Name of the user.
  key: Id of the access key.
  created: When it was made.
  last_used: When it was last used; empty if never.
*/
MATCH (k:AWSAccessKey)-[:PART_OF]->(u:AWSUser)
WHERE k.status = 'Active' AND k.create_date < $before
  AND (k.last_used_date < $before OR k.last_used_date = '')
RETURN u.name AS user, k.access_key_id AS key, k.create_date AS created,
       k.last_used_date AS last_used
ORDER BY created, key
