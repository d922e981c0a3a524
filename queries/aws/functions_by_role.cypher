/*
title: Lambda functions and the roles they run as
description: Functions that share a role share its permissions.
columns:
  role: Id of the role.
  function: Id of the function.
  missing: Why the role is missing; empty if it was read.
*/
MATCH (f:AWSLambda)-[:RUNS_AS]->(r:AWSRole)
RETURN r.id AS role, f.id AS function, r.missing AS missing
ORDER BY role, function
