/*
title: Roles that a principal can become
description: >-
  Roles within four steps: assuming a role, privilege escalation, and acting as what runs as a
  role. Conditional steps count too.
parameters:
  principal:
    type: resource
    labels: [AWSUser, AWSRole]
    keys: [id, name]
    description: ARN or name of the user or role.
    example: greta
columns:
  principal: Id of the user or role.
  role: Id of a role that it can become.
*/
MATCH (p:AWSUser|AWSRole)-[:CAN_ASSUME|CAN_ESCALATE_TO|RUNS_AS*1..4]->(r:AWSRole)
WHERE p.id = $principal AND p.id <> r.id
RETURN DISTINCT p.id AS principal, r.id AS role
ORDER BY principal, role
