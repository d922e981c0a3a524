/*
title: Peered networks
description: Peering connections and the VPCs at their two ends.
columns:
  connection: Id of the peering connection.
  status: Its status.
  vpc: Id of a VPC it joins.
  missing: CROSS_ACCOUNT if that VPC's account was not scanned.
*/
MATCH (peering:AWSVpcPeeringConnection)-[:PEERS_WITH]->(network:AWSVpc)
RETURN peering.id AS connection, peering.status AS status, network.id AS vpc,
       network.missing AS missing
ORDER BY connection, vpc
