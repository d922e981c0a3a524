/*
title: Resources in public subnets
description: >-
  A subnet is public if its route table sends the whole internet's traffic to an internet gateway.
  Whether a resource in it can be reached is another question, see internet_reachable.
columns:
  subnet: Id of the subnet.
  gateway: Id of the internet gateway.
  resource: What lies in the subnet.
  id: Its full identity.
*/
MATCH (s:AWSEC2Subnet)-[:ROUTES_TO]->(:AWSRouteTable)<-[:PART_OF]-(route:AWSRoute)
      -[:ROUTES_TO]->(internet:AWSInternetGateway)
WHERE route.destination IN ['0.0.0.0/0', '::/0'] AND route.state = 'active'
MATCH (resource)-[:IN_SUBNET]->(s)
RETURN DISTINCT s.subnet_id AS subnet, internet.internet_gateway_id AS gateway, resource,
       resource.id AS id
ORDER BY subnet, id
