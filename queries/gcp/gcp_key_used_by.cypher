/*
title: What a key of Cloud KMS encrypts
description: Everything that is encrypted by the key.
parameters:
  key:
    type: resource
    labels: [GCPCryptoKey]
    keys: [id, name]
    description: Id or name of the key.
    example: data
columns:
  resource: What it encrypts.
  id: Id of that.
*/
MATCH (resource)-[:ENCRYPTED_BY]->(key:GCPCryptoKey)
WHERE key.id = $key
RETURN resource, resource.id AS id
ORDER BY id
