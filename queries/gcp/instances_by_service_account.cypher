/*
title: Instances by the service account they run as
description: Instances that share a service account share its permissions.
columns:
  account: Id of the service account.
  instance: Id of the instance.
  missing: Why the service account is missing; empty if it was read.
*/
MATCH (vm:GCPInstance)-[:RUNS_AS]->(sa:GCPServiceAccount)
RETURN sa.id AS account, vm.id AS instance, sa.missing AS missing
ORDER BY account, instance
