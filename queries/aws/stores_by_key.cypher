/*
title: How much each KMS key protects
description: Keys by the number of resources they encrypt; a missing key may make them unreadable.
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
