/*
title: Principals with a managed policy
description: Users, groups and roles that a managed policy is attached to.
parameters:
  policy:
    type: resource
    labels: [AWSPolicy]
    keys: [id, name]
    description: ARN or name of the policy.
    example: AdministratorAccess
columns:
  policy: Id of the policy.
  principal: Who has it.
  id: Full identity of who has it.
*/
MATCH (principal:AWSUser|AWSGroup|AWSRole)-[:HAS_POLICY]->(p:AWSPolicy)
WHERE p.id = $policy
RETURN p.id AS policy, principal, principal.id AS id
ORDER BY policy, id
