/*
title: Roles whose trust policy names external principals
description: >-
  Roles whose trust policy names an account that was not scanned, a principal of one, or everyone.
  Conditions of the policy may narrow this.
columns:
  role: Id of the role.
  trusted: Id of who may assume it.
  missing: CROSS_ACCOUNT for an account that was not scanned; empty for everyone.
*/
MATCH (r:AWSRole)-[:TRUSTS]->(trusted:AWSAccount|AWSRole|AWSUser)
WHERE trusted.missing = 'CROSS_ACCOUNT'
RETURN r.id AS role, trusted.id AS trusted, trusted.missing AS missing
UNION
MATCH (r:AWSRole)-[:TRUSTS]->(everyone:AWSEveryone)
RETURN r.id AS role, everyone.id AS trusted, everyone.missing AS missing
