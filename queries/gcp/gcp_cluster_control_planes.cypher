/*
title: Control planes of GKE clusters, and who reaches them
description: Whether a control plane is private or limited to some ranges, and which accounts nodes run as.
columns:
  cluster: Name of the cluster.
  private: The control plane has no public address.
  limited: Only some ranges reach it.
  ranges: These ranges.
  workload_pool: Pool of its workloads' identities; empty for none.
  account: Address of a service account that nodes run as.
*/
MATCH (cluster:GKECluster)
OPTIONAL MATCH (cluster)-[:RUNS_AS]->(account:GCPServiceAccount)
RETURN cluster.name AS cluster, cluster.private_endpoint AS private,
       cluster.authorized_networks_enabled AS limited, cluster.authorized_networks AS ranges,
       cluster.workload_pool AS workload_pool, account.name AS account
ORDER BY cluster, account
