/*
title: API keys and what they open
description: API keys with the APIs that they open and what limits who uses them.
columns:
  key: Display name of the key.
  id: Id of the key.
  services: APIs that it opens; empty for all.
  callers: What limits who may use it; empty for no limit.
  created: When it was made.
*/
MATCH (key:GCPApiKey)
RETURN key.name AS key, key.id AS id, key.services AS services, key.callers AS callers,
       key.created AS created
ORDER BY id
