/*
title: Who can become a role
description: >-
  Users and roles from which up to four steps lead to a role: assuming, escalating, and acting as
  what runs as a role. Steps that hang on conditions count too.
parameters:
  role:
    type: string
    description: ARN or name of the role.
    example: dev-admin
columns:
  role: Id of the role.
  principal: Id of a user or role that can become it.
*/
MATCH (p:AWSUser|AWSRole)-[:CAN_ASSUME|CAN_ESCALATE_TO|RUNS_AS*1..4]->(r:AWSRole)
WHERE (r.id = $role OR r.name = $role) AND p.id <> r.id
RETURN DISTINCT r.id AS role, p.id AS principal
ORDER BY role, principal
