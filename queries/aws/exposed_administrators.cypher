/*
title: Internet-exposed resources that run as an administrator
description: Exploiting the exposed service is enough to take over the account.
columns:
  resource: Id of the exposed resource.
  role: Id of the role that it runs as.
  account: Id of the account that the role administers.
  reason: Why the role is an administrator.
  conditions: Remaining conditions for the role to be one; empty if it is certain.
  unread: What could not be read of the network path; empty if it is certain.
*/
MATCH (:Internet)-[reach:CAN_REACH]->(r)-[:RUNS_AS*1..2]->(role:AWSRole)-[e:ADMINISTERS]->(a:AWSAccount)
RETURN DISTINCT r.id AS resource, role.id AS role, a.id AS account, e.reason AS reason,
                e.conditions AS conditions, reach.unread AS unread
ORDER BY resource, role
