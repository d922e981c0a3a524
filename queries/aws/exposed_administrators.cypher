/*
title: What the internet reaches that runs as an administrator
description: A flaw in what answers there is enough to own the account.
columns:
  resource: Id of what is reached.
  role: Id of the role that it runs as.
  account: Id of the account that the role administers.
  reason: What gives the role its powers.
  conditions: What must hold for the role to have them; nothing if it is certain.
  unread: What could not be read of the way from the internet; nothing if it is certain.
*/
MATCH (:Internet)-[reach:CAN_REACH]->(r)-[:RUNS_AS*1..2]->(role:AWSRole)-[e:ADMINISTERS]->(a:AWSAccount)
RETURN DISTINCT r.id AS resource, role.id AS role, a.id AS account, e.reason AS reason,
                e.conditions AS conditions, reach.unread AS unread
ORDER BY resource, role
