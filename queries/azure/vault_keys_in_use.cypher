/*
title: What keys in Key Vault encrypt
description: >-
  Resources by the customer-managed key that encrypts them, directly or by a disk encryption set.
  Data whose key is disabled or gone cannot be read.
columns:
  key: The key.
  enabled: Whether it can be used; empty if that was not read.
  missing: Why the key is missing; empty if it was read.
  resource: What it encrypts.
  encryption_set: Name of the disk encryption set between them; empty if there is none.
*/
MATCH (encrypts:AzureKeyVaultKey|AzureDiskEncryptionSet)-[:ENCRYPTED_BY*0..1]->
      (key:AzureKeyVaultKey)
MATCH (resource)-[:ENCRYPTED_BY]->(encrypts)
RETURN key, key.enabled AS enabled, key.missing AS missing, resource,
       CASE WHEN encrypts.id = key.id THEN '' ELSE encrypts.name END AS encryption_set
ORDER BY key.id, resource.id
