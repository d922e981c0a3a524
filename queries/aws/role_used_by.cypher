/*
title: What acts with a role
description: >-
  Functions, tasks, services, instances (through their instance profile) and everything else that
  has the role's permissions.
parameters:
  role:
    type: resource
    labels: [AWSRole]
    keys: [id, name]
    description: ARN or name of the role.
    example: app-instance
columns:
  role: Id of the role.
  user: What acts with it.
  id: Full identity of what acts with it.
*/
MATCH (user)-[:RUNS_AS|USES_ROLE*1..2]->(r:AWSRole)
WHERE r.id = $role
RETURN DISTINCT r.id AS role, user, user.id AS id
ORDER BY role, id
