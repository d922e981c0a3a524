/*
title: Data that external principals can read
description: Resources whose own policies or shares let external principals read or use them.
columns:
  resource: Id of the resource.
  outside: Id of the external principal; the internet stands for everyone.
  permissions: The actions that are allowed.
  conditions: Remaining conditions, or what could not be read; empty if it is certain.
*/
MATCH (o)-[e:CAN_ACCESS]->(r)
RETURN r.id AS resource, o.id AS outside, e.permissions AS permissions, e.conditions AS conditions
ORDER BY resource, outside
