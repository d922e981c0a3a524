/*
title: Why what is referred to was not found
description: Missing resources, counted by the reason.
columns:
  reason: Why they are missing.
  resources: How many.
*/
MATCH (resource)
WHERE resource.missing IS NOT NULL
RETURN resource.missing AS reason, count(*) AS resources
ORDER BY reason
