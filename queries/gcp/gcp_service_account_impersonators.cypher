/*
title: Who may be given tokens of service accounts
description: >-
  Bindings on service accounts themselves, whatever the role; roles on the project hold for all
  of its accounts and are not repeated.
columns:
  account: Address of the service account.
  role: The role.
  principal: Id of who holds it.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTS_ON]->(account:GCPServiceAccount)
MATCH (binding)-[:GRANTED_TO]->(principal)
RETURN account.name AS account, binding.name AS role, principal.id AS principal
ORDER BY account, role, principal
