/*
title: Deny assignments, and who is excepted
description: What is denied on which scope, whatever roles allow; a row for each exception.
columns:
  scope: What it holds for.
  everyone: Whether all principals are denied.
  principals: Object ids of those denied, where it is not everyone.
  excepted: Who is excepted; empty if nobody is.
  below: Whether it holds for what lies below the scope too.
  permissions: What is denied, entry by entry.
*/
MATCH (denial:AzureDenyAssignment)
WHERE denial.missing IS NULL
OPTIONAL MATCH (scope)-[:BOUNDED_BY]->(denial)
OPTIONAL MATCH (denial)-[:EXCLUDES]->(excepted)
RETURN scope, denial.everyone AS everyone, denial.principal_ids AS principals, excepted,
       denial.applies_to_child_scopes AS below, denial.permissions AS permissions
ORDER BY denial.id, excepted.id
