/*
title: Owners of applications, service principals and groups
description: Whoever owns one can add a secret or a member to it, and so become it.
columns:
  owned: What is owned.
  owner: Who owns it.
*/
MATCH (owned:EntraApplication|EntraServicePrincipal|EntraGroup)-[:OWNED_BY]->(owner)
RETURN owned, owner
ORDER BY owned.id, owner.id
