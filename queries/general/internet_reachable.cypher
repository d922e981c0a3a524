/*
title: What can be reached from the internet, and on which ports
description: >-
  Resources of AWS, Azure and Google Cloud that packets from the public internet reach, through
  security groups, firewalls, network ACLs, routes, gateways and load balancers.
parameters:
  port:
    type: integer
    minimum: -1
    maximum: 65535
    description: Only what is reachable on this port; -1 for any.
    default: -1
columns:
  resource: What is reachable.
  protocol: Protocol.
  from_port: First port.
  to_port: Last port.
  address_family: ipv4 or ipv6.
  path: How packets get there.
  unread: What could not be read, so that the answer is uncertain; empty if it is certain.
*/
MATCH (:Internet)-[reach:CAN_REACH]->(resource)
WHERE $port < 0 OR reach.from_port IS NULL OR ($port >= reach.from_port AND $port <= reach.to_port)
RETURN resource, reach.protocol AS protocol, reach.from_port AS from_port,
       reach.to_port AS to_port, reach.address_family AS address_family, reach.path AS path,
       reach.unread AS unread
ORDER BY resource.id, protocol, from_port, to_port, address_family, path
