/*
title: Access keys and when they were last used
description: Every access key of every user, the oldest first.
columns:
  user: Name of the user.
  key: Id of the access key.
  status: Active or Inactive.
  created: When it was created.
  last_used: When it was last used; empty if never, or not read.
  last_used_service: The service it was last used with.
*/
MATCH (k:AWSAccessKey)-[:PART_OF]->(u:AWSUser)
RETURN u.name AS user, k.access_key_id AS key, k.status AS status, k.create_date AS created,
       k.last_used_date AS last_used, k.last_used_service AS last_used_service
ORDER BY created, key
