/*
title: Access keys that were not used recently
description: >-
  Active keys last used before a date, or never used although created before it. A key whose
  status or last use could not be read is listed too, with that column null.
parameters:
  before:
    type: date
    description: A day (2025-12-31), or how long before the scan (90d).
    default: 90d
columns:
  user: Name of the user.
  key: Id of the access key.
  status: Active; null if it could not be read.
  created: When it was created.
  last_used: When it was last used; empty if never, null if it could not be read.
*/
MATCH (k:AWSAccessKey)-[:PART_OF]->(u:AWSUser)
WHERE k.missing IS NULL AND (k.status = 'Active' OR k.status IS NULL) AND k.create_date < $before
  AND (k.last_used_date < $before OR k.last_used_date = '' OR k.last_used_date IS NULL)
RETURN u.name AS user, k.access_key_id AS key, k.status AS status, k.create_date AS created,
       k.last_used_date AS last_used
ORDER BY created, key
