/*
title: Network resources of Azure that nothing uses
description: >-
  Network security groups that protect nothing in the scan, and network interfaces and public
  addresses that are attached to nothing.
columns:
  kind: What it is.
  name: Its name.
  id: Its full identity.
*/
MATCH (unused:AzureNetworkSecurityGroup)
WHERE unused.missing IS NULL AND NOT EXISTS { MATCH (user)-[:PROTECTED_BY]->(unused) }
RETURN 'network security group' AS kind, unused.name AS name, unused.id AS id
UNION ALL
MATCH (unused:AzureNetworkInterface)
WHERE unused.missing IS NULL AND NOT EXISTS { MATCH (unused)-[:ATTACHED_TO]->(user) }
  AND (unused.hosted_workloads IS NULL OR size(unused.hosted_workloads) = 0)
  AND (unused.bare_metal_server IS NULL OR unused.bare_metal_server = '')
RETURN 'network interface' AS kind, unused.name AS name, unused.id AS id
UNION ALL
MATCH (unused:AzurePublicIPAddress)
WHERE unused.missing IS NULL AND NOT EXISTS { MATCH (unused)-[:ATTACHED_TO]->(user) }
RETURN 'public address' AS kind, unused.name AS name, unused.id AS id
