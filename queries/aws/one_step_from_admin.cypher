/*
title: Principals one privilege escalation step from administrator
description: >-
  Privilege escalation steps that take over an administrator or create one, by technique.
columns:
  principal: Id of the user or role that can take the step.
  technique: Id of the technique.
  target: Id of what is taken over; the account where that is new or there are too many to list.
  difficulty: How hard it is, from 1 (API calls only) to 4 (unlikely).
  permissions: The actions that it needs.
  conditions: Remaining conditions, or what could not be read; empty if it is certain.
*/
MATCH (p:AWSUser|AWSRole)-[e:CAN_ESCALATE_TO]->(t)
WHERE e.admin = true
RETURN p.id AS principal, e.technique AS technique, t.id AS target, e.difficulty AS difficulty,
       e.permissions AS permissions, e.conditions AS conditions
ORDER BY difficulty, principal, technique, target
