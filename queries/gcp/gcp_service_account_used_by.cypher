/*
title: What uses a service account
description: Everything that runs as the service account.
parameters:
  account:
    type: resource
    labels: [GCPServiceAccount]
    keys: [id, email, unique_id]
    description: Id, address or number of the service account.
    example: shop-app@clew-prod.iam.gserviceaccount.com
columns:
  resource: What runs as it.
  id: Id of that.
*/
MATCH (resource)-[:RUNS_AS]->(account:GCPServiceAccount)
WHERE account.id = $account
RETURN resource, resource.id AS id
ORDER BY id
