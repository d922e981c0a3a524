/*
title: How many resources each account has
description: Resources that were read, counted by cloud, account and region.
columns:
  provider: The cloud.
  account: Account, subscription, project or tenant.
  region: Region; global where there is none.
  resources: How many.
*/
MATCH (resource)
WHERE resource.missing IS NULL AND resource.account IS NOT NULL
RETURN resource.provider AS provider, resource.account AS account, resource.region AS region,
       count(*) AS resources
ORDER BY provider, account, region
