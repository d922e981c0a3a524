/*
title: Who is one step of escalation from an administrator
description: >-
  Steps that lead to somebody who administers an account, or make an administrator, by technique.
columns:
  principal: Id of the user or role that can take the step.
  technique: Id of the technique.
  target: Id of what is taken over; the account where that is new or there are too many.
  difficulty: How hard it is, from 1 for a call of an API.
  permissions: The actions that it takes.
  conditions: What must hold beside, or could not be read; nothing if it is certain.
*/
MATCH (p:AWSUser|AWSRole)-[e:CAN_ESCALATE_TO]->(t)
WHERE e.admin = true
RETURN p.id AS principal, e.technique AS technique, t.id AS target, e.difficulty AS difficulty,
       e.permissions AS permissions, e.conditions AS conditions
ORDER BY difficulty, principal, technique, target
