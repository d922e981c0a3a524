/*
title: What reads secrets of Google Cloud
description: Workloads that are given secrets, with who they run as.
columns:
  secret: Name of the secret.
  missing: Why the secret was not read; empty if it was.
  workload: Id of what reads it.
  account: Address of the service account that it runs as.
*/
MATCH (workload)-[:USES_SECRET]->(secret:GCPSecretManagerSecret)
OPTIONAL MATCH (workload)-[:RUNS_AS]->(account:GCPServiceAccount)
RETURN secret.name AS secret, secret.missing AS missing, workload.id AS workload,
       account.name AS account
ORDER BY secret, workload, account
