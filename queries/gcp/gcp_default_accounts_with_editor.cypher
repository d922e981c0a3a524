/*
title: Default service accounts that edit their project
description: >-
  Default accounts of Compute Engine and App Engine with owner or editor, and how many resources
  run as them.
columns:
  account: Address of the service account.
  role: Owner or editor.
  scope: Id of what it holds for.
  users: How many resources run as it.
*/
MATCH (binding:GCPPolicyBinding)-[:GRANTED_TO]->(account:GCPServiceAccount)
WHERE binding.name IN ['roles/owner', 'roles/editor']
  AND (account.id ENDS WITH '-compute@developer.gserviceaccount.com'
       OR account.id ENDS WITH '@appspot.gserviceaccount.com')
OPTIONAL MATCH (user)-[:RUNS_AS]->(account)
RETURN account.name AS account, binding.name AS role, binding.scope AS scope,
       count(DISTINCT user) AS users
ORDER BY account, role, scope
