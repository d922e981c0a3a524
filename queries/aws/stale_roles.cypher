/*
title: Roles that were not used recently
description: >-
  Roles last used before a date, or never used although created before it; AWS keeps track of use
  for 400 days. A role whose last use could not be read is listed too, with that column null.
parameters:
  before:
    type: date
    description: A day (2025-12-31), or how long before the scan (90d).
    default: 90d
columns:
  role: Id of the role.
  created: When it was created.
  last_used: When it was last used; empty if never, null if it could not be read.
*/
MATCH (r:AWSRole)
WHERE r.missing IS NULL AND r.create_date < $before
  AND (r.last_used_date < $before OR r.last_used_date = '' OR r.last_used_date IS NULL)
RETURN r.id AS role, r.create_date AS created, r.last_used_date AS last_used
ORDER BY created, role
