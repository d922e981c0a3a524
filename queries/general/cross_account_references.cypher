/*
title: References that leave their account
description: >-
  Edges between resources of two accounts, whether or not the other one was scanned. What AWS
  itself owns (managed policies, service principals) is left out.
columns:
  source_account: Account of the resource that refers.
  source: Id of the resource that refers.
  edge: The edge.
  target_account: Account of what it refers to.
  target: What it refers to.
  missing: CROSS_ACCOUNT if that account was not scanned.
*/
MATCH (holder)-[edge]->(target)
WHERE holder.account <> target.account AND toLower(target.account) <> 'aws'
RETURN holder.account AS source_account, holder.id AS source, edge,
       target.account AS target_account, target, target.missing AS missing
ORDER BY source, target.id
