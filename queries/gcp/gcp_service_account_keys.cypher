/*
title: User-managed keys of service accounts, oldest first
description: >-
  Keys that somebody else than Google keeps. A key that never runs out is good until the year
  9999.
columns:
  account: Address of the service account.
  key: Id of the key.
  since: From when on it is good.
  until: Until when it is good.
  disabled: It opens nothing for now.
  used: Somebody signed in with it in the last 180 days; null if not read.
*/
MATCH (key:GCPServiceAccountKey)-[:PART_OF]->(account:GCPServiceAccount)
WHERE key.key_type IS NULL OR key.key_type <> 'SYSTEM_MANAGED'
RETURN account.name AS account, key.key_id AS key, key.valid_after AS since,
       key.valid_before AS until, key.disabled AS disabled, key.used AS used
ORDER BY since, account, key
