/*
title: Unresolved references by reason
description: Missing targets of references, counted by reason.
columns:
  reason: Why they are missing.
  resources: How many.
*/
MATCH (resource)
WHERE resource.missing IS NOT NULL
RETURN resource.missing AS reason, count(*) AS resources
ORDER BY reason
