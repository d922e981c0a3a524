/*
title: Resources encrypted by each KMS key
description: Keys by the number of resources they encrypt; if a key is missing its data may be lost.
columns:
  key: Id of the key.
  aliases: Its aliases.
  state: Its state; empty if it is missing.
  missing: Why it is missing; empty if it was read.
  resources: How many resources it encrypts.
*/
MATCH (resource)-[:ENCRYPTED_BY]->(k:AWSKMSKey)
RETURN k.id AS key, k.aliases AS aliases, k.key_state AS state, k.missing AS missing,
       count(*) AS resources
ORDER BY resources DESC, key
