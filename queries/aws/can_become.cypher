/*
title: Which roles a principal can become
description: >-
  Roles to which up to four steps lead: assuming, escalating, and acting as what runs as a role.
  Steps that hang on conditions count too.
parameters:
  principal:
    type: string
    description: ARN or name of the user or role.
    example: greta
columns:
  principal: Id of the user or role.
  role: Id of a role that it can become.
*/
MATCH (p:AWSUser|AWSRole)-[:CAN_ASSUME|CAN_ESCALATE_TO|RUNS_AS*1..4]->(r:AWSRole)
WHERE (p.id = $principal OR p.name = $principal) AND p.id <> r.id
RETURN DISTINCT p.id AS principal, r.id AS role
ORDER BY principal, role
