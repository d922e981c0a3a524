/*
title: References that leave their account
description: >-
  Edges between resources of two accounts, and all that lead to or from accounts that were not
  scanned. What AWS itself owns (managed policies, service principals) is left out.
parameters:
  account:
    type: account
    description: Only references of this account's resources; empty for all.
    default: ""
columns:
  source_account: Account of the resource that refers.
  source: >-
    Id of the resource that refers; where both were read, of the one that the edge leads from.
  direction: out if the edge leads from the source to the target, in if from the target to it.
  edge: The edge.
  target_account: Account of what it refers to.
  target: What it refers to.
  missing: CROSS_ACCOUNT if that account was not scanned.
*/
MATCH (a)-[edge]->(b)
WHERE (a.account <> b.account OR a.missing = 'CROSS_ACCOUNT' OR b.missing = 'CROSS_ACCOUNT')
  AND toLower(CASE WHEN a.missing IS NULL THEN b.account ELSE a.account END) <> 'aws'
  AND ($account = ''
       OR CASE WHEN a.missing IS NULL THEN a.account ELSE b.account END = $account)
RETURN CASE WHEN a.missing IS NULL THEN a.account ELSE b.account END AS source_account,
       CASE WHEN a.missing IS NULL THEN a.id ELSE b.id END AS source,
       CASE WHEN a.missing IS NULL THEN 'out' ELSE 'in' END AS direction, edge,
       CASE WHEN a.missing IS NULL THEN b.account ELSE a.account END AS target_account,
       CASE WHEN a.missing IS NULL THEN b ELSE a END AS target,
       CASE WHEN a.missing IS NULL THEN b.missing ELSE a.missing END AS missing
ORDER BY source, target.id
