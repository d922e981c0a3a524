/*
title: Service accounts that nobody uses
description: >-
  Enabled accounts that nobody signed in as in the last 180 days, and those of which that was
  not read.
columns:
  account: Address of the service account.
  used: False, or null if it was not read.
*/
MATCH (account:GCPServiceAccount)
WHERE account.missing IS NULL AND NOT coalesce(account.disabled, false)
  AND (account.used IS NULL OR NOT account.used)
RETURN account.name AS account, account.used AS used
ORDER BY account
