/*
title: Unencrypted data stores
description: Volumes, snapshots, databases and database clusters that are not encrypted at rest.
columns:
  kind: What it is.
  id: Its full identity.
*/
MATCH (volume:AWSEBSVolume)
WHERE volume.encrypted = false
RETURN 'EBS volume' AS kind, volume.id AS id
UNION ALL
MATCH (snapshot:AWSEBSSnapshot)
WHERE snapshot.encrypted = false
RETURN 'EBS snapshot' AS kind, snapshot.id AS id
UNION ALL
MATCH (instance:AWSRDSInstance)
WHERE instance.storage_encrypted = false
RETURN 'database' AS kind, instance.id AS id
UNION ALL
MATCH (cluster:AWSRDSCluster)
WHERE cluster.storage_encrypted = false
RETURN 'database cluster' AS kind, cluster.id AS id
