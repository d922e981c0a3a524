/*
title: Principals that can become a role
description: >-
  Users and roles within four steps of a role: assuming it, privilege escalation, and acting as
  what runs as a role. Conditional steps count too.
parameters:
  role:
    type: resource
    labels: [AWSRole]
    keys: [id, name]
    description: ARN or name of the role.
    example: dev-admin
columns:
  role: Id of the role.
  principal: Id of a user or role that can become it.
*/
MATCH (p:AWSUser|AWSRole)-[:CAN_ASSUME|CAN_ESCALATE_TO|RUNS_AS*1..4]->(r:AWSRole)
WHERE r.id = $role AND p.id <> r.id
RETURN DISTINCT r.id AS role, p.id AS principal
ORDER BY role, principal
