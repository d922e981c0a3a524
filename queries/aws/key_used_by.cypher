/*
title: What a KMS key encrypts
description: Resources encrypted by the key, and grants on it.
parameters:
  key:
    type: resource
    labels: [AWSKMSKey]
    keys: [id, key_id, aliases, alias_arns]
    description: ARN, id or alias of the key.
    example: alias/prod-data
columns:
  key: Id of the key.
  edge: ENCRYPTED_BY or GRANTS_ON.
  user: What uses it.
  id: Full identity of what uses it.
*/
MATCH (user)-[edge:ENCRYPTED_BY|GRANTS_ON]->(k:AWSKMSKey)
WHERE k.id = $key
RETURN k.id AS key, edge, user, user.id AS id
ORDER BY key, id
