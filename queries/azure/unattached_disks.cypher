/*
title: Disks that no machine uses, and snapshots whose disk is gone
description: >-
  What they hold can still be copied. A disk of which it was not read whether it is attached is
  listed too.
columns:
  kind: disk or snapshot.
  name: Its name.
  state: Its state; ActiveSAS while a link to its content is out.
  size_gb: Its size.
  network_access: AllowAll, AllowPrivate or DenyAll.
  missing: Of a snapshot, why its disk is missing; empty if it was made of nothing in the scan.
  id: Its full identity.
*/
MATCH (disk:AzureDisk)
WHERE disk.missing IS NULL AND (disk.managed_by = '' OR disk.managed_by IS NULL)
RETURN 'disk' AS kind, disk.name AS name, disk.disk_state AS state, disk.disk_size_gb AS size_gb,
       disk.network_access_policy AS network_access, disk.missing AS missing, disk.id AS id
UNION ALL
MATCH (snapshot:AzureSnapshot)
WHERE snapshot.missing IS NULL
OPTIONAL MATCH (snapshot)-[:READS_FROM]->(origin)
WITH snapshot, origin
WHERE origin IS NULL OR origin.missing IS NOT NULL
RETURN 'snapshot' AS kind, snapshot.name AS name, snapshot.disk_state AS state,
       snapshot.disk_size_gb AS size_gb, snapshot.network_access_policy AS network_access,
       origin.missing AS missing, snapshot.id AS id
