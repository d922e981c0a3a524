/*
title: Deny policies, with the principals that they deny and exclude
description: Deny policies of IAM with the principals that they name.
columns:
  policy: Display name of the policy.
  scope: Id of what it holds for.
  denied: Id of a principal that it denies something.
  excluded: Id of a principal that it excludes.
*/
MATCH (policy:GCPDenyPolicy)
OPTIONAL MATCH (denied)-[:BOUNDED_BY]->(policy)
WHERE denied.id <> policy.scope
OPTIONAL MATCH (policy)-[:EXCLUDES]->(excluded)
RETURN policy.name AS policy, policy.scope AS scope, denied.id AS denied, excluded.id AS excluded
ORDER BY scope, policy, denied, excluded
