/*
title: Instances of Google Cloud with public addresses
description: Interfaces with a public address, and those of which that was not read.
columns:
  instance: Name of the instance.
  status: State of the instance.
  network: Name of the network.
  addresses: Its public addresses now.
*/
MATCH (interface:GCPNetworkInterface)-[:PART_OF]->(instance:GCPInstance)
MATCH (interface)-[:IN_NETWORK]->(network:GCPVpc)
WHERE coalesce(interface.has_external_ipv4, true) OR coalesce(interface.has_external_ipv6, true)
RETURN instance.name AS instance, instance.status AS status, network.name AS network,
       interface.external_ips AS addresses
ORDER BY instance, network
