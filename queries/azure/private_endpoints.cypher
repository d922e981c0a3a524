/*
title: Private endpoints and their services
description: What can be reached from a virtual network by a private address of it.
columns:
  endpoint: The private endpoint.
  subnet: The subnet that its address lies in.
  service: What it leads to.
  states: Whether the service's owner has approved it.
  public_network_access: Whether the service is open to other networks besides.
  missing: Why the service is missing; empty if it was read.
*/
MATCH (endpoint:AzurePrivateEndpoint)
WHERE endpoint.missing IS NULL
OPTIONAL MATCH (endpoint)-[:IN_SUBNET]->(subnet:AzureSubnet)
OPTIONAL MATCH (endpoint)-[:CONNECTS_TO]->(service)
RETURN endpoint, subnet, service, endpoint.connection_states AS states,
       service.public_network_access AS public_network_access, service.missing AS missing
ORDER BY endpoint.id, service.id
