/*
title: Who administers an account, and why
description: >-
  Users and roles who have all powers over their account's IAM, whatever their policies are called.
columns:
  account: Id of the account.
  principal: Id of the user or role.
  reason: What gives the powers.
  conditions: What must hold beside, or could not be read; nothing if it is certain.
*/
MATCH (p:AWSUser|AWSRole)-[e:ADMINISTERS]->(a:AWSAccount)
RETURN a.id AS account, p.id AS principal, e.reason AS reason, e.conditions AS conditions
ORDER BY account, principal
