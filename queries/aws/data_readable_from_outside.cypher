/*
title: What somebody outside the scan can read
description: Resources whose own policies, or shares, let strangers read them or use them.
columns:
  resource: Id of the resource.
  outside: Id of who can read it, the internet standing for everyone.
  permissions: The actions that are open.
  conditions: What must hold beside, or could not be read; nothing if it is certain.
*/
MATCH (o)-[e:CAN_ACCESS]->(r)
RETURN r.id AS resource, o.id AS outside, e.permissions AS permissions, e.conditions AS conditions
ORDER BY resource, outside
