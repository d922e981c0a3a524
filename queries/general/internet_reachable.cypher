/*
title: What can be reached from the internet, and on which ports
description: >-
  Resources at which packets from the public internet arrive, through groups, access lists, routes,
  gateways and the load balancers in front.
parameters:
  port:
    type: integer
    description: Only what can be reached on this port; -1 for any.
    default: -1
columns:
  resource: What can be reached.
  protocol: Protocol.
  from_port: First port.
  to_port: Last port.
  address_family: ipv4 or ipv6.
  path: How the packets get there.
  unread: What could not be read, so that the answer is not certain; empty if it is.
*/
MATCH (:Internet)-[reach:CAN_REACH]->(resource)
WHERE $port < 0 OR reach.from_port IS NULL OR ($port >= reach.from_port AND $port <= reach.to_port)
RETURN resource, reach.protocol AS protocol, reach.from_port AS from_port,
       reach.to_port AS to_port, reach.address_family AS address_family, reach.path AS path,
       reach.unread AS unread
ORDER BY resource.id, protocol, from_port, address_family
