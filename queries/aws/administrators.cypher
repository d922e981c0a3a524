/*
title: Administrators of each account, and why
description: >-
  Users and roles with full IAM administration of their account, whatever their policies are called.
parameters:
  account:
    type: account
    description: Only administrators of this account; empty for all.
    default: ""
columns:
  account: Id of the account.
  principal: Id of the user or role.
  reason: Why it is an administrator.
  conditions: Remaining conditions, or what could not be read; empty if it is certain.
*/
MATCH (p:AWSUser|AWSRole)-[e:ADMINISTERS]->(a:AWSAccount)
WHERE $account = '' OR a.id = $account
RETURN a.id AS account, p.id AS principal, e.reason AS reason, e.conditions AS conditions
ORDER BY account, principal
