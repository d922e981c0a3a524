/*
title: Owners of applications, service principals and groups
description: An owner can add a secret or a member, and so act as what is owned.
columns:
  owned: What is owned.
  owner: Who owns it.
*/
MATCH (owned:EntraApplication|EntraServicePrincipal|EntraGroup)-[:OWNED_BY]->(owner)
RETURN owned, owner
ORDER BY owned.id, owner.id
