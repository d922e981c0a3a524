/*
title: Resources by account and region
description: Resources in the scan, counted by cloud, account and region.
parameters:
  account:
    type: account
    description: Only this account, subscription, project or tenant; empty for all.
    default: ""
columns:
  provider: The cloud.
  account: Account, subscription, project or tenant.
  region: Region; global where there is none.
  resources: How many.
*/
MATCH (resource)
WHERE resource.missing IS NULL AND resource.account IS NOT NULL
  AND ($account = '' OR resource.account = $account)
RETURN resource.provider AS provider, resource.account AS account, resource.region AS region,
       count(*) AS resources
ORDER BY provider, account, region
