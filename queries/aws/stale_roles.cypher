/*
title: Roles that were not used for long
description: >-
  Roles last used before a day, or never used although made before it; AWS remembers use for 400
  days. What trusts a role that nobody needs is a way in that nobody watches.
parameters:
  before:
    type: string
    description: The day, as 2025-12-31.
    example: "2025-06-01"
columns:
  role: Id of the role.
  created: When it was made.
  last_used: When it was last used; empty if never.
*/
MATCH (r:AWSRole)
WHERE r.missing IS NULL AND r.create_date < $before
  AND (r.last_used_date < $before OR r.last_used_date = '')
RETURN r.id AS role, r.create_date AS created, r.last_used_date AS last_used
ORDER BY created, role
